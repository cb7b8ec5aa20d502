"""Whatever an answer does to the kernel is undone, and whatever it returns can be read."""

import os
import sys
import warnings

import numpy as np
import pytest
import torch

from course_utils.exercises import judge
from course_utils.exercises.verdict import NOT_YET, RIGHT
from tests.exercises.toy import toy_mean_square


def test_settings_are_put_back(tmp_path):
    def answer(x, scale):
        torch.set_default_dtype(torch.float64)
        torch.use_deterministic_algorithms(True)
        torch.set_printoptions(precision=1)
        torch.set_num_threads(1)
        np.set_printoptions(precision=1)
        os.chdir(tmp_path)
        os.environ["COURSE_TEST_OF_AN_ANSWER"] = "1"
        warnings.simplefilter("error")
        sys.setrecursionlimit(5000)
        sys.stdout = None
        return scale * (x**2).mean(-1)

    def state():
        return (
            torch.get_default_dtype(),
            torch.are_deterministic_algorithms_enabled(),
            str(torch.tensor([1 / 3])),
            torch.get_num_threads(),
            np.get_printoptions()["precision"],
            os.getcwd(),
            dict(os.environ),
            list(warnings.filters),
            sys.getrecursionlimit(),
            sys.stdout,
        )

    before = state()
    assert judge(toy_mean_square, answer).state == RIGHT
    assert state() == before


class Loud:
    def __float__(self):
        raise ValueError("no")

    __int__ = __index__ = __float__

    def __eq__(self, other):
        raise ValueError("no")

    __hash__ = None

    def __repr__(self):
        raise ValueError("no")


class Tensorish(torch.Tensor):
    @classmethod
    def __torch_function__(cls, *args, **kwargs):
        raise ValueError("no")


class Unreadable(Exception):
    def __str__(self):
        raise ValueError("no")


def closes_stdout(x, scale):
    sys.stdout.close()
    return "x"


def raises_unreadable(x, scale):
    raise Unreadable


ANSWERS = [
    lambda x, s: Loud(),
    lambda x, s: 10**400,
    lambda x, s: [10**400] * 2,
    lambda x, s: np.array("text"),
    lambda x, s: torch.ones(3).as_subclass(Tensorish),
    lambda x, s: torch.nested.nested_tensor([torch.ones(1), torch.ones(2)]),
    lambda x, s: torch.ones(2).to_sparse(),
    lambda x, s: {Loud: Loud()},
    lambda x, s: (v for v in x),
    lambda x, s: {1, 2},
    closes_stdout,
    raises_unreadable,
    12,
    "a text",
    None,
    torch.nn.Linear(2, 2),
    int,
]


@pytest.mark.parametrize(
    "answer",
    ANSWERS,
    ids=range(len(ANSWERS)),
)
def test_nothing_escapes_the_judge(answer):
    verdict = judge(toy_mean_square, answer)
    assert verdict.state == NOT_YET
    assert verdict.reasons


def test_a_numpy_or_python_number_is_a_number():
    def answer(x, scale):
        return scale * (x**2).mean(-1) * np.float64(1) * 1.0

    assert judge(toy_mean_square, answer).state == RIGHT


def test_dots_left_below_a_right_answer_do_no_harm():
    def toy_mean_square_(x, scale):
        return scale * (x**2).mean(-1)

    assert judge(toy_mean_square, toy_mean_square_).state == RIGHT


def test_dots_in_place_of_a_value_are_named():
    def half_done(x, scale):
        mean = ...
        return scale * mean

    assert "dots" in judge(toy_mean_square, half_done).reasons[0]
