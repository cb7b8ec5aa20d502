"""What is merely turned is named without any author: sign, factor, base, order, shape, argument."""

import math

import pytest
import torch

from course_utils.exercises import judge
from course_utils.exercises.verdict import NOT_YET
from tests.exercises.toy import toy_mean_square


def right(x, scale):
    return scale * (x**2).mean(-1)


TURNED = {
    "the sign is turned": lambda x, s: -right(x, s),
    "factor 1/2 is forgotten": lambda x, s: 2 * right(x, s),
    "log base 2 and ln": lambda x, s: right(x, s) / math.log(2),
    "a constant factor": lambda x, s: 3.7 * right(x, s),
    "a constant is added": lambda x, s: right(x, s) + 0.25,
    "the square of the answer": lambda x, s: right(x, s) ** 2,
    "1 / the answer": lambda x, s: 1 / right(x, s),
    "minus the logarithm of the answer": lambda x, s: -right(x, s).log(),
    "always the same": lambda x, s: torch.full(x.shape[:1], 2.0).double(),
    "n - 1 where n belongs": lambda x, s: s * (x**2).sum(-1) / (x.shape[-1] - 1),
    "the order is reversed": lambda x, s: right(x, s).flip(0),
    "a dimension is kept": lambda x, s: right(x, s)[:, None],
    "added up over everything": lambda x, s: right(x, s).sum(),
    "exp(x) stands where x belongs": lambda x, s: right(x.exp(), s),
    "x is normalised": lambda x, s: right(x / x.sum(-1, keepdim=True), s),
    "right for a batch of one only": lambda x, s: (
        right(x, s) * (1 + torch.arange(len(x)) * x[:, 0])
    ),
}


@pytest.mark.parametrize("words", TURNED)
def test_a_turned_answer_is_named(words):
    verdict = judge(toy_mean_square, TURNED[words])
    assert verdict.state == NOT_YET
    assert verdict.mistake is not None, verdict.reasons
    assert words in verdict.mistake.name, verdict.mistake.name
    assert verdict.mistake.why.endswith(("?", "."))


def test_the_numbers_are_said():
    verdict = judge(toy_mean_square, lambda x, s: right(x, s) / math.log(2))
    assert "1.443 times the answer everywhere" in verdict.mistake.why


def test_what_is_not_merely_turned_gets_no_name():
    verdict = judge(toy_mean_square, lambda x, s: right(x, s) + 0.1 * x[:, 0] ** 3)
    assert verdict.mistake is None


def test_a_declared_mistake_goes_before_a_turned_one():
    verdict = judge(toy_mean_square, lambda x, s: s * (x**2).sum(-1))
    assert verdict.mistake in toy_mean_square.mistakes


def test_nan_matches_only_nan():
    def half_nan(x, s):  # NaN in one row only is not the declared mistake that is NaN everywhere
        return torch.where(torch.arange(len(x)) > 0, math.nan, x[:, 0])

    verdict = judge(toy_mean_square, half_nan)
    assert verdict.mistake is None or verdict.mistake.name != "logarithm"
