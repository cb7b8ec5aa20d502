"""Exercise of lesson 22: grey pixels in the range of tanh."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, named

ABOUT = About(see="22, look at the data", difficulty=1, minutes=4)
HINTS = (
    "Which two numbers must 0 and 255 become? Draw the straight line through them.",
    "pixels.float() / 127.5 - 1, and a new axis at place 1.",
)


def prepare(pixels: Tensor) -> Tensor:
    """Bring grey pixels to the range of tanh, with a channel axis.

    pixels: (N, H, W) uint8, 0..255 -> (N, 1, H, W) float32 in [-1, 1].
    """
    x = pixels.float() / 127.5 - 1  # to float first: uint8 would wrap round
    return x[:, None]


def bytes_of(rng, *shape, low=0, high=256):
    """Random grey pixels."""
    return torch.randint(low, high, shape, generator=rng).to(torch.uint8)


def cases(rng):
    yield (torch.tensor([[[0, 51, 102], [153, 204, 255]]], dtype=torch.uint8),)
    yield (bytes_of(rng, 1, 3, 2, low=40, high=200),)  # no pixel is black or white
    yield (bytes_of(rng, 3, 4, 5),)
    yield (bytes_of(rng, 5, 2, 3),)


def hard_cases(rng):
    yield (bytes_of(rng, 1000, 16, 16),)


class Mistakes:
    @named("[0, 1] for a tanh generator", see="22, find the bug 1")
    def zero_to_one(pixels):
        """Your pixels lie in [0, 1]. The generator ends in tanh: half of what it can draw is
        negative, and no real image ever is. The discriminator needs no more than the sign."""
        return pixels.float()[:, None] / 255

    @named("divided twice", see="22, what is printed")
    def divided_twice(pixels):
        """Your largest value is 0.0039: the pixels were divided by 255 twice."""
        return pixels.float()[:, None] / 255 / 255

    @named("a byte that wraps round")
    def wraps_round(pixels):
        """You doubled the pixels while they were bytes, and a byte ends at 255: 2 · 200 became 144.
        First float, then arithmetic."""
        return (2 * pixels).float()[:, None] / 255 - 1

    def stretched_to_its_own_range(pixels):
        """You scaled by the smallest or largest pixel that happens to be there, so the same grey
        means something else in every batch. The range of a byte is fixed: 0..255."""
        x = pixels.float()[:, None]
        return 2 * x / x.max() - 1

    def standardised(pixels):
        """Mean 0 and variance 1 put white far above 1, where tanh cannot follow."""
        x = pixels.float()[:, None]
        return (x - x.mean()) / x.std()
