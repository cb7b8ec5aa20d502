"""Exercise of lesson 53: queries and keys turned by their positions."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="53, step 6", difficulty=3, minutes=15)
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
    yield d([1.0, 0.0]), torch.tensor([1])
    yield normal(rng, 1, 3, 4), torch.arange(3)
    yield normal(rng, 3, 2, 5, 8), torch.arange(5)
    yield normal(rng, 3, 6), torch.tensor([5, 90, 2])


def hard_cases(rng):
    yield normal(rng, 2, 8, 100, 16).float(), torch.arange(100)


class Properties:
    def scores_depend_on_the_distance_alone(f, rng):
        q, k = normal(rng, 1, 8), normal(rng, 1, 8)
        near, far = (f(q, torch.tensor([p + 4])) @ f(k, torch.tensor([p])).mT for p in (3, 103))
        close(
            far,
            near,
            "the score of positions 7 and 3 is {right}, of 107 and 103 {got}: with the same "
            "distance they must be equal.",
        )


def turned(x, angles):
    cos, sin = angles.cos(), angles.sin()
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


def angles_of(x, positions, per_pair=2):
    """The angles of all positions with the rates 10000^(-per_pair · i/d)."""
    width = x.shape[-1]
    exponents = per_pair * torch.arange(width // 2, dtype=x.dtype) / width
    return positions[:, None] * 10_000.0**-exponents


class Mistakes:
    def neighbouring_pairs(x, positions):
        """You rotate (x0, x1), (x2, x3), ...: the paper's layout, and as good. Asked for here is
        the other common one, (x_i, x_{i+d/2}); weights of one do not fit the other."""
        halves = torch.cat([x[..., ::2], x[..., 1::2]], dim=-1)
        a, b = turned(halves, angles_of(x, positions)).chunk(2, dim=-1)
        return torch.stack([a, b], dim=-1).flatten(-2)

    def rotated_backwards(x, positions):
        """You rotate by minus the angle: a cos + b sin, b cos - a sin. Queries and keys would still
        agree with each other, but not with other people's weights."""
        return turned(x, -angles_of(x, positions))

    def the_new_a_in_the_second_line(x, positions):
        """You overwrote a before b was made from it. Both parts need the old a and the old b."""
        angles = angles_of(x, positions)
        a, b = x.chunk(2, dim=-1)
        a = a * angles.cos() - b * angles.sin()
        return torch.cat([a, a * angles.sin() + b * angles.cos()], dim=-1)

    @named("exponent i/d instead of 2i/d")
    def exponent_halved(x, positions):
        """Pair i turns with the rate 10000^(-2i/d), i = 0 ... d/2 - 1. Your slow pairs are up to a
        hundred times too fast."""
        return turned(x, angles_of(x, positions, per_pair=1))

    def the_argument_positions_is_ignored(x, positions):
        """You count 0, 1, 2, ... yourself. A decoder that writes one token at a time passes that
        token's true position: use positions."""
        return turned(x, angles_of(x, torch.arange(len(positions))))
