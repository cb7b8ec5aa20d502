"""Lesson 54: Causal attention for the newest t of T tokens; keys and values of all T are at"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="54, step 6", difficulty=3, minutes=8)
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


def cases(rng):
    return [
        _cache_case(rng, t=1, n_all=4),
        _cache_case(rng, 1, t=3, n_all=3),
        _cache_case(rng, 3, t=2, n_all=5),
        _cache_case(rng, 3, 2, t=3, n_all=7, width=8, width_v=8),
    ]


def _attend(q, k, v, diagonal: int | None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if diagonal is not None:
        seen = torch.ones(scores.shape[-2:], dtype=torch.bool).tril(diagonal)
        scores = scores.masked_fill(~seen, -math.inf)
    return scores.softmax(-1) @ v


def _more(q, k) -> int:
    return k.shape[-2] - q.shape[-2]


def _cache_case(rng, *batch, t, n_all, width=4, width_v=3):
    q, k = 2 * normal(rng, *batch, t, width), 2 * normal(rng, *batch, n_all, width)
    return q, k, normal(rng, *batch, n_all, width_v)


class Properties:
    def equal_to_reading_all_at_once(f, rng):
        q, k, v = _cache_case(rng, 2, t=6, n_all=6)
        whole = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        for t in (1, 2, 4):
            worst = float((f(q[:, -t:], k, v) - whole[:, -t:]).abs().max())
            if not worst < 1e-9:
                raise Fails(
                    f"the last {t} of 6 tokens must get what reading all at once gives them; yours "
                    f"differ by {worst:.4g}."
                )

    def one_new_token_sees_everything(f, rng):
        q, k = torch.zeros(1, 4, dtype=torch.double), normal(rng, 5, 4)
        got = f(q, k, torch.eye(5, dtype=torch.double))[0]
        if not bool(((got - 0.2).abs() < 1e-9).all()):
            raise Fails(
                "one new token with equal scores looks at all 5 tokens, 0.2 each; your weights are "
                f"{[round(x, 3) if math.isfinite(x) else x for x in got.tolist()]}."
            )


class Mistakes:
    @named("mask from the top left corner", see="54, bug 3")
    def mask_from_the_top_left_corner(q, k, v):
        """Your triangle starts at the first key, so the first new token sees only token 0. Row i is
        position T - t + i: shift the triangle, .tril(T - t)."""
        return _attend(q, k, v, 0)

    def no_mask(q, k, v):
        """Without a mask the new tokens see each other's future. For t = 1 that is no difference,
        for a prompt read in parts it is a leak."""
        return _attend(q, k, v, None)

    @named("one step into the future", see="53, bug 1")
    def one_step_into_the_future(q, k, v):
        """Your triangle is shifted one too far: every new token sees the one it must predict."""
        return _attend(q, k, v, _more(q, k) + 1)

    def cannot_see_itself(q, k, v):
        """Your triangle is shifted one too little: a new token does not see itself."""
        return _attend(q, k, v, _more(q, k) - 1)

    @named("no scale", see="53, step 2")
    def no_scale(q, k, v):
        """The mask is right; the division by sqrt(d) is missing."""
        return _attend(q * math.sqrt(q.shape[-1]), k, v, _more(q, k))

    def only_the_new_keys(q, k, v):
        """You used the keys of the new tokens alone. The point of the cache is that the old ones
        are there, too."""
        return _attend(q, k[..., -q.shape[-2] :, :], v[..., -q.shape[-2] :, :], 0)
