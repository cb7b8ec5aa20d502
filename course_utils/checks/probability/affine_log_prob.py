"""Exercise of lesson 11: the log density of a shifted and stretched Gaussian."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal, uniform

ABOUT = About(see="11, step 9", difficulty=3, minutes=8, gradient=False)
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


def cases(rng):
    yield d([3.0]), d(1.0), d(4.0)
    yield normal(rng, 3, 2), d(0.5, -1.0), d(2.0, 0.3)
    yield normal(rng, 4, 3), d(0.0, 1.0, 2.0), d(-0.5, 3.0, 1.5)  # a flip
    yield normal(rng, 1, 2), d(1.0, -2.0), d(-0.5, -3.0)  # two flips


def hard_cases(rng):
    scale = 0.01 + 0.01 * uniform(rng, 64)  # 64 of them multiply to less than float32 can hold
    yield (0.1 * normal(rng, 5, 64)).float(), (0.1 * normal(rng, 64)).float(), scale.float()
    yield (90 * normal(rng, 3, 40)).float(), normal(rng, 40).float(), 50 + scale[:40].float()


class Properties:
    @named("the mass is still 1, also after a flip")
    def mass(f, rng):
        x = torch.linspace(-40, 40, 8001, dtype=torch.double)
        total = torch.trapezoid(f(x[:, None], d(1.0), d(-3.0)).exp(), x)
        close(total, 1, "for x = 1 - 3 z your density integrates to {got} instead of 1.")


def normal_at(z):
    return -0.5 * (z**2 + math.log(2 * math.pi)).sum(-1)


class Mistakes:
    def the_Jacobian_is_forgotten(x, shift, scale):
        """You look up the density at z and stop. A stretch by 4 spreads the same mass over 4 times
        the length, so the density must fall to a quarter."""
        return normal_at((x - shift) / scale)

    def multiplied_by_the_Jacobian_instead_of_divided(x, shift, scale):
        """You add log|scale|: your density grows where space is stretched. The factor is |dz/dx| =
        1 / |dx/dz|."""
        return normal_at((x - shift) / scale) + scale.abs().log().sum()

    def no_absolute_value(x, shift, scale):
        """A negative scale mirrors the axis, and the log of a negative number is NaN. Lengths are
        positive: use log|scale|."""
        return normal_at((x - shift) / scale) - scale.log().sum()

    def the_map_applied_forwards_instead_of_backwards(x, shift, scale):
        """You push x through the map once more. x is its output already: invert it, z = (x - shift)
        / scale."""
        return normal_at(shift + scale * x) - scale.abs().log().sum()

    @named("log(2 pi) once for all coordinates")
    def normaliser_once(x, shift, scale):
        """Each of the D coordinates brings its own normaliser: log(2 pi) / 2 counts D times, not
        once a point."""
        z = (x - shift) / scale
        return -0.5 * (z**2).sum(-1) - 0.5 * math.log(2 * math.pi) - scale.abs().log().sum()
