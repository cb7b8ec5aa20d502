"""The right answer, turned: another sign, factor, base, order or shape, named with its numbers."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from course_utils.exercises.compare import is_number
from course_utils.exercises.order import as_tensor, equal, is_empty, other_shape, partly, reordered
from course_utils.exercises.spec import Exercise, Mistake
from course_utils.exercises.trials import Trial

FACTORS = {  # a constant factor: what it usually is
    2.0: "a factor 1/2 is forgotten, or something counts twice",
    0.5: "a factor 1/2 too many, or half of the terms",
    4.0: "a square of 2 too many",
    0.25: "a factor 1/2 too many, twice",
    math.log(2): "log base 2 and ln are mixed up (ln 2 = 0.6931)",
    1 / math.log(2): "log base 2 and ln are mixed up (1 / ln 2 = 1.4427)",
    math.log(10): "log base 10 and ln are mixed up (ln 10 = 2.3026)",
    1 / math.log(10): "log base 10 and ln are mixed up (1 / ln 10 = 0.4343)",
    math.pi: "a factor pi",
    2 * math.pi: "a factor 2 pi",
    math.sqrt(2): "a factor of the root of 2",
    1 / math.sqrt(2): "a factor of the root of 1/2",
    100.0: "per cent and shares are mixed up",
    0.01: "per cent and shares are mixed up",
    1000.0: "a factor 1000 (units?)",
    0.001: "a factor 1000 (units?)",
}


def turned_value(exercise: Exercise, trials: list[Trial]) -> Mistake | None:
    """Name what was done to the right answer, or None. trials: those that gave a value."""
    if all(type(t.expected) is tuple for t in trials):
        return _turned_part(exercise, trials)
    trials = [t for t in trials if not is_empty(t.expected)]  # those tell nothing
    pairs = [(as_tensor(t.outcome.value), as_tensor(t.expected)) for t in trials]
    if not pairs or any(a is None or b is None for a, b in pairs):
        return None
    mine, right = zip(*pairs, strict=True)
    if all(a.shape == b.shape for a, b in pairs):
        found = _same_shape(exercise, trials, torch.cat([a.flatten() for a in mine]), right)
        found = found or reordered(mine, right)
    else:
        found = other_shape(mine, right)
    if found is None:
        return None
    name, why = found
    return Mistake(name, exercise.reference, why)


def partly_right(exercise: Exercise, trials: list[Trial]) -> Mistake | None:
    """Name an answer that is right for one row only; tensors with a batch in front."""
    if not all(isinstance(t.expected, Tensor) and t.expected.ndim for t in trials):
        return None
    pairs = [(as_tensor(t.outcome.value), as_tensor(t.expected)) for t in trials]
    if any(a is None or a.shape != b.shape for a, b in pairs):
        return None
    found = partly(*zip(*pairs, strict=True))
    return Mistake(found[0], exercise.reference, found[1]) if found else None


def _turned_part(exercise: Exercise, trials: list[Trial]) -> Mistake | None:
    """Of several returned values, name what was done to the first that is wrong."""
    n = len(trials[0].expected)
    if any(type(t.outcome.value) not in (tuple, list) or len(t.outcome.value) != n for t in trials):
        return None
    values = [[as_tensor(v) for v in t.outcome.value] for t in trials]
    rights = [[as_tensor(v) for v in t.expected] for t in trials]
    if any(v is None for row in (*values, *rights) for v in row):
        return None
    if n == 2 and all(
        equal(a, d) and equal(b, c) for (a, b), (c, d) in zip(values, rights, strict=True)
    ):
        why = "Both values are right, in the other order."
        return Mistake("the two values are exchanged", exercise.reference, why)
    for k in range(n):
        if all(equal(row[k], right[k]) for row, right in zip(values, rights, strict=True)):
            continue
        parts = [
            replace(t, expected=t.expected[k], outcome=replace(t.outcome, value=t.outcome.value[k]))
            for t in trials
        ]
        found = turned_value(exercise, parts)
        return found and Mistake(f"value {k + 1}: {found.name}", found.answer, found.why)
    return None


def _same_shape(exercise, trials, mine: Tensor, rights) -> tuple[str, str] | None:
    right = torch.cat([b.flatten() for b in rights])
    good = torch.isfinite(mine) & torch.isfinite(right)
    if not good.any() or good.sum() < 2 or (right[good] - right[good][0]).abs().max() == 0:
        return None  # one number explains nothing
    a, b = mine[good], right[good]
    if equal(a, -b):
        return "the sign is turned", "Yours is the right answer with the other sign, everywhere."
    if (a - a[0]).abs().max() <= 1e-12 * (1 + a[0].abs()):
        what = f"{a[0].item():.4g}"
        return "always the same", f"You return {what} whatever comes in: an input is not used."
    return (
        _constant_factor(a, b)
        or _factor_of_sizes(exercise, trials, rights)
        or _constant_added(a, b)
        or _function_of(a, b)
    )


def _ratio(a: Tensor, b: Tensor) -> float | None:
    """The constant c with a = c b, or None. At least two numbers must tell."""
    tells = b.abs() > 1e-9
    if tells.sum() < 2 or (a[~tells].abs() > 1e-6).any():
        return None
    ratios = a[tells] / b[tells]
    c = ratios.median().item()
    return c if c != 0 and equal(a / c, b) and equal(a, c * b) else None


def _constant_factor(a: Tensor, b: Tensor) -> tuple[str, str] | None:
    c = _ratio(a, b)
    if c is None or abs(c - 1) < 1e-5:
        return None
    sign = " with the other sign" if c < 0 else ""
    for known, words in FACTORS.items():
        if abs(abs(c) - known) < 1e-4 * known:
            return f"{words}{sign}", f"Yours is {c:.4g} times the answer everywhere: {words}?"
    return "a constant factor", f"Yours is {c:.4g} times the answer everywhere."


def _sizes(exercise: Exercise, trials: list[Trial]) -> Iterator[tuple[str, list[float]]]:
    """Numbers that belong to a case: sizes of its tensors, lengths of its lists, counts in it."""
    for k, name in enumerate(exercise.parameters):
        values = [t.case[k] for t in trials if k < len(t.case)]
        if len(values) < len(trials):
            continue
        if all(isinstance(v, Tensor) and v.ndim for v in values):
            n_dims = min(v.ndim for v in values)
            for axis in range(n_dims):
                yield f"size {axis} of {name}", [v.shape[axis] for v in values]
            for axis in range(1, n_dims + 1):
                yield f"size -{axis} of {name}", [v.shape[-axis] for v in values]
            yield f"the number of entries of {name}", [v.numel() for v in values]
        elif all(isinstance(v, (list, tuple)) for v in values):
            yield f"the length of {name}", [len(v) for v in values]
        elif all(is_number(v) for v in values):
            yield name, [float(v) for v in values]
    dims = [as_tensor(t.expected) for t in trials]
    yield "the number of entries of the answer", [v.numel() for v in dims]


_OF_SIZE: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("a sum where a mean is asked, or a division forgotten: {0} times the answer", lambda n: n),
    ("a mean where a sum is asked, or divided once too often: 1 / ({0}) times", lambda n: 1 / n),
    ("n where n - 1 belongs, n = {0}", lambda n: (n - 1) / n),
    ("n - 1 where n belongs, n = {0}", lambda n: n / (n - 1)),
    ("divided twice by {0}", lambda n: 1 / n**2),
    ("the root of {0} too much", math.sqrt),
    ("divided by the root of {0} once too often", lambda n: 1 / math.sqrt(n)),
    ("n + 1 where n belongs, n = {0}", lambda n: n / (n + 1)),
)


def _factor_of_sizes(exercise, trials, rights) -> tuple[str, str] | None:
    ratios = []
    for trial, b in zip(trials, rights, strict=True):
        a = as_tensor(trial.outcome.value)
        tells = (b.abs() > 1e-9) & torch.isfinite(a) & torch.isfinite(b)
        if not tells.any():
            ratios.append(None)
            continue
        c = (a[tells] / b[tells]).median()
        if not equal(a[tells], c * b[tells]):
            return None
        ratios.append(c.item())
    if sum(r is not None for r in ratios) < 2:
        return None
    for words, sizes in _sizes(exercise, trials):
        for text, f in _OF_SIZE:
            if _all_match(ratios, sizes, f):
                name = text.format(words)
                return name, f"Yours is a multiple of the answer in every case: {name}."
    return None


def _all_match(ratios: list, sizes: list[float], f: Callable[[float], float]) -> bool:
    telling = 0
    for ratio, n in zip(ratios, sizes, strict=True):
        if ratio is None:
            continue
        try:
            wanted = f(n)
        except (ZeroDivisionError, ValueError):
            return False
        if abs(ratio - wanted) > 1e-4 * (1 + abs(wanted)):
            return False
        telling += abs(wanted - 1) > 1e-3
    return telling >= 1


def _constant_added(a: Tensor, b: Tensor) -> tuple[str, str] | None:
    gap = a - b
    c = gap.median().item()
    if abs(c) > 1e-6 and equal(a, b + c):
        return "a constant is added", f"Yours is the answer plus {c:.4g} everywhere."
    return None


_FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "the square of the answer": torch.square,
    "the root of the answer": torch.sqrt,
    "1 / the answer": torch.reciprocal,
    "the logarithm of the answer": torch.log,
    "the logarithm (base 2) of the answer": torch.log2,
    "minus the logarithm of the answer": lambda b: -b.log(),
    "the exponential of the answer": torch.exp,
    "the exponential of minus the answer": lambda b: (-b).exp(),
    "2 to the power of the answer": torch.exp2,
    "1 minus the answer": lambda b: 1 - b,
    "the absolute value of the answer": torch.abs,
    "the answer with negative numbers cut off at 0": lambda b: b.clamp(min=0),
    "the answer with positive numbers cut off at 0": lambda b: b.clamp(max=0),
    "the answer rounded down": torch.floor,
    "the answer rounded up": torch.ceil,
    "the answer rounded": torch.round,
    "the sigmoid of the answer": torch.sigmoid,
    "the logit of the answer": torch.logit,
}


def _function_of(a: Tensor, b: Tensor) -> tuple[str, str] | None:
    for words, f in _FUNCTIONS.items():
        wanted = f(b)
        good = torch.isfinite(wanted)
        if good.sum() >= 2 and equal(a[good], wanted[good]) and not equal(a, b):
            return words, f"You return {words}, everywhere."
    return None
