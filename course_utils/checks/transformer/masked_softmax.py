"""Exercise of lesson 53: weights of the allowed keys alone."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, expect, named, normal

ABOUT = About(see="53, step 2", difficulty=2, minutes=8)
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


def triangle(t: int, s: int) -> Tensor:
    """The newest t of s tokens look back."""
    return torch.ones(t, s, dtype=torch.bool).tril(s - t)


def cases(rng):
    yield d([0.0, 1.0, 5.0], [2.0, 2.0, 2.0]), torch.tensor([[1, 1, 0], [1, 0, 1]]).bool()
    yield 2 * normal(rng, 1, 3, 4), triangle(3, 4)
    lengths = torch.tensor([2, 5, 3])  # of padded texts
    yield normal(rng, 3, 4, 5), torch.arange(5) < lengths[:, None, None]
    yield normal(rng, 3, 2, 4, 6), triangle(4, 6)
    yield normal(rng, 2, 5), torch.tensor([True, False, True, True, False])


def hard_cases(rng):
    yield normal(rng, 4, 2, 60, 64).float(), triangle(60, 64)
    yield d([0.0, 1.0, 200.0]).float(), torch.tensor([[True, True, False]])
    yield 100 * normal(rng, 2, 3, 5).float(), triangle(3, 5)


class Properties:
    def blocked_keys_weigh_exactly_0(f, rng):
        allowed = triangle(3, 4)
        weights = f(normal(rng, 3, 4), allowed)[~allowed].tolist()
        expect(weights == [0, 0, 0], f"a blocked key must get the weight 0, yours get {weights}.")


class Mistakes:
    @named("0 instead of -inf")
    def zero_instead_of_infinity(scores, allowed):
        """You set blocked scores to 0 (or to -1e-9, meant as -1e9). exp(0) = 1 is a large weight.
        Only -inf gives 0."""
        return scores.masked_fill(~allowed, 0.0).softmax(-1)

    @named("-10 instead of -inf")
    def ten_instead_of_infinity(scores, allowed):
        """A score of -10 is an ordinary score, exp(-10) = 0.00005. Only -inf gives the weight 0,
        and however large the other scores are."""
        return scores.masked_fill(~allowed, -10.0).softmax(-1)

    @named("mask after the softmax", see="53, find the bug")
    def mask_after_the_softmax(scores, allowed):
        """You deleted weights after the softmax. The rows no longer sum to 1, and the blocked
        scores still sit in the denominator: the future leaks through it."""
        return scores.softmax(-1) * allowed

    def mask_the_wrong_way_round(scores, allowed):
        """masked_fill writes where its mask is True, and you blocked the allowed keys: use
        ~allowed. A query that saw everything has nothing left: NaN."""
        return scores.masked_fill(allowed, -math.inf).softmax(-1)

    @named("softmax over the queries", see="53, step 1")
    def softmax_over_the_queries(scores, allowed):
        """The mask is right, the axis is not: the softmax runs over the keys, dim=-1."""
        return scores.masked_fill(~allowed, -math.inf).softmax(-2)
