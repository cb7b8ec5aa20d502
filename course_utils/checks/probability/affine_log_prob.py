"""Lesson 11: Log density of x = shift + scale * z, z ~ N(0, I). x: (B, D), others (D,) -> (B"""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(difficulty=3, minutes=8)
HINTS = (
    "Two things happen to mass: it moves (so look the density up at z, not at x), and it is "
    "spread out (so correct by the stretch).",
    "log p(x) = log N(z | 0, I) - sum over d of log|scale_d|, with z = (x - shift) / scale.",
)


def affine_log_prob(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Log density of x = shift + scale * z, z ~ N(0, I). x: (B, D), others (D,) -> (B,), nats.

    log p(x) = log p_z(z) - sum_d log |scale_d| with z = (x - shift) / scale.
    """
    z = (x - shift) / scale  # (B, D): back to where the density is known
    log_p_z = -0.5 * (z**2 + math.log(2 * math.pi)).sum(-1)  # (B,)
    return log_p_z - scale.abs().log().sum()


def cases(rng: torch.Generator) -> list[tuple]:
    def double(*values):
        return torch.tensor(values, dtype=torch.float64)

    return [
        (double([3.0]), double(1.0), double(4.0)),  # B = 1, D = 1
        (normal(rng, 3, 2), double(0.5, -1.0), double(2.0, 0.3)),
        (normal(rng, 4, 3), double(0.0, 1.0, 2.0), double(-0.5, 3.0, 1.5)),  # a flip
    ]


def _affine_mistake(log_det, z=lambda x, shift, scale: (x - shift) / scale):
    """A wrong answer: another log determinant, or another way back."""

    def answer(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
        base = -0.5 * (z(x, shift, scale) ** 2 + math.log(2 * math.pi)).sum(-1)
        return base - log_det(scale)

    return answer


def _right_log_det(scale: Tensor) -> Tensor:
    return scale.abs().log().sum()


class Properties:
    @named("the mass is still 1, also after a flip")
    def the_mass_is_still_1_also_after_a_flip(f, rng: torch.Generator):
        x = torch.linspace(-40, 40, 40_001, dtype=torch.float64)
        one = torch.ones(1, dtype=torch.float64)
        total = torch.trapezoid(f(x[:, None], one, -3 * one).exp(), x).item()
        if abs(total - 1) < 1e-6:
            return
        raise Fails(f"for x = 1 - 3 z your density integrates to {total:.4f} instead of 1")


class Mistakes:
    def the_Jacobian_is_forgotten(x, shift, scale):
        """You look up the density at z and stop. A stretch by 4 spreads the same mass over 4 times
        the length, so the density must fall to a quarter."""
        return (_affine_mistake(lambda scale: torch.zeros_like(scale).sum()))(x, shift, scale)

    def multiplied_by_the_Jacobian_instead_of_divided(x, shift, scale):
        """You add log|scale|: your density grows where space is stretched. The factor is |dz/dx| =
        1 / |dx/dz|."""
        return (_affine_mistake(lambda scale: -_right_log_det(scale)))(x, shift, scale)

    def no_absolute_value(x, shift, scale):
        """A negative scale mirrors the axis, and the log of a negative number is NaN. Lengths are
        positive: use log|scale|."""
        return (_affine_mistake(lambda scale: scale.log().sum()))(x, shift, scale)

    def the_base_density_at_x_instead_of_at_z(x, shift, scale):
        """You evaluate N(0, I) at x. Go back first: z = (x - shift) / scale is the point that was
        mapped to x."""
        return (_affine_mistake(_right_log_det, z=lambda x, shift, scale: x))(x, shift, scale)

    def the_map_applied_forwards_instead_of_backwards(x, shift, scale):
        """You push x through the map once more. x is its output already: invert it, z = (x - shift)
        / scale."""
        return (_affine_mistake(_right_log_det, z=lambda x, shift, scale: shift + scale * x))(
            x, shift, scale
        )

    def the_mean_of_the_log_scales_instead_of_their_sum(x, shift, scale):
        """A box stretched by 2 and by 3 has 6 times the volume: log scales add up over the D
        coordinates, they are not averaged."""
        return (_affine_mistake(lambda scale: scale.abs().log().mean()))(x, shift, scale)

    @named("summed over the batch, too")
    def summed_over_the_batch_too(x, shift, scale):
        """Sum over the D coordinates of one point (dim=-1) and keep the batch: (B,)."""
        return affine_log_prob(x, shift, scale).sum()

    def log_2_pi_is_missing(x, shift, scale):
        """The base N(0, I) needs its normaliser, too: log(2 pi) / 2 for each of D coordinates."""
        return -0.5 * (((x - shift) / scale) ** 2).sum(-1) - _right_log_det(scale)

    def one_value_per_coordinate(x, shift, scale):
        """You return (B, D). The log density of a point is the sum over its coordinates, (B,)."""
        return -0.5 * (((x - shift) / scale) ** 2 + math.log(2 * math.pi)) - scale.abs().log()
