"""Lesson 16: Bits per dimension of a density model, for data quantised in steps of bin_width"""

import math

from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="16, step 6", difficulty=2, minutes=5)
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
    return [
        (d(100.0), 64, 1.0),
        (d(-500.0, 20.0, 3.0), 256, 1 / 256),
        (300 * normal(rng, 3), 784, 1 / 16),
    ]


class Properties:
    @named("8 bits for a uniform density over 256 grey values")
    def is_8_bits_for_a_uniform_density_over_256_grey_values(f, rng):
        got = float(f(d(0.0), 10, 1 / 256)[0])
        if not abs(got - 8) < 1e-9:
            raise Fails(
                f"a uniform density on [0, 1]^10 has nll 0; for 256 grey values that is 8 bits per "
                f"dimension (log2 256), you return {got:.4f}."
            )

    def the_unit_of_the_pixels_does_not_matter(f, rng):
        nll = normal(rng, 3)
        a, b = f(nll, 5, 1 / 256), f(nll + 5 * math.log(256), 5, 1.0)
        if not (a - b).abs().max() < 1e-9:
            raise Fails(
                "pixels in 0..1 or 0..255 are the same picture: nll grows by n_dims·log 256, "
                f"bits per dimension must not; yours differ by {float((a - b).abs().max()):.3f}."
            )


class Mistakes:
    @named("nats, not bits")
    def nats_not_bits(nll_nats, n_dims, bin_width):
        """You forgot log 2: these are nats per dimension. One bit is 0.693 nats, so divide by log
        2."""
        return nll_nats / n_dims - math.log(bin_width)

    def multiplied_by_log_2(nll_nats, n_dims, bin_width):
        """A nat is more than a bit (1.44 bits): divide by log 2, do not multiply."""
        return (nll_nats / n_dims - math.log(bin_width)) * math.log(2)

    def bin_width_forgotten(nll_nats, n_dims, bin_width):
        """A density is not a probability. Multiply it by the width of the bin: subtract
        log(bin_width) for each dimension."""
        return nll_nats / n_dims / math.log(2)

    def bin_width_with_the_wrong_sign(nll_nats, n_dims, bin_width):
        """Narrow bins hold little probability and cost more bits: -log(bin_width), not plus."""
        return (nll_nats / n_dims + math.log(bin_width)) / math.log(2)

    def bin_width_once_for_the_whole_picture(nll_nats, n_dims, bin_width):
        """A picture's bin is a box with bin_width along each of its n_dims sides: its log is n_dims
        · log(bin_width)."""
        return (nll_nats - math.log(bin_width)) / n_dims / math.log(2)

    def not_divided_by_the_dimensions(nll_nats, n_dims, bin_width):
        """These are bits per picture. Divide by n_dims."""
        return (nll_nats - n_dims * math.log(bin_width)) / math.log(2)
