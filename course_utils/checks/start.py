"""Exercises of lesson 00: the straight line from noise to image, and guidance."""

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "00_start_here"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _times(rng: torch.Generator, n: int) -> Tensor:
    return torch.rand(n, generator=rng, dtype=torch.double)


# ---- mix ---------------------------------------------------------------------------------------


def mix_reference(noise: Tensor, x: Tensor, t: Tensor) -> Tensor:
    """The point at time t on the straight line from noise to image: (1 - t) noise + t x.

    noise, x: (B, 1, H, W); t: (B,) in [0, 1], one time an image -> (B, 1, H, W), units of x.
    """
    t = t[:, None, None, None]  # (B,) -> (B, 1, 1, 1): the same time for every pixel of an image
    return (1 - t) * noise + t * x


def _starts_at_noise(f, rng) -> str | None:
    noise, x = _normal(rng, 2, 1, 4, 4), _normal(rng, 2, 1, 4, 4)
    gap = (f(noise, x, torch.zeros(2, dtype=torch.double)) - noise).abs().max().item()
    return None if gap <= 1e-6 else f"at t = 0 the result should be the noise, it is {gap:.3g} away"


def _ends_at_image(f, rng) -> str | None:
    noise, x = _normal(rng, 2, 1, 4, 4), _normal(rng, 2, 1, 4, 4)
    gap = (f(noise, x, torch.ones(2, dtype=torch.double)) - x).abs().max().item()
    return None if gap <= 1e-6 else f"at t = 1 the result should be the image, it is {gap:.3g} away"


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


def _arc(noise: Tensor, x: Tensor, t: Tensor) -> Tensor:
    t = t[:, None, None, None]
    return (1 - t).sqrt() * noise + t.sqrt() * x


def _no_reshape(noise: Tensor, x: Tensor, t: Tensor) -> Tensor:
    return (1 - t) * noise + t * x


mix = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=4,
    reference=mix_reference,
    # as many images as columns: a forgotten reshape of t then runs through, and is seen
    cases=lambda rng: [
        (_normal(rng, 1, 1, 2, 2), _normal(rng, 1, 1, 2, 2), _times(rng, 1)),
        (_normal(rng, 3, 1, 3, 3), _normal(rng, 3, 1, 3, 3), _times(rng, 3)),
        (_normal(rng, 5, 1, 5, 5), _normal(rng, 5, 1, 5, 5), _times(rng, 5)),
    ],
    properties=[
        Property("pure noise at t = 0", _starts_at_noise),
        Property("the image at t = 1", _ends_at_image),
    ],
    mistakes=[
        Mistake(
            "noise and image swapped",
            lambda noise, x, t: mix_reference(x, noise, t),
            _SWAPPED,
            "00, step 2",
        ),
        Mistake(
            "noise added and never removed",
            lambda noise, x, t: noise + t[:, None, None, None] * x,
            _SUM,
            "00, step 2",
        ),
        Mistake("square-root weights", _arc, _ROOTS, "00, step 2"),
        Mistake("t laid along the columns", _no_reshape, _COLUMNS, "00, step 2"),
        Mistake(
            "one time for the whole batch",
            lambda noise, x, t: (1 - t[0]) * noise + t[0] * x,
            _ONE_TIME,
            "00, step 2",
        ),
    ],
    hints=[
        "You want to be at the noise for t = 0, at the image for t = 1, and half-way between them "
        "for t = 0.5. Which two weights do that?",
        "The weights are 1 - t and t. To multiply (B,) with (B, 1, H, W), first write "
        "t = t[:, None, None, None].",
    ],
)


# ---- guided_velocity ---------------------------------------------------------------------------


def guided_velocity_reference(v_uncond: Tensor, v_cond: Tensor, scale: float) -> Tensor:
    """Classifier-free guidance: v_uncond + scale (v_cond - v_uncond).

    v_uncond, v_cond: (B, 1, H, W) velocities without and with the label; scale: 0 ignores the
    label, 1 follows it, above 1 exaggerates it -> (B, 1, H, W), units of the velocities.
    """
    return v_uncond + scale * (v_cond - v_uncond)


def _scale_one(f, rng) -> str | None:
    a, b = _normal(rng, 2, 1, 4, 4), _normal(rng, 2, 1, 4, 4)
    gap = (f(a, b, 1.0) - b).abs().max().item()
    return None if gap <= 1e-6 else f"at scale 1 the result should be v_cond, it is {gap:.3g} away"


def _scale_zero(f, rng) -> str | None:
    a, b = _normal(rng, 2, 1, 4, 4), _normal(rng, 2, 1, 4, 4)
    gap = (f(a, b, 0.0) - a).abs().max().item()
    return None if gap <= 1e-6 else f"at scale 0 the result should be v_uncond, {gap:.3g} away"


guided_velocity = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=guided_velocity_reference,
    cases=lambda rng: [
        (_normal(rng, 1, 1, 2, 2), _normal(rng, 1, 1, 2, 2), 2.0),
        (_normal(rng, 3, 1, 4, 4), _normal(rng, 3, 1, 4, 4), 4.0),
        (_normal(rng, 3, 1, 4, 4), _normal(rng, 3, 1, 4, 4), 0.5),
    ],
    properties=[
        Property("scale 1 follows the label", _scale_one),
        Property("scale 0 ignores the label", _scale_zero),
    ],
    mistakes=[
        Mistake(
            "one guidance too much",
            lambda v_uncond, v_cond, scale: v_cond + scale * (v_cond - v_uncond),
            "You started from v_cond, so your scale s acts like s + 1. Some papers count that way; "
            "here scale 1 means no guidance.",
            "00, step 6",
        ),
        Mistake(
            "arguments swapped",
            lambda v_uncond, v_cond, scale: v_cond + scale * (v_uncond - v_cond),
            "You walk from the labelled velocity towards the unlabelled one, away from the class.",
            "00, step 6",
        ),
        Mistake(
            "the difference pointed the wrong way",
            lambda v_uncond, v_cond, scale: v_uncond + scale * (v_uncond - v_cond),
            "The step must lead towards the labelled velocity: v_cond - v_uncond, in this order.",
            "00, step 6",
        ),
        Mistake(
            "scaled without a starting point",
            lambda v_uncond, v_cond, scale: scale * v_cond,
            "That makes every velocity longer. Guidance keeps v_uncond and exaggerates only what "
            "the label changes.",
            "00, step 6",
        ),
    ],
    hints=[
        "What does the label change? The difference v_cond - v_uncond. Start at v_uncond and walk "
        "along it.",
        "scale is how far you walk: 0 stays at v_uncond, 1 arrives at v_cond, 2 goes twice as far.",
    ],
)
