"""Exercise of lesson 53b: positions as the hands of clocks."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, named

ABOUT = About(see="53b, step 4", difficulty=3, minutes=10)
HINTS = (
    "D/2 rates, one angle for each position and rate, then sine and cosine of every angle.",
    "rates = 10_000.0 ** (-torch.arange(0, d_model, 2) / d_model); angles = "
    "torch.arange(n_positions)[:, None] * rates; torch.stack([sin, cos], dim=-1).flatten(-2) "
    "makes them take turns.",
)


def sinusoidal_positions(n_positions: int, d_model: int) -> Tensor:
    """Sines and cosines of each position (Vaswani et al. 2017, section 3.5).

    n_positions: int, d_model: even int -> (n_positions, d_model) with [p, 2i] = sin(p r_i),
    [p, 2i+1] = cos(p r_i), r_i = 10000^(-2i/d_model).
    """
    rates = 10_000.0 ** (-torch.arange(0, d_model, 2) / d_model)  # (D/2,) radians a position
    angles = torch.arange(n_positions)[:, None] * rates  # (T, D/2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)  # (T, D)


def cases(rng):
    return [(3, 4), (1, 6), (5, 2), (7, 6), (40, 16)]


def hard_cases(rng):
    yield (200, 16)


class Properties:
    def every_pair_is_a_point_of_the_circle(f, rng):
        lengths = f(50, 8).unflatten(-1, (4, 2)).norm(dim=-1)
        close(lengths, 1, "columns 2i and 2i + 1 are a point at distance {right}, yours at {got}.")


def turns(n_positions, exponents):
    """The angles of every position, with the rates 10000^-exponent."""
    return torch.arange(n_positions)[:, None] * 10_000.0**-exponents


def in_turn(a, b):
    return torch.stack([a, b], dim=-1).flatten(-2)


class Mistakes:
    @named("all sines, then all cosines")
    def all_sines_then_all_cosines(n_positions, d_model):
        """You put the sines in the first half and the cosines in the second. A fine layout, some
        libraries use it; asked for here is the paper's: sine and cosine take turns."""
        angles = turns(n_positions, torch.arange(0, d_model, 2) / d_model)
        return torch.cat([angles.sin(), angles.cos()], dim=-1)

    def cosine_first(n_positions, d_model):
        """Even columns are sines, odd ones cosines; yours are the other way round."""
        angles = turns(n_positions, torch.arange(0, d_model, 2) / d_model)
        return in_turn(angles.cos(), angles.sin())

    @named("exponent i/D instead of 2i/D")
    def exponent_halved(n_positions, d_model):
        """Pair i turns with the rate 10000^(-2i/D). Your slowest pair is a hundred times too fast:
        you counted pairs where the formula counts columns."""
        angles = turns(n_positions, torch.arange(d_model // 2) / d_model)
        return in_turn(angles.sin(), angles.cos())

    @named("exponent 4i/D instead of 2i/D")
    def exponent_doubled(n_positions, d_model):
        """torch.arange(0, D, 2) is 2i already, and you doubled it again. Either i = 0, 1, 2, ...
        with 2i/D, or 0, 2, 4, ... divided by D."""
        angles = turns(n_positions, 2 * torch.arange(0, d_model, 2) / d_model)
        return in_turn(angles.sin(), angles.cos())

    def a_rate_for_every_column(n_positions, d_model):
        """Sine and cosine of a pair must turn with the same rate, or they are no point of a circle.
        Columns 2i and 2i + 1 share the rate 10000^(-2i/D)."""
        angles = turns(n_positions, torch.arange(d_model) / d_model)
        return in_turn(angles[:, ::2].sin(), angles[:, 1::2].cos())
