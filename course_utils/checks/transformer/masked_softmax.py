"""Lesson 53: Softmax over the allowed keys; the others get exactly 0."""

import math

import torch
from torch import Tensor

from course_utils.checks.transformer.shared import _few
from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="53, step 4", difficulty=2, minutes=5)
HINTS = (
    "Which score x makes exp(x) exactly 0? Write it where looking is not allowed, before the "
    "softmax.",
    "scores.masked_fill(~allowed, -math.inf).softmax(dim=-1). masked_fill makes a new tensor; "
    "masked_fill_ would change the caller's.",
)


def masked_softmax(scores: Tensor, allowed: Tensor) -> Tensor:
    """Softmax over the allowed keys; the others get exactly 0.

    scores: (..., T, S), allowed: bool, broadcasts to scores, no row without a True
    -> weights (..., T, S), rows sum to 1.
    """
    return scores.masked_fill(~allowed, -math.inf).softmax(dim=-1)  # exp(-inf) = 0


def cases(rng) -> list[tuple]:
    lengths = torch.tensor([2, 4, 3])
    padding = torch.arange(4) < lengths[:, None, None]  # (3, 1, 4)
    causal = torch.ones(3, 3, dtype=torch.bool).tril()
    return [
        (normal(rng, 3, 3), causal),
        (2 * normal(rng, 1, 3, 3), causal),
        (normal(rng, 3, 4, 4), padding),
        (normal(rng, 3, 2, 3, 3), causal),
    ]


class Properties:
    def blocked_keys_weigh_exactly_0(f, rng):
        allowed = torch.ones(4, 4, dtype=torch.bool).tril()
        got = f(normal(rng, 4, 4), allowed)
        worst = float(got[~allowed].abs().max())
        if worst != 0:
            raise Fails(f"a blocked key must get the weight 0, yours get up to {worst:.4g}.")

    def the_weights_of_a_query_sum_to_1(f, rng):
        allowed = torch.ones(4, 4, dtype=torch.bool).tril()
        sums = f(normal(rng, 4, 4), allowed).sum(-1)
        if not bool(((sums - 1).abs() < 1e-9).all()):
            raise Fails(f"the weights of a query sum to 1; your rows sum to {_few(sums)}.")

    def a_blocked_score_does_not_matter(f, rng):
        allowed = torch.tensor([[True, True, False]])
        got = f(torch.tensor([[0.0, 1.0, 900.0]], dtype=torch.double), allowed)
        want = torch.tensor([0.0, 1.0], dtype=torch.double).softmax(-1)
        if not bool(((got[0, :2] - want).abs() < 1e-9).all()):
            raise Fails(
                "the blocked score of [0, 1, 900 (blocked)] must not matter: the weights are "
                f"[0.2689, 0.7311, 0], yours are {_few(got[0])}."
            )


class Mistakes:
    @named("-1 instead of -inf")
    def is_1_instead_of_inf(scores, allowed):
        """A score of -1 is an ordinary score, exp(-1) = 0.37. Only -inf gives the weight 0."""
        return scores.masked_fill(~allowed, -1.0).softmax(-1)

    @named("0 instead of -inf")
    def is_0_instead_of_inf(scores, allowed):
        """You set blocked scores to 0 (or to -1e-9, meant as -1e9). exp(0) = 1 is a large weight.
        Only -inf gives 0."""
        return (scores * allowed).softmax(-1)

    @named("mask after the softmax", see="53, bug 1")
    def mask_after_the_softmax(scores, allowed):
        """You deleted weights after the softmax. The rows no longer sum to 1, and the blocked
        scores still sit in the denominator: the future leaks through it."""
        return scores.softmax(-1) * allowed

    def mask_added_as_0_and_1(scores, allowed):
        """You added the bool mask to the scores: that favours the allowed keys by a factor e, and
        blocks none."""
        return (scores + allowed).softmax(-1)

    def mask_the_wrong_way_round(scores, allowed):
        """masked_fill writes where its mask is True, and you blocked the allowed keys: use
        ~allowed. A query that saw everything has nothing left: NaN."""
        return scores.masked_fill(allowed, -math.inf).softmax(-1)

    @named("softmax over the queries", see="53, step 1")
    def softmax_over_the_queries(scores, allowed):
        """The mask is right, the axis is not: the softmax runs over the keys, dim=-1."""
        return scores.masked_fill(~allowed, -math.inf).softmax(-2)

    def no_mask(scores, allowed):
        """You did not use the mask: every key keeps its weight."""
        return scores.softmax(-1)
