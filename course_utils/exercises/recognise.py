"""Which known mistake is it? The declared ones first, then what is merely turned.

A turned answer is the right one with another sign, factor, base, order or shape, or the right
formula with an argument taken for something else. No author has to foresee these.
"""

import math
import time
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from course_utils.exercises.compare import difference, is_number
from course_utils.exercises.guard import call, trusted
from course_utils.exercises.spec import Exercise, Mistake
from course_utils.exercises.trials import Trial
from course_utils.exercises.turned import partly_right, turned_value

SECONDS = 3.0  # the search for an argument that was taken for something else may take this long


def recognise(exercise: Exercise, trials: list[Trial]) -> Mistake | None:
    """Return the known mistake whose numbers these are, or None. trials: the ordinary ones."""
    usable = [t for t in trials if t.outcome.error is None and not t.outcome.timed_out]
    usable = [t for t in usable if t.outcome.value is not None]
    if not usable:
        return None
    with warnings.catch_warnings(action="ignore"):  # a turned argument may be out of bounds
        found = declared_mistake(exercise, trials) or turned_value(exercise, usable)
        return found or _turned_argument(exercise, usable) or partly_right(exercise, usable)


def declared_mistake(
    exercise: Exercise, trials: list[Trial], *, hard: bool = False
) -> Mistake | None:
    """The declared mistake that agrees on every case where both give a number, or None.

    On at least one of them it must differ from the right answer. Cases on which the answer or the
    mistake stops with an error count for nothing, unless only the mistake survives them all.
    hard: the trials are the hard cases.
    """
    table = _values(exercise, hard, torch.get_default_dtype())
    for mistake, values in zip(exercise.mistakes, table, strict=True):
        agreed = telling = 0
        for trial, wrong in zip(trials, values, strict=False):
            if trial.outcome.error or trial.outcome.timed_out or wrong.error:
                continue
            if not alike(trial.outcome.value, wrong.value, exercise.about.tol):
                break
            agreed += 1
            telling += not alike(wrong.value, trial.expected, exercise.about.tol)
        else:
            if telling and 2 * agreed >= len(trials):
                return mistake
    return None


@cache
def _values(exercise: Exercise, hard: bool, _dtype: torch.dtype) -> list[list]:
    """What each declared mistake gives on every case; computed once an exercise and dtype."""
    cases = exercise.make_hard_cases() if hard else exercise.make_cases()
    return [[trusted(m.answer, case) for case in cases] for m in exercise.mistakes]


def alike(a: Any, b: Any, tol: float) -> bool:
    """Tell whether two values agree, NaN only with NaN."""
    try:
        return difference(a, b, tol=tol) is None and difference(b, a, tol=tol) is None
    except (TypeError, ValueError, RuntimeError):
        return False


def _turned_argument(exercise: Exercise, trials: list[Trial]) -> Mistake | None:
    """Is it the reference's value, with an argument taken for something else?"""
    until = time.monotonic() + SECONDS
    for words, change in _changes(exercise, trials[0].case):
        if time.monotonic() > until:
            return None
        if _explains(exercise, trials, change):
            why = f"Your numbers are the right ones if {words}."
            return Mistake(words, exercise.reference, why)
    return None


def _explains(exercise: Exercise, trials: list[Trial], change: Callable) -> bool:
    telling = 0
    for trial in trials:
        try:
            case = change(trial.case)
        except (TypeError, ValueError, RuntimeError, IndexError, AttributeError, ArithmeticError):
            return False
        other = call(exercise.reference, case, time_limit=0.5)  # an argument of 0 may never end
        if other.error or other.timed_out:
            return False
        if not alike(trial.outcome.value, other.value, exercise.about.tol):
            return False
        telling += not alike(other.value, trial.expected, exercise.about.tol)
    return telling >= min(2, len(trials))


def _changes(exercise: Exercise, case: tuple) -> Iterator[tuple[str, Callable]]:
    """Ways to take one argument for something else, each with the words for it."""
    names = exercise.parameters
    for i, j in combinations(range(len(case)), 2):
        if type(case[i]) is type(case[j]) or (is_number(case[i]) and is_number(case[j])):
            yield f"{names[i]} and {names[j]} are exchanged", _exchange(i, j)
    for k, value in enumerate(case):
        if isinstance(value, Tensor) and value.is_floating_point():
            for words, f in _TENSOR.items():
                yield words.format(names[k]), _replace(k, f)
        elif isinstance(value, int) and not isinstance(value, bool):
            for words, f in _COUNT.items():
                yield words.format(names[k]), _replace(k, f)
        elif isinstance(value, float):
            for words, f in _NUMBER.items():
                yield words.format(names[k]), _replace(k, f)


_TENSOR: dict[str, Callable[[Tensor], Tensor]] = {
    "exp({0}) stands where {0} belongs": torch.exp,
    "log({0}) stands where {0} belongs": torch.log,
    "{0} is squared once too often": torch.square,
    "the root of {0} stands where {0} belongs": torch.sqrt,
    "{0} is counted twice": lambda x: 2 * x,
    "half of {0} is taken": lambda x: x / 2,
    "{0} has the other sign": torch.neg,
    "1 - {0} stands where {0} belongs": lambda x: 1 - x,
    "1 / {0} stands where {0} belongs": torch.reciprocal,
    "only the sign of {0} is lost (its absolute value is taken)": torch.abs,
    "the softmax of {0} is taken once too often": lambda x: x.softmax(-1),
    "{0} is normalised once too often": lambda x: x / x.sum(-1, keepdim=True),
    "{0} is zero everywhere": torch.zeros_like,
    "{0} is one everywhere": torch.ones_like,
    "{0} is read from the other end": lambda x: x.flip(-1),
    "{0} is taken in the order of the batch reversed": lambda x: x.flip(0),
    "{0} is moved on by one place": lambda x: x.roll(1, -1),
    "{0} is moved back by one place": lambda x: x.roll(-1, -1),
    "{0} is transposed": lambda x: x.mT,
    "the mean of {0} stands in all its places": lambda x: x.mean().expand_as(x),
    "only the first row of {0} is used for all": lambda x: x[:1].expand_as(x),
}
_COUNT: dict[str, Callable[[int], int]] = {
    "{0} is one too large": lambda n: n + 1,
    "{0} is one too small": lambda n: n - 1,
    "{0} is doubled": lambda n: 2 * n,
    "{0} is 0": lambda n: 0,
    "{0} is 1": lambda n: 1,
}
_NUMBER: dict[str, Callable[[float], float]] = {
    "{0} is squared once too often": lambda v: v * v,
    "the root of {0} stands where {0} belongs": math.sqrt,
    "1 - {0} stands where {0} belongs": lambda v: 1 - v,
    "1 / {0} stands where {0} belongs": lambda v: 1 / v,
    "{0} has the other sign": lambda v: -v,
    "{0} is counted twice": lambda v: 2 * v,
    "half of {0} is taken": lambda v: v / 2,
    "{0} is 0": lambda v: 0.0,
    "{0} is 1": lambda v: 1.0,
    "log({0}) stands where {0} belongs": math.log,
    "exp({0}) stands where {0} belongs": math.exp,
}


def _exchange(i: int, j: int) -> Callable[[tuple], tuple]:
    def change(case: tuple) -> tuple:
        swapped = list(case)
        swapped[i], swapped[j] = swapped[j], swapped[i]
        return tuple(swapped)

    return change


def _replace(k: int, f: Callable) -> Callable[[tuple], tuple]:
    def change(case: tuple) -> tuple:
        return (*case[:k], f(case[k]), *case[k + 1 :])

    return change
