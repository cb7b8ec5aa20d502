"""Exercise of lesson 54: attention of the newest tokens, with keys and values at hand."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="54, step 7", difficulty=3, minutes=8)
HINTS = (
    "Row i of q is not position i. Which position is it, if q holds the last t of T?",
    "torch.ones(t, T, dtype=torch.bool).tril(T - t) is True where looking is allowed; then as "
    "in lesson 53: -inf elsewhere, softmax, average of v.",
)


def cached_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention for the newest t of T tokens; keys and values of all T are at hand.

    q: (..., t, d), the last t positions; k: (..., T, d), v: (..., T, e), T >= t -> (..., t, e).
    """
    t, n_all = q.shape[-2], k.shape[-2]
    seen = torch.ones(t, n_all, dtype=torch.bool).tril(n_all - t)  # row i is position T - t + i
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    return scores.masked_fill(~seen, -math.inf).softmax(-1) @ v


def a_cache(rng, *batch, t, n_all, width=6, width_v=4, size=2.0):
    q, k = size * normal(rng, *batch, t, width), size * normal(rng, *batch, n_all, width)
    return q, k, normal(rng, *batch, n_all, width_v)


def cases(rng):
    yield d([2.0, 0.0]), d([1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]), d([1.0], [10.0], [100.0])
    yield a_cache(rng, 1, t=2, n_all=5)
    yield a_cache(rng, 2, t=3, n_all=3)  # nothing is cached
    yield a_cache(rng, 3, 2, t=3, n_all=7, width=8, width_v=5)


def hard_cases(rng):
    yield tuple(x.float() for x in a_cache(rng, 4, 2, t=10, n_all=64, width=16, size=1.0))
    yield tuple(x.float() for x in a_cache(rng, 2, t=3, n_all=7, size=15.0))  # scores beyond 88


class Properties:
    def equal_to_reading_all_at_once(f, rng):
        q, k, v = a_cache(rng, 2, t=6, n_all=6)
        whole = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        for t in (1, 4):
            says = f"the last {t} of 6 tokens get {{right}} when all are read at once, not {{got}}."
            close(f(q[:, -t:], k, v), whole[:, -t:], says)


def attend(q, k, v, diagonal):
    """Attention with a triangle shifted by ``diagonal``."""
    seen = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril(diagonal)
    scores = (q @ k.mT / math.sqrt(q.shape[-1])).masked_fill(~seen, -math.inf)
    return scores.softmax(-1) @ v


class Mistakes:
    @named("mask from the top left corner", see="54, find the bug 2")
    def mask_from_the_top_left_corner(q, k, v):
        """Your triangle starts at the first key, so the first new token sees only token 0. Row i is
        position T - t + i: shift the triangle, .tril(T - t)."""
        return attend(q, k, v, 0)

    def no_mask(q, k, v):
        """Without a mask the new tokens see each other's future. For t = 1 that is no difference,
        for a prompt read in parts it is a leak."""
        return attend(q, k, v, k.shape[-2])

    @named("one step into the future", see="53, find the bug")
    def one_step_into_the_future(q, k, v):
        """Your triangle is shifted one too far: every new token sees the one it must predict."""
        return attend(q, k, v, k.shape[-2] - q.shape[-2] + 1)

    def only_the_new_keys(q, k, v):
        """You used the keys of the new tokens alone. The point of the cache is that the old ones
        are there, too."""
        t = q.shape[-2]
        return attend(q, k[..., -t:, :], v[..., -t:, :], 0)

    @named("mask after the softmax", see="53, find the bug")
    def mask_after_the_softmax(q, k, v):
        """You deleted weights after the softmax, so they no longer sum to 1. Put -inf into the
        scores before it."""
        weights = (q @ k.mT / math.sqrt(q.shape[-1])).softmax(-1)
        return weights.tril(k.shape[-2] - q.shape[-2]) @ v
