"""Exercise of lesson 53b: two branches, added to the residual stream."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.exercises.spec import About, close, d, named, normal, sizes

ABOUT = About(see="53b, step 5", difficulty=2, minutes=5)
HINTS = (
    "Two lines. In each, something is added to x; what does that something read?",
    "x = x + attend(norm_1(x)), then the same with norm_2 and mlp.",
)


def pre_norm_block(x: Tensor, norm_1, attend, norm_2, mlp) -> Tensor:
    """Add two branches to the residual stream, each reading a normalised copy of it.

    x: (B, T, D); norm_1, attend, norm_2, mlp: functions (B, T, D) -> (B, T, D). Returns (B, T, D).
    """
    x = x + attend(norm_1(x))
    return x + mlp(norm_2(x))


def half(h):
    return h / 2


def plus_1(h):
    return h + 1


def minus_1(h):
    return h - 1


def squared(h):
    return h**2


def normalised(h):
    return F.layer_norm(h, h.shape[-1:])


def a_block(rng, b, t, width):
    """A stream, and branches of random weights that mix the tokens and the features."""
    mix, w = 0.5 * normal(rng, t, t), normal(rng, width, width)
    norm_2 = nn.LayerNorm(width, dtype=torch.double).requires_grad_(False)
    norm_2.weight.copy_(1 + 0.3 * normal(rng, width))
    norm_2.bias.copy_(normal(rng, width))
    attend, mlp = lambda h: mix.to(h) @ h, lambda h: (h @ w.to(h)).tanh()
    return 3 * normal(rng, b, t, width), normalised, attend, norm_2, mlp


def cases(rng):
    yield d([[2.0, 4.0]]), half, plus_1, minus_1, squared
    for b, t, width in sizes(3):
        yield a_block(rng, b, t, width)


class Properties:
    def with_silent_branches_the_stream_is_untouched(f, rng):
        x = normal(rng, 2, 3, 4)
        got = f(x, normalised, torch.zeros_like, normalised, torch.zeros_like)
        close(got, x, "if both branches return 0, {right} stays in the stream; yours is {got}.")


class Mistakes:
    @named("post-norm")
    def post_norm(x, norm_1, attend, norm_2, mlp):
        """You normalise after each addition: the block of 2017. Pre-norm leaves the stream alone
        and normalises what a branch reads."""
        x = norm_1(x + attend(x))
        return norm_2(x + mlp(x))

    def the_second_residual_is_missing(x, norm_1, attend, norm_2, mlp):
        """The first branch is added, the second replaces the stream. Both are added."""
        return mlp(norm_2(x + attend(norm_1(x))))

    @named("the stream is normalised, too")
    def the_stream_is_normalised_too(x, norm_1, attend, norm_2, mlp):
        """You overwrite x with norm(x) and add to that. Keep x: only the branch reads the
        normalised copy."""
        x = norm_1(x)
        x = norm_2(x + attend(x))
        return x + mlp(x)

    def norm_behind_the_branch(x, norm_1, attend, norm_2, mlp):
        """You normalise what the branch writes; pre-norm normalises what it reads."""
        x = x + norm_1(attend(x))
        return x + norm_2(mlp(x))

    def both_branches_read_the_input(x, norm_1, attend, norm_2, mlp):
        """Your MLP reads x, not x after attention. Such parallel blocks exist, but here the MLP
        sees what attention has gathered."""
        return x + attend(norm_1(x)) + mlp(norm_2(x))
