"""Lesson 53: Rotate the pairs (x_i, x_{i+d/2}) of the token at position p by p r_i (Su et al"""

import torch
from torch import Tensor

from course_utils.checks.transformer.shared import _few, _interleave
from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="53, step 6", difficulty=3, minutes=10, tol=1e-05)
HINTS = (
    "A point (a, b) turned by an angle is (a cos - b sin, a sin + b cos). Which numbers of x "
    "are a, which b?",
    "a, b = x.chunk(2, dim=-1); rates = 10_000.0 ** (-torch.arange(0, d, 2) / d) in x's dtype; "
    "angles = positions[:, None] * rates, shape (T, d/2); torch.cat of the two parts.",
)


def rope(x: Tensor, positions: Tensor) -> Tensor:
    """Rotate the pairs (x_i, x_{i+d/2}) of the token at position p by p r_i (Su et al. 2021).

    x: (..., T, d) queries or keys, d even; positions: (T,) long -> (..., T, d).
    r_i = 10000^(-2i/d) radians a position, i = 0 ... d/2 - 1.
    """
    width = x.shape[-1]
    rates = 10_000.0 ** (-torch.arange(0, width, 2, device=x.device, dtype=x.dtype) / width)
    angles = positions[:, None] * rates  # (T, d/2)
    cos, sin = angles.cos(), angles.sin()
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


def cases(rng):
    return [
        (torch.tensor([[1.0, 0.0]], dtype=torch.double), torch.tensor([1])),
        (normal(rng, 1, 3, 4), torch.arange(3)),
        (normal(rng, 3, 2, 4, 8), torch.arange(4)),
        (normal(rng, 3, 6), torch.tensor([5, 9, 2])),
    ]


def _turn(x, positions, *, step=2, sign=1, minus=-1):
    rates = 10_000.0 ** (-step * torch.arange(x.shape[-1] // 2, dtype=x.dtype) / x.shape[-1])
    angles = sign * positions[:, None] * rates
    a, b = x.chunk(2, dim=-1)
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([a * cos + minus * b * sin, a * sin + b * cos], dim=-1)


class Properties:
    def lengths_are_kept(f, rng):
        x = normal(rng, 6, 8)
        ratio = f(x, torch.arange(6)).norm(dim=-1) / x.norm(dim=-1)
        if not bool(((ratio - 1).abs() < 1e-6).all()):
            raise Fails(f"a rotation keeps lengths; yours multiplies them by {_few(ratio)}.")

    def scores_depend_on_the_distance_alone(f, rng):
        q, k = normal(rng, 1, 8), normal(rng, 1, 8)

        def score(p: int, s: int) -> float:
            return float(f(q, torch.tensor([p]))[0] @ f(k, torch.tensor([s]))[0])

        here, far, other = score(7, 3), score(107, 103), score(7, 5)
        if not abs(here - far) < 1e-6:
            raise Fails(
                f"the score of positions 7 and 3 is {here:.4f}, of 107 and 103 {far:.4f}: with the "
                "same distance they must be equal."
            )
        if abs(here - other) < 1e-6:
            raise Fails(
                f"distances 4 and 2 give the same score, {here:.4f}: the position has no effect."
            )


class Mistakes:
    def neighbouring_pairs(x, positions):
        """You rotate (x0, x1), (x2, x3), ...: the paper's layout, and as good. Asked for here is
        the other common one, (x_i, x_{i+d/2}); weights of one do not fit the other."""
        rates = 10_000.0 ** (-2 * torch.arange(x.shape[-1] // 2, dtype=x.dtype) / x.shape[-1])
        angles = positions[:, None] * rates
        a, b = x[..., ::2], x[..., 1::2]
        return _interleave(a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos())

    def rotated_backwards(x, positions):
        """You rotate by minus the angle: a cos + b sin, b cos - a sin. Queries and keys would still
        agree with each other, but not with other people's weights."""
        return _turn(x, positions, sign=-1)

    def a_plus_where_the_rotation_has_a_minus(x, positions):
        """a cos + b sin beside a sin + b cos is no rotation: lengths change. The first one has a
        minus, a cos - b sin."""
        return _turn(x, positions, minus=1)

    @named("exponent i/d instead of 2i/d")
    def exponent_i_d_instead_of_2i_d(x, positions):
        """Pair i turns with the rate 10000^(-2i/d), i = 0 ... d/2 - 1. Your slow pairs are up to a
        hundred times too fast."""
        return _turn(x, positions, step=1)

    def the_argument_positions_is_ignored(x, positions):
        """You count 0, 1, 2, ... yourself. A decoder that writes one token at a time passes that
        token's true position: use positions."""
        return _turn(x, torch.arange(x.shape[-2]))

    def one_rate_for_all_pairs(x, positions):
        """All your pairs turn by one radian a position. Different rates let some pairs count
        neighbours and others measure long distances."""
        return _turn(x, positions, step=0)

    @named("positions added, not rotated")
    def positions_added_not_rotated(x, positions):
        """You added sines and cosines, as absolute positions do. Rotary positions multiply: each
        pair is turned by its angle."""
        return x + torch.cat(
            [
                f(
                    positions[:, None]
                    * 10_000.0 ** (-2 * torch.arange(x.shape[-1] // 2, dtype=x.dtype) / x.shape[-1])
                )
                for f in (torch.sin, torch.cos)
            ],
            -1,
        )

    def x_returned_unchanged(x, positions):
        """Nothing is rotated: the score would not know the distance."""
        return x.clone()
