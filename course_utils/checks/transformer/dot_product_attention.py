"""Lesson 53: Average values with weights softmax(q k^T / sqrt(d)) over the keys."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="53, step 2", difficulty=2, minutes=6)
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


def cases(rng):
    return [
        _qkv(rng, n_queries=2, n_keys=3, width=4, width_v=2),
        _qkv(rng, 1, n_queries=4, n_keys=4, width=8, width_v=8),
        _qkv(rng, 3, n_queries=1, n_keys=5, width=2, width_v=3),
        _qkv(rng, 3, 2, n_queries=4, n_keys=6, width=9, width_v=5),
    ]


def _scores(q, k):
    return q @ k.mT / math.sqrt(q.shape[-1])


def _qkv(rng, *batch, n_queries, n_keys, width, width_v):
    return (
        2 * normal(rng, *batch, n_queries, width),
        2 * normal(rng, *batch, n_keys, width),
        normal(rng, *batch, n_keys, width_v),
    )


_WRONG_AXIS = "The softmax runs over the keys, the last dimension of the scores: .softmax(dim=-1)."


class Properties:
    def the_weights_of_a_query_sum_to_1(f, rng):
        q, k, _ = _qkv(rng, n_queries=3, n_keys=5, width=4, width_v=2)
        got = f(q, k, torch.full((5, 2), 7.0, dtype=torch.double))
        worst = float((got - 7).abs().max())
        if not worst < 1e-9:
            raise Fails(
                "where all values are 7, every weighted average of them is 7; yours is off by "
                f"{worst:.4g}, so some query's weights do not sum to 1."
            )

    def awake_at_any_width(f, rng):
        q, k = normal(rng, 200, 4096), normal(rng, 8, 4096)
        largest = float(f(q, k, torch.eye(8, dtype=torch.double)).amax(-1).mean())
        if not 0.2 < largest < 0.6:
            raise Fails(
                "for random queries and 8 random keys of width 4096 the largest weight is 0.36 on "
                f"average; yours is {largest:.3f} (1 is frozen, 0.125 is flat)."
            )


class Mistakes:
    def no_scale(q, k, v):
        """You left out the division by sqrt(d). Scores grow like sqrt(d), the softmax saturates,
        and its gradient vanishes."""
        return (q @ k.mT).softmax(-1) @ v

    @named("divided by d instead of sqrt(d)")
    def divided_by_d_instead_of_sqrt_d(q, k, v):
        """The variance of a dot product is d, so its standard deviation is sqrt(d). Divided by d
        the scores shrink towards 0 and all weights become equal."""
        return (q @ k.mT / q.shape[-1]).softmax(-1) @ v

    def scaled_by_the_number_of_keys(q, k, v):
        """You divided by the square root of the number of keys. The dot product sums over the d
        features, so d is the width of q and k: q.shape[-1]."""
        return (q @ k.mT / math.sqrt(k.shape[-2])).softmax(-1) @ v

    @named("multiplied by sqrt(d)")
    def multiplied_by_sqrt_d(q, k, v):
        """You multiplied by sqrt(d). The scores are already sqrt(d) too large: divide."""
        return (q @ k.mT * math.sqrt(q.shape[-1])).softmax(-1) @ v

    def scaled_after_the_softmax(q, k, v):
        """You divided the weights. The scores are scaled before the softmax; after it the weights
        have to sum to 1."""
        return (q @ k.mT).softmax(-1) / math.sqrt(q.shape[-1]) @ v

    @named("softmax over the queries", see="53, step 1")
    def softmax_over_the_queries(q, k, v):
        __doc__ = f"Your softmax runs down the queries: each key hands out a weight of 1 in total, and a query may get 3 or nothing. {_WRONG_AXIS}"
        return _scores(q, k).softmax(-2) @ v

    @named("softmax over dimension 1", see="53, step 1")
    def softmax_over_dimension_1(q, k, v):
        __doc__ = f"softmax(1) is right for one sequence, but with a batch in front dimension 1 is another one. {_WRONG_AXIS}"
        return _scores(q, k).softmax(1) @ v

    @named("no softmax", see="53, step 1")
    def no_softmax(q, k, v):
        """You multiplied raw scores with the values. A softmax turns the scores into weights that
        are positive and sum to 1."""
        return _scores(q, k) @ v

    @named("weights returned", see="53, step 1")
    def weights_returned(q, k, v):
        """You return the weights. The output is their average of the values: weights @ v."""
        return _scores(q, k).softmax(-1)
