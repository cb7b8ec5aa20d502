"""Exercise of lesson 16b: bits per dimension of a density model."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, normal

ABOUT = About(see="16b, step 3", difficulty=2, minutes=5, gradient=False)
HINTS = (
    "P(bin) is density times bin_width^n_dims. Take -log of it, then change the unit.",
    "(nll / n_dims - log(bin_width)) / log(2).",
)


def bits_per_dim(nll_nats: Tensor, n_dims: int, bin_width: float) -> Tensor:
    """Bits per dimension of a density model, for data quantised in steps of bin_width.

    nll_nats: (B,) -log density of each example, nats; n_dims: pixels times channels; bin_width: the
    step in the unit of the density -> (B,), bits. P(bin) is about density * bin_width^n_dims.
    """
    nats_per_dim = nll_nats / n_dims - math.log(bin_width)
    return nats_per_dim / math.log(2)


def cases(rng):
    yield d(0.0, 20.0), 10, 0.5  # a uniform density on [0, 1] and two bins: one bit
    yield d(100.0), 64, 1 / 16
    yield 300 * normal(rng, 3), 784, 1.0
    yield d(-3000.0, -1500.0, 12.0, 0.0), 100, 1 / 256  # a spike in a bin: fewer than 0 "bits"


def hard_cases(rng):
    yield 1000 * torch.randn(50, generator=rng), 3072, 1 / 256


class Mistakes:
    def bin_width_forgotten(nll_nats, n_dims, bin_width):
        """A density is not a probability. Multiply it by the width of the bin: subtract
        log(bin_width) for each dimension."""
        return nll_nats / n_dims / math.log(2)

    def bin_width_with_the_wrong_sign(nll_nats, n_dims, bin_width):
        """Narrow bins hold little probability and cost more bits: -log(bin_width), not plus."""
        return bits_per_dim(nll_nats, n_dims, 1 / bin_width)

    def bin_width_once_for_the_whole_picture(nll_nats, n_dims, bin_width):
        """A picture's bin is a box with bin_width along each of its n_dims sides: its log is n_dims
        · log(bin_width)."""
        return (nll_nats - math.log(bin_width)) / n_dims / math.log(2)

    def bin_width_left_in_nats(nll_nats, n_dims, bin_width):
        """You divided only the first term by log 2, and subtract nats from bits. Divide both."""
        return nll_nats / n_dims / math.log(2) - math.log(bin_width)

    def multiplied_by_log_2(nll_nats, n_dims, bin_width):
        """A nat is more than a bit (1.44 bits): divide by log 2, do not multiply."""
        return (nll_nats / n_dims - math.log(bin_width)) * math.log(2)
