"""Lesson 22: Bring grey pixels to the range of tanh, with a channel axis."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named

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


def cases(rng):
    return [
        (torch.tensor([[[0, 64], [128, 255]]], dtype=torch.uint8),),
        (_pixels(rng, 3, 4, 4),),
        (_pixels(rng, 5, 2, 3),),
    ]


def _pixels(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randint(256, shape, generator=rng).to(torch.uint8)


class Properties:
    @named("black is -1, white is 1")
    def black_is_1_white_is_1(f, rng):
        got = f(torch.tensor([[[0, 255]]], dtype=torch.uint8))
        low, high = got.min().item(), got.max().item()
        if abs(low + 1) > 1e-6 or abs(high - 1) > 1e-6:
            raise Fails(
                f"0 must become -1 and 255 must become 1; yours become {low:.4g} and {high:.4g}."
            )


class Mistakes:
    @named("[0, 1] for a tanh generator", see="22, find the bug 1")
    def is_0_1_for_a_tanh_generator(pixels):
        """Your pixels lie in [0, 1]. The generator ends in tanh: half of what it can draw is
        negative, and no real image ever is. The discriminator needs no more than the sign."""
        return pixels.float()[:, None] / 255

    @named("divided twice", see="22, errata R49")
    def divided_twice(pixels):
        """Your largest value is 0.0039: the pixels were divided by 255 twice."""
        return pixels.float()[:, None] / 255 / 255

    @named("two channel axes", see="22, errata R49")
    def two_channel_axes(pixels):
        """You added two channel axes. Images are (N, 1, H, W)."""
        return (pixels.float() / 127.5 - 1)[:, None, None]

    def channel_axis_last(pixels):
        """(N, H, W, 1) is the order of Keras. torch wants the channels second."""
        return (pixels.float() / 127.5 - 1)[..., None]

    def no_channel_axis(pixels):
        """The channel axis is missing: (N, 1, H, W)."""
        return pixels.float() / 127.5 - 1

    def half_the_range(pixels):
        """Your pixels lie in [-0.5, 0.5]. Twice that: [-1, 1]."""
        return pixels.float()[:, None] / 255 - 0.5

    def standardised(pixels):
        """Mean 0 and variance 1 put white far above 1, where tanh cannot follow."""
        return (
            (pixels.float() - pixels.float().mean()) / pixels.float().std()
            if pixels.ndim < 3
            else ((pixels.float() - pixels.float().mean()) / pixels.float().std())[:, None]
        )
