"""Exercise of lesson 53: attention, an average of values with weights made from scores."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal, sizes

ABOUT = About(see="53, step 1", difficulty=2, minutes=10)
HINTS = (
    "Three steps: scores of all pairs (one matrix product), weights (softmax over the keys), "
    "average of the values (another product).",
    "scores = q @ k.mT / math.sqrt(q.shape[-1]); .mT swaps the last two dimensions only. Then "
    "scores.softmax(dim=-1) @ v.",
)


def dot_product_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Average values with weights softmax(q k^T / sqrt(d)) over the keys.

    q: (..., T, d) queries, k: (..., S, d) keys, v: (..., S, d_v) values -> (..., T, d_v).
    """
    scores = q @ k.mT / math.sqrt(q.shape[-1])  # (..., T, S)
    weights = scores.softmax(dim=-1)  # every query's weights over the S keys sum to 1
    return weights @ v


def qkv(rng, *batch, t, s, width, width_v=4, size=2.0):
    """Queries (..., t, width), keys (..., s, width) and values (..., s, width_v)."""
    q, k = size * normal(rng, *batch, t, width), size * normal(rng, *batch, s, width)
    return q, k, normal(rng, *batch, s, width_v)


def cases(rng):
    yield d([2.0, 0.0]), d([1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]), d([1.0], [10.0], [100.0])
    for b, t, s, width, width_v in sizes(5):
        yield qkv(rng, b, t=t, s=s, width=width, width_v=width_v)
    yield qkv(rng, 3, 2, t=4, s=6, width=9, width_v=5)  # with heads


def hard_cases(rng):
    yield tuple(x.float() for x in qkv(rng, 4, 2, t=60, s=64, width=16, size=1))
    yield tuple(x.float() for x in qkv(rng, 2, t=5, s=7, width=16, size=12))  # scores beyond 88


class Properties:
    def the_weights_of_a_query_sum_to_1(f, rng):
        q, k, _ = qkv(rng, t=3, s=5, width=4)
        sevens = torch.full((5, 2), 7.0, dtype=torch.double)
        close(
            f(q, k, sevens),
            7,
            "where all values are {right}, every weighted average of them is {right}; yours is "
            "{got}, so the weights of some query do not sum to 1.",
        )


class Mistakes:
    @named("no scale", see="53, step 4")
    def no_scale(q, k, v):
        """You left out the division by sqrt(d). Scores grow like sqrt(d), the softmax saturates,
        and its gradient vanishes."""
        return (q @ k.mT).softmax(-1) @ v

    @named("divided by d instead of sqrt(d)", see="53, step 4")
    def divided_by_d(q, k, v):
        """The variance of a dot product is d, so its standard deviation is sqrt(d). Divided by d
        the scores shrink towards 0 and all weights become equal."""
        return (q @ k.mT / q.shape[-1]).softmax(-1) @ v

    @named("scaled by the number of keys", see="53, step 4")
    def scaled_by_the_number_of_keys(q, k, v):
        """You divided by the square root of the number of keys. The dot product sums over the d
        features, so d is the width of q and k: q.shape[-1]."""
        return (q @ k.mT / math.sqrt(k.shape[-2])).softmax(-1) @ v

    def softmax_over_the_queries(q, k, v):
        """Your softmax runs down the queries: each key hands out a weight of 1 in total, and a
        query may get 3 or nothing. The keys are the last dimension of the scores: dim=-1."""
        return (q @ k.mT / math.sqrt(q.shape[-1])).softmax(-2) @ v

    def softmax_over_dimension_1(q, k, v):
        """softmax(1) is right for one sequence, but with a batch in front dimension 1 is another
        one. The keys are the last dimension of the scores: dim=-1."""
        return (q @ k.mT / math.sqrt(q.shape[-1])).softmax(1) @ v
