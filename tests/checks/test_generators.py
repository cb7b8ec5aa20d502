"""The same promises for other draws of every exercise's cases: no verdict hangs on one seed."""

from functools import partial

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_utils.exercises import desk, judge
from course_utils.exercises.guard import trusted
from course_utils.exercises.recognise import alike
from course_utils.exercises.verdict import RIGHT
from tests.answers.attack import answers, default_dtype

pytestmark = pytest.mark.slow
SEEDS = st.integers(min_value=1, max_value=2**31)
FEW = settings(
    max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def reseeded(exercise, seed):
    """The exercise with its cases drawn from another seed."""
    from dataclasses import replace

    draw = exercise.cases
    other = lambda rng: draw(torch.Generator().manual_seed(seed))  # noqa: E731
    return replace(exercise, cases=other)


@pytest.mark.parametrize("name", list(desk.all_names()))
def test_right_answers_stay_right_and_mistakes_wrong(name):
    exercise = desk.find(name)
    stored = answers(f"{exercise.lesson}/{name}")
    dtype = stored.pop("DTYPE")
    rights = [f for label, f in stored.items() if label.startswith("right_")]

    @FEW
    @given(SEEDS)
    def holds(seed):
        other = reseeded(exercise, seed)
        with default_dtype(dtype):
            for answer in (exercise.reference, *rights):
                verdict = judge(other, answer)
                assert verdict.state == RIGHT, (seed, answer.__name__, verdict)
            for mistake in exercise.mistakes:
                assert differs(other, mistake.answer), (seed, mistake.name)

    holds()


def differs(exercise, answer) -> bool:
    """Whether a mistake gives something else than the reference somewhere, or lacks a property."""
    cases = [*exercise.make_cases(), *exercise.make_hard_cases()]
    pairs = ((trusted(answer, c), trusted(exercise.reference, c).value) for c in cases)
    same = partial(alike, tol=exercise.about.tol)
    if any(w.error is not None or not same(w.value, right) for w, right in pairs):
        return True
    draws = torch.Generator().manual_seed(1)
    return any(trusted(p.check, (answer, draws)).error is not None for p in exercise.properties)
