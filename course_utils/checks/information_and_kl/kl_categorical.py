"""Lesson 12: KL(p || q) = sum p log(p / q). p, q: (..., K), rows sum to 1 -> (...), nats."""

import math

import torch
from torch import Tensor

from course_utils.checks.information_and_kl.shared import (
    _BASE_2,
    _MEAN,
    _simplex,
)
from course_utils.exercises.spec import About, Fails, d, named

ABOUT = About(see="12, step 4", difficulty=2, minutes=5)
HINTS = (
    "KL is the average, over draws from p, of log p - log q.",
    "Write log p - log q first, weight it with p, sum over the last dimension. Where p = "
    "0 put 1 "
    "inside both logarithms (torch.where).",
)


def kl_categorical(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) = sum p log(p / q). p, q: (..., K), rows sum to 1 -> (...), nats.

    Classes with p = 0 cost nothing; the value is inf where q = 0 < p.
    """
    happens = p > 0
    log_p = torch.where(happens, p, 1.0).log()
    log_q = torch.where(happens, q, 1.0).log()
    return (p * (log_p - log_q)).sum(-1)


def cases(rng):
    return [
        (d(0.5, 0.3, 0.2), d(0.1, 0.2, 0.7)),
        (_simplex(rng, 1, 4), _simplex(rng, 1, 4)),
        (_simplex(rng, 3, 5), _simplex(rng, 3, 5)),
        (d(0.5, 0.5), d(0.5, 0.5)),
    ]


class Properties:
    def never_negative(f, rng):
        p, q = _simplex(rng, 200, 5), _simplex(rng, 200, 5)
        low = float(f(p, q).min())
        if low < -1e-9:
            raise Fails(f"on 200 random pairs your smallest value is {low:.4f} < 0.")

    def a_class_that_never_happens_costs_nothing(f, rng):
        got = float(f(d(0.5, 0.5, 0.0), d(0.25, 0.25, 0.5)))
        if not abs(got - math.log(2)) < 1e-6:
            raise Fails(
                f"p = [0.5, 0.5, 0], q = [0.25, 0.25, 0.5]: a class that p never draws costs nothing, "
                f"the answer is log 2 = 0.6931, you return {got:.4g}. (0 · log 0 counts as 0.)"
            )

    def infinite_where_q_forbids_what_p_does(f, rng):
        got = float(f(d(0.5, 0.5), d(1.0, 0.0)))
        if got != math.inf:
            raise Fails(
                f"q = [1, 0] forbids what p = [0.5, 0.5] does: the answer is inf, you return {got:.4g}."
            )


class Mistakes:
    def swapped_arguments(p, q):
        """You computed KL(q‖p). The first argument is the distribution you average over, and the
        one on top of the ratio. (F.kl_div(log_q, p) takes them the other way round.)"""
        return (q * (q / p).log()).sum(-1)

    @named("cross-entropy for KL", see="12, step 3")
    def cross_entropy_for_KL(p, q):
        """You computed CE(p, q) = H(p) + KL(p‖q). Subtract the entropy of p: a divergence is 0
        where p = q."""
        return -(p * q.log()).sum(-1)

    @named("base-2 logarithm", see="12, step 2")
    def base_2_logarithm(p, q):
        __doc__ = _BASE_2
        return (p * (p / q).log2()).sum(-1)

    @named("absolute log ratio", see="12, step 5")
    def absolute_log_ratio(p, q):
        """You took the absolute value of each log ratio. Single terms may be negative; their
        p-weighted sum is not (Jensen), so no absolute value is needed."""
        return (p * (p / q).log().abs()).sum(-1)

    def squared_log_ratio(p, q):
        """You squared the log ratio. KL is the mean of the log ratio itself."""
        return (p * (p / q).log() ** 2).sum(-1)

    @named("mean instead of sum", see="12, step 2")
    def mean_instead_of_sum(p, q):
        __doc__ = _MEAN
        return (p * (p / q).log()).mean(-1)

    @named("sum over the batch, too")
    def sum_over_the_batch_too(p, q):
        """You summed over every dimension; only the last one holds the classes. Keep one value per
        example."""
        return (p * (p / q).log()).sum()

    def minus_sign_too_many(p, q):
        """Your value is -KL. Either the minus sign or the ratio is upside down: p on top, no minus."""
        return -(p * (p / q).log()).sum(-1)

    def divided_by_the_batch(p, q):
        """F.kl_div(..., reduction="batchmean") sums everything and divides by the first dimension.
        Use reduction="none" and .sum(-1), or write the sum yourself."""
        return (p * (p / q).log()).sum() / len(p)

    def unweighted_log_ratio(p, q):
        """You added the log ratios of the classes without the weights p."""
        return (p / q).log().sum(-1)
