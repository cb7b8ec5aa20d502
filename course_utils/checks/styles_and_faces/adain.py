"""Exercise of laboratory 24c: adaptive instance normalisation."""

from torch import Tensor

from course_utils.exercises.spec import About, close, named, normal, sizes, uniform

ABOUT = About(see="24c, step 3", difficulty=2, minutes=8)
HINTS = (
    "Mean and standard deviation belong to ONE picture and ONE channel: over which axes?",
    "mean, var = h.mean((2, 3), keepdim=True), h.var((2, 3), correction=0, keepdim=True); "
    "normalise, then times scale[:, :, None, None] plus shift[:, :, None, None].",
)
EPS = 1e-5


def adain(h: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """Give every channel of every picture a new scale and shift (Huang and Belongie 2017, eq. 8).

    h: (B, C, H, W); scale, shift: (B, C) -> (B, C, H, W): (h - mean) / sqrt(var + 1e-5), both over
    H and W alone, var without correction; then times scale, plus shift.
    """
    mean = h.mean((2, 3), keepdim=True)
    var = h.var((2, 3), correction=0, keepdim=True)
    normed = (h - mean) / (var + EPS).sqrt()
    return scale[:, :, None, None] * normed + shift[:, :, None, None]


def case(rng, b, c, height, width):
    """Features and a style."""
    h = 3 * normal(rng, b, c, height, width) + normal(rng, b, c, 1, 1)
    return h, 0.5 + uniform(rng, b, c), normal(rng, b, c)


def cases(rng):
    for shape in sizes(4):
        yield case(rng, *shape)


def hard_cases(rng):
    h, scale, shift = case(rng, 16, 32, 8, 8)
    yield h.float(), scale.float(), shift.float()
    yield 0 * h[:2].float(), scale[:2].float(), shift[:2].float()  # flat: nothing to divide by


class Properties:
    def mean_and_deviation_are_the_styles(f, rng):
        h, scale, shift = case(rng, 3, 2, 9, 7)
        out = f(h, scale, shift)
        close(out.mean((2, 3)), shift, "a channel's mean is {got}, its style says {right}.")
        deviation = out.std((2, 3), correction=0)
        close(deviation, scale, "a channel's deviation is {got}, its style says {right}.", tol=1e-3)

    @named("a picture does not depend on its companions")
    def alone(f, rng):
        h, scale, shift = case(rng, 4, 3, 5, 6)
        together, single = f(h, scale, shift)[:1], f(h[:1], scale[:1], shift[:1])
        close(together, single, "alone the picture's value is {right}, in a batch {got}.")


class Mistakes:
    @named("batch norm")
    def over_the_batch(h, scale, shift):
        """You took mean and variance over the batch as well. That is batch norm: a picture then
        wears what its companions wear."""
        mean = h.mean((0, 2, 3), keepdim=True)
        var = h.var((0, 2, 3), correction=0, keepdim=True)
        normed = (h - mean) / (var + EPS).sqrt()
        return scale[:, :, None, None] * normed + shift[:, :, None, None]

    @named("layer norm")
    def over_the_channels(h, scale, shift):
        """You took mean and variance over the channels as well. Every channel has its own: that is
        what lets a style treat them differently."""
        mean = h.mean((1, 2, 3), keepdim=True)
        var = h.var((1, 2, 3), correction=0, keepdim=True)
        normed = (h - mean) / (var + EPS).sqrt()
        return scale[:, :, None, None] * normed + shift[:, :, None, None]

    @named("nothing was normalised")
    def no_norm(h, scale, shift):
        """You scaled and shifted h as it came. Without the normalisation the old style stays
        underneath, and layers no longer have styles of their own."""
        return scale[:, :, None, None] * h + shift[:, :, None, None]

    @named("divided by the variance")
    def variance(h, scale, shift):
        """You divided by the variance. A deviation of 1 needs its square root."""
        mean = h.mean((2, 3), keepdim=True)
        normed = (h - mean) / (h.var((2, 3), correction=0, keepdim=True) + EPS)
        return scale[:, :, None, None] * normed + shift[:, :, None, None]

    @named("the shift is scaled, too")
    def shift_first(h, scale, shift):
        """You added the shift before you multiplied by the scale: scale first, then shift."""
        mean = h.mean((2, 3), keepdim=True)
        var = h.var((2, 3), correction=0, keepdim=True)
        normed = (h - mean) / (var + EPS).sqrt()
        return scale[:, :, None, None] * (normed + shift[:, :, None, None])
