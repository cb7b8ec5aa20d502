"""Lesson 12: Average surprise -sum p log p. p: (..., K), rows sum to 1 -> (...), nats; 0 log"""

import math

import torch
from torch import Tensor

from course_utils.checks.information_and_kl.shared import _BASE_2, _MEAN, _simplex
from course_utils.exercises.spec import About, Fails, d, named

ABOUT = About(see="12, step 2", difficulty=1, minutes=4)
HINTS = (
    "Entropy is the average of the surprise -log p. Which weights does the average use?",
    "(p * surprise).sum(-1). For p = 0 replace the number inside the log by 1 first "
    "(torch.where), or use torch.xlogy(p, p).",
)


def entropy(p: Tensor) -> Tensor:
    """Average surprise -sum p log p. p: (..., K), rows sum to 1 -> (...), nats; 0 log 0 = 0."""
    surprise = -torch.where(p > 0, p, 1.0).log()  # log 1 = 0 stands in where p = 0
    return (p * surprise).sum(-1)


def cases(rng):
    return [
        (d(0.5, 0.25, 0.25),),
        (d([1.0, 0.0, 0.0]),),  # a batch of one, and 0 log 0
        (_simplex(rng, 3, 4),),
        (_simplex(rng, 2, 3, 5),),
    ]


_ZERO = "0 · log 0 is 0 · (-inf) = NaN for a computer; the limit of p log p at 0 is 0."


_SIGN = (
    "log p is negative, so the average surprise needs a minus sign. An entropy of classes is >= 0."
)


class Properties:
    def log_K_for_K_equally_likely_classes(f, rng):
        got = float(f(torch.full((8,), 1 / 8, dtype=torch.double)))
        if abs(got - math.log(8)) > 1e-6:
            raise Fails(
                f"8 equally likely classes have entropy log 8 = {math.log(8):.4f} nats, not {got:.4f}."
            )

    @named("0 for a certain outcome")
    def is_0_for_a_certain_outcome(f, rng):
        got = float(f(d(0.0, 1.0, 0.0)))
        if not abs(got) < 1e-9:
            raise Fails(
                f"a certain outcome, p = [0, 1, 0], surprises nobody: 0 nats, but you return {got:.4g}."
            )


class Mistakes:
    @named("0 log 0 becomes NaN")
    def is_0_log_0_becomes_NaN(p):
        __doc__ = _ZERO
        return -(p * p.log()).sum(-1)

    @named("base-2 logarithm")
    def base_2_logarithm(p):
        __doc__ = _BASE_2
        return entropy(p) / math.log(2)

    @named("base-2 logarithm, and 0 log 0")
    def base_2_logarithm_and_0_log_0(p):
        __doc__ = f"{_BASE_2} And {_ZERO}"
        return -(p * p.log2()).sum(-1)

    @named("missing minus sign", see="12, step 1")
    def missing_minus_sign(p):
        __doc__ = _SIGN
        return -entropy(p)

    @named("missing minus sign, and 0 log 0", see="12, step 1")
    def missing_minus_sign_and_0_log_0(p):
        __doc__ = f"{_SIGN} And {_ZERO}"
        return (p * p.log()).sum(-1)

    def mean_instead_of_sum(p):
        __doc__ = _MEAN
        return entropy(p) / p.shape[-1]

    @named("mean instead of sum, and 0 log 0")
    def mean_instead_of_sum_and_0_log_0(p):
        __doc__ = f"{_MEAN} And {_ZERO}"
        return -(p * p.log()).mean(-1)

    @named("sum over the batch, too")
    def sum_over_the_batch_too(p):
        """You summed over every dimension. Only the last one holds the classes: use .sum(-1)."""
        return entropy(p).sum()

    def sum_over_the_first_dimension(p):
        """You summed over dimension 0, which is the batch. The classes are the last: .sum(-1)."""
        return -torch.special.xlogy(p, p).sum(0)

    def unweighted_surprise(p):
        """You added the surprises of the classes. The average weights each by how often it happens,
        p."""
        return -torch.where(p > 0, p, 1.0).log().sum(-1)
