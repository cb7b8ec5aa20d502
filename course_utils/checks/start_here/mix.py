"""Lesson 00: The point at time t on the straight line from noise to image: (1 - t) noise + t"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="00, step 2", difficulty=1, minutes=4)
HINTS = (
    "You want to be at the noise for t = 0, at the image for t = 1, and half-way between them "
    "for t = 0.5. Which two weights do that?",
    "The weights are 1 - t and t. To multiply (B,) with (B, 1, H, W), first write "
    "t = t[:, None, None, None].",
)


def mix(noise: Tensor, x: Tensor, t: Tensor) -> Tensor:
    """The point at time t on the straight line from noise to image: (1 - t) noise + t x.

    noise, x: (B, 1, H, W); t: (B,) in [0, 1], one time an image -> (B, 1, H, W), units of x.
    """
    t = t[:, None, None, None]  # (B,) -> (B, 1, 1, 1): the same time for every pixel of an image
    return (1 - t) * noise + t * x


def cases(rng):
    return [
        (normal(rng, 1, 1, 2, 2), normal(rng, 1, 1, 2, 2), _times(rng, 1)),
        (normal(rng, 3, 1, 3, 3), normal(rng, 3, 1, 3, 3), _times(rng, 3)),
        (normal(rng, 5, 1, 5, 5), normal(rng, 5, 1, 5, 5), _times(rng, 5)),
    ]


def _times(rng: torch.Generator, n: int) -> Tensor:
    return torch.rand(n, generator=rng, dtype=torch.double)


_SWAPPED = (
    "Your line starts at the image and ends at the noise. Here t = 0 is pure noise and t = 1 is "
    "the finished image, so the weight of the image is t."
)


_SUM = "The two weights must add up to 1: where the image comes in, the noise has to go."


_ROOTS = (
    "You used the weights sqrt(t) and sqrt(1 - t). They keep the variance (diffusion does that, "
    "lesson 41), but the path is an arc; flow matching walks along the straight line."
)


_COLUMNS = (
    "A tensor of shape (B,) meets the last axis, the columns: every column got its own time. Every "
    "image should have one; give t the shape (B, 1, 1, 1) first. (It ran only because this batch "
    "has as many images as columns.)"
)


_ONE_TIME = (
    "You used one time for the whole batch. Every image has its own t: give t the shape "
    "(B, 1, 1, 1), for example with t[:, None, None, None]."
)


class Properties:
    @named("pure noise at t = 0")
    def pure_noise_at_t_0(f, rng):
        noise, x = normal(rng, 2, 1, 4, 4), normal(rng, 2, 1, 4, 4)
        gap = (f(noise, x, torch.zeros(2, dtype=torch.double)) - noise).abs().max().item()
        if not (gap <= 1e-6):
            raise Fails(f"at t = 0 the result should be the noise, it is {gap:.3g} away")

    @named("the image at t = 1")
    def the_image_at_t_1(f, rng):
        noise, x = normal(rng, 2, 1, 4, 4), normal(rng, 2, 1, 4, 4)
        gap = (f(noise, x, torch.ones(2, dtype=torch.double)) - x).abs().max().item()
        if not (gap <= 1e-6):
            raise Fails(f"at t = 1 the result should be the image, it is {gap:.3g} away")


class Mistakes:
    def noise_and_image_swapped(noise, x, t):
        __doc__ = _SWAPPED
        return mix(x, noise, t)

    def noise_added_and_never_removed(noise, x, t):
        __doc__ = _SUM
        return noise + t[:, None, None, None] * x

    @named("square-root weights")
    def square_root_weights(noise: Tensor, x: Tensor, t: Tensor):
        __doc__ = _ROOTS
        t = t[:, None, None, None]
        return (1 - t).sqrt() * noise + t.sqrt() * x

    def t_laid_along_the_columns(noise: Tensor, x: Tensor, t: Tensor):
        __doc__ = _COLUMNS
        return (1 - t) * noise + t * x

    def one_time_for_the_whole_batch(noise, x, t):
        __doc__ = _ONE_TIME
        return (1 - t[0]) * noise + t[0] * x
