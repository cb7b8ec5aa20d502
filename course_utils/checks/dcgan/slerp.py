"""Exercise of lesson 22: walk along the arc between two latents."""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, close, d, normal

ABOUT = About(see="22, the latent walk", difficulty=3, minutes=10, gradient=False)
HINTS = (
    "cos(angle) = a·b / (|a| |b|), row by row (clamp it: rounding may leave 1.0000001, which has "
    "no acos). How much of the angle is walked at t?",
    "sin((1-t)·angle)/sin(angle)·a + sin(t·angle)/sin(angle)·b; the line where the sine is 0.",
)


def slerp(a: Tensor, b: Tensor, t: float) -> Tensor:
    """Walk from a to b along the arc between them (spherical interpolation, row by row).

    a, b: (B, Z) latents; t: 0..1 share of the way -> (B, Z). Parallel rows: the straight line.
    """
    cosine = (a * b).sum(-1, keepdim=True) / (
        a.norm(dim=-1, keepdim=True) * b.norm(dim=-1, keepdim=True)
    )
    angle = cosine.clamp(-1, 1).acos()  # (B, 1) radians
    flat = angle.sin() < 1e-9
    sine = torch.where(flat, torch.ones_like(angle), angle.sin())
    arc = ((1 - t) * angle).sin() / sine * a + (t * angle).sin() / sine * b
    return torch.where(flat, (1 - t) * a + t * b, arc)


def cases(rng):
    yield d([2.0, 0.0]), d([0.0, 2.0]), 1 / 3
    yield normal(rng, 1, 3), normal(rng, 1, 3), 0.25
    yield normal(rng, 4, 3), normal(rng, 4, 3), 0.8
    yield normal(rng, 2, 5), normal(rng, 2, 5), 0.0
    yield normal(rng, 2, 32), normal(rng, 2, 32), 1.0
    a, b = normal(rng, 2, 3, 4)
    a[1], b[1] = 2 * torch.eye(4)[2], 6 * torch.eye(4)[2]  # one pair is parallel
    yield a, b, 0.25


def hard_cases(rng):
    a, b = normal(rng, 2, 200, 64).float()
    b[::2] = a[::2] * (1 + torch.arange(100)[:, None] % 3)  # here cosines of 1.0000001 occur
    yield a, b, 0.3
    yield normal(rng, 20, 64), normal(rng, 20, 64), 0.3


class Properties:
    def the_length_is_kept(f, rng):
        a, b = 4 * F.normalize(normal(rng, 2, 4, 16), dim=-1)
        says = "between points of length {right} the arc keeps that length; yours is {got}."
        close(f(a, b, 0.5).norm(dim=-1), 4, says)


def arc(a, b, t, angle):
    """The formula of the arc, whatever the angle."""
    return ((1 - t) * angle).sin() / angle.sin() * a + (t * angle).sin() / angle.sin() * b


def angle_of(a, b):
    """The angle between the rows of a and b, (B, 1)."""
    cosine = (a * b).sum(-1, keepdim=True) / (a.norm(dim=-1) * b.norm(dim=-1))[:, None]
    return cosine.clamp(-1, 1).acos()


class Mistakes:
    def a_straight_line(a, b, t):
        """You walk the chord, not the arc: in the middle your points are too short for a normal
        latent."""
        return (1 - t) * a + t * b

    def lengths_thrown_away(a, b, t):
        """Your points have length 1. Latents of Z numbers are about sqrt(Z) long; keep a and b as
        they are, and use unit vectors for the angle only."""
        return slerp(F.normalize(a, dim=-1), F.normalize(b, dim=-1), t)

    def one_angle_for_the_batch(a, b, t):
        """You took the dot product over the whole batch. Every row has its own angle."""
        return arc(a, b, t, ((a * b).sum() / (a.norm() * b.norm())).acos())

    def one_parallel_pair_flattens_all(a, b, t):
        """One parallel pair sends your whole batch along straight lines. Decide row by row:
        torch.where(flat, line, arc)."""
        angle = angle_of(a, b)
        return (1 - t) * a + t * b if (angle.sin() < 1e-6).any() else arc(a, b, t, angle)

    def zero_over_zero_for_parallel_rows(a, b, t):
        """Parallel rows have angle 0, and sin 0 / sin 0 is NaN. For them the arc is the straight
        line."""
        return arc(a, b, t, angle_of(a, b))
