"""Exercise of laboratory 23c: a small and a large picture, faded into each other."""

import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="23c, step 1", difficulty=2, minutes=6)
HINTS = (
    "Bring the small picture to the large one's size first: each pixel becomes a square of 2 x 2.",
    "up = F.interpolate(small, scale_factor=2, mode='nearest'); (1 - alpha) * up + alpha * large.",
)


def fade_in(small: Tensor, large: Tensor, alpha: float) -> Tensor:
    """Mix an enlarged small picture and a large one (Karras et al. 2018, figure 2).

    small: (B, C, S, S), large: (B, C, 2 S, 2 S), alpha: 0 (the small one, each pixel a square of
    2 x 2) .. 1 (the large one) -> (B, C, 2 S, 2 S).
    """
    enlarged = F.interpolate(small, scale_factor=2, mode="nearest")
    return (1 - alpha) * enlarged + alpha * large


def case(rng, n, channels, height, width, alpha):
    small = normal(rng, n, channels, height, width)
    return small, normal(rng, n, channels, 2 * height, 2 * width), alpha


def cases(rng):
    yield d([[[1.0, 2.0]]]), d([[[0.0, 0.0, 0.0, 0.0], [4.0, 4.0, 4.0, 4.0]]]), 0.25
    for sizes in ((1, 2, 3, 4), (3, 1, 2, 5), (2, 4, 3, 2)):
        yield case(rng, *sizes, 0.3)
    yield case(rng, 2, 1, 3, 4, 0.0)
    yield case(rng, 2, 1, 3, 4, 1.0)


def hard_cases(rng):
    small, large, alpha = case(rng, 32, 1, 8, 8, 0.9)
    yield small.float(), large.float(), alpha


class Properties:
    @named("alpha says how much of the large one")
    def ends(f, rng):
        small, large, _ = case(rng, 2, 1, 3, 4, 0.0)
        says = "at alpha = 1 only the large picture counts: {right}, not {got}."
        close(f(small, large, 1.0), large, says)
        says = "at alpha = 0 a pixel of the small picture fills four: {right}, not {got}."
        close(f(small, large, 0.0)[..., 1::2, 1::2], small, says)


class Mistakes:
    @named("the shares exchanged")
    def exchanged(small, large, alpha):
        """At alpha = 0 you show the large picture. The new layers are faded IN: alpha is the share
        of the large one."""
        return alpha * F.interpolate(small, scale_factor=2, mode="nearest") + (1 - alpha) * large

    @named("the small one spread with holes")
    def tiled(small, large, alpha):
        """You repeated the whole picture beside itself. Each pixel must become a square of 2 x 2:
        repeat_interleave, or F.interpolate."""
        return (1 - alpha) * small.repeat(1, 1, 2, 2) + alpha * large

    @named("smoothed while enlarged")
    def smoothed(small, large, alpha):
        """You enlarged by bilinear interpolation. Asked for are squares of equal pixels, as the
        pooling in D averages them."""
        size = large.shape[-2:]
        enlarged = F.interpolate(small, size=size, mode="bilinear", align_corners=False)
        return (1 - alpha) * enlarged + alpha * large

    @named("added, not faded")
    def added(small, large, alpha):
        """You add the large picture to the whole small one: the sum leaves the range of tanh. The
        shares are 1 - alpha and alpha."""
        return F.interpolate(small, scale_factor=2, mode="nearest") + alpha * large
