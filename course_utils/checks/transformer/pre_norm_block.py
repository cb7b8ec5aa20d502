"""Lesson 53: Add two branches to the residual stream, each reading a normalised copy of it."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="53, step 8", difficulty=2, minutes=5)
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


def cases(rng):
    return [
        _block_case(rng, 1, 2, 4),
        _block_case(rng, 3, 3, 5),
        _block_case(rng, 3, 1, 8),
    ]


def _unit(x: Tensor) -> Tensor:
    return F.layer_norm(x, x.shape[-1:])


def _block_case(rng, *shape):
    width = shape[-1]
    mix, w = 0.5 * normal(rng, shape[-2], shape[-2]), normal(rng, width, width)
    norm_2 = nn.LayerNorm(width, dtype=torch.double)
    with torch.no_grad():
        norm_2.weight.copy_(1 + 0.3 * normal(rng, width))
        norm_2.bias.copy_(normal(rng, width))
    norm_2.requires_grad_(False)
    return (3 * normal(rng, *shape), _unit, lambda h: mix @ h, norm_2, lambda h: (h @ w).tanh())


class Properties:
    def with_silent_branches_the_stream_is_untouched(f, rng):
        x = normal(rng, 2, 3, 4)
        got = f(x, _unit, torch.zeros_like, _unit, torch.zeros_like)
        worst = float((got - x).abs().max())
        if not worst < 1e-9:
            raise Fails(
                "if both branches return 0 the stream passes unchanged; yours is off by up to "
                f"{worst:.3g}."
            )

    def branches_read_normalised_numbers(f, rng):
        seen: list[float] = []

        def spy(h: Tensor) -> Tensor:
            seen.append(float(h.std(dim=-1, correction=0).mean()))
            return 5 * torch.ones_like(h).cumsum(-1)

        f(100 * normal(rng, 2, 3, 8), _unit, spy, _unit, spy)
        if len(seen) != 2 or not all(abs(s - 1) < 1e-3 for s in seen):
            found = ", ".join(f"{s:.3g}" for s in seen) or "nothing"
            raise Fails(f"each branch reads numbers of standard deviation 1; yours read {found}.")


class Mistakes:
    @named("post-norm")
    def post_norm(x, norm_1, attend, norm_2, mlp):
        """You normalise after each addition: the block of 2017. Pre-norm leaves the stream alone
        and normalises what a branch reads."""
        return (lambda h: norm_2(h + mlp(h)))(norm_1(x + attend(x)))

    def no_residual(x, norm_1, attend, norm_2, mlp):
        """You pass on the branches' outputs alone. They are added to the stream: x + ..."""
        return mlp(norm_2(attend(norm_1(x))))

    def the_second_residual_is_missing(x, norm_1, attend, norm_2, mlp):
        """The first branch is added, the second replaces the stream. Both are added."""
        return mlp(norm_2(x + attend(norm_1(x))))

    @named("the stream is normalised, too")
    def the_stream_is_normalised_too(x, norm_1, attend, norm_2, mlp):
        """You overwrite x with norm(x) and add to that. Keep x: only the branch reads the
        normalised copy."""
        return (lambda a: (lambda b: b + mlp(b))(norm_2(a + attend(a))))(norm_1(x))

    def norm_behind_the_branch(x, norm_1, attend, norm_2, mlp):
        """You normalise what the branch writes; pre-norm normalises what it reads."""
        return (lambda h: h + norm_2(mlp(h)))(x + norm_1(attend(x)))

    def no_norm(x, norm_1, attend, norm_2, mlp):
        """The branches read the raw stream, which grows with depth. Each reads norm(x)."""
        return (lambda h: h + mlp(h))(x + attend(x))

    def both_branches_read_the_input(x, norm_1, attend, norm_2, mlp):
        """Your MLP reads x, not x after attention. Such parallel blocks exist, but here the MLP
        sees what attention has gathered."""
        return x + attend(norm_1(x)) + mlp(norm_2(x))

    def the_norms_swapped(x, norm_1, attend, norm_2, mlp):
        """norm_1 belongs to attention, norm_2 to the MLP; each has weights of its own."""
        return pre_norm_block(x, norm_2, attend, norm_1, mlp)
