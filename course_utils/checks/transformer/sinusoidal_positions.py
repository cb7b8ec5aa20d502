"""Lesson 53: Sines and cosines of each position (Vaswani et al. 2017, section 3.5)."""

import torch
from torch import Tensor

from course_utils.checks.transformer.shared import _few, _interleave
from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="53, step 5", difficulty=3, minutes=8, tol=0.0001)
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
    return [(1, 4), (3, 4), (7, 6), (40, 16)]


def _angles(n_positions, d_model, *, base=10_000.0, step=2, first=0):
    rates = base ** (-step * torch.arange(d_model // 2) / d_model)
    return torch.arange(first, first + n_positions)[:, None] * rates


class Properties:
    @named("position 0 is 0, 1, 0, 1, ...")
    def position_0_is_0_1_0_1(f, rng):
        got = f(3, 4)[0]
        if not bool(((got - torch.tensor([0.0, 1.0, 0.0, 1.0])).abs() < 1e-6).all()):
            raise Fails(f"position 0 is sin 0, cos 0, ... = [0, 1, 0, 1]; yours is {_few(got)}.")

    def all_rows_are_equally_long(f, rng):
        squares = f(50, 8).double().square().sum(-1)
        if not bool(((squares - 4).abs() < 1e-4).all()):
            low, high = float(squares.min()), float(squares.max())
            raise Fails(
                "each pair is a point of the unit circle, so a row of 8 numbers has the squared "
                f"length 4; yours have {low:.4g} to {high:.4g}."
            )


class Mistakes:
    @named("all sines, then all cosines")
    def all_sines_then_all_cosines(n_positions, d_model):
        """You put the sines in the first half and the cosines in the second. A fine layout, some
        libraries use it; asked for here is the paper's: sine and cosine take turns."""
        return torch.cat(
            [_angles(n_positions, d_model).sin(), _angles(n_positions, d_model).cos()], -1
        )

    def cosine_first(n_positions, d_model):
        """Even columns are sines, odd ones cosines; yours are the other way round."""
        return _interleave(_angles(n_positions, d_model).cos(), _angles(n_positions, d_model).sin())

    @named("exponent i/D instead of 2i/D")
    def exponent_i_D_instead_of_2i_D(n_positions, d_model):
        """Pair i turns with the rate 10000^(-2i/D). Your slowest pair is a hundred times too fast:
        you counted pairs where the formula counts columns."""
        return _interleave(
            _angles(n_positions, d_model, step=1).sin(),
            _angles(n_positions, d_model, step=1).cos(),
        )

    def a_rate_for_every_column(n_positions, d_model):
        """Sine and cosine of a pair must turn with the same rate, or they are no point of a circle.
        Columns 2i and 2i + 1 share the rate 10000^(-2i/D)."""
        return (lambda a: torch.where(torch.arange(d_model) % 2 == 0, a.sin(), a.cos()))(
            torch.arange(n_positions)[:, None] * 10_000.0 ** (-torch.arange(d_model) / d_model)
        )

    def positions_from_1(n_positions, d_model):
        """Your first row belongs to position 1. Count from 0, as the tokens do."""
        return _interleave(
            _angles(n_positions, d_model, first=1).sin(),
            _angles(n_positions, d_model, first=1).cos(),
        )

    def sines_only(n_positions, d_model):
        """Odd columns are cosines. With sines alone two angles share one value, and a shift is no
        rotation."""
        return _interleave(_angles(n_positions, d_model).sin(), _angles(n_positions, d_model).sin())

    def multiplied_where_the_formula_divides(n_positions, d_model):
        """Your rates are 10000^(+2i/D): thousands of turns from one position to the next. The
        exponent is negative, wavelengths grow from 2 pi to 10000 · 2 pi."""
        return _interleave(
            _angles(n_positions, d_model, step=-2).sin(),
            _angles(n_positions, d_model, step=-2).cos(),
        )

    def base_1000(n_positions, d_model):
        """Your base is 1000, the paper's 10000 = 1e4."""
        return _interleave(
            _angles(n_positions, d_model, base=1000.0).sin(),
            _angles(n_positions, d_model, base=1000.0).cos(),
        )
