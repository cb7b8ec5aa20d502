"""Lesson 22: Walk from a to b along the arc between them (spherical interpolation, row by ro"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="22, the latent walk", difficulty=3, minutes=10)
HINTS = (
    "cos(angle) = a·b / (|a| |b|), row by row. How much of the angle is walked at t?",
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
    return [
        _equal_steps(rng),
        (normal(rng, 3, 4), normal(rng, 3, 4), 0.25),
        (normal(rng, 3, 8), normal(rng, 3, 8), 0.8),
        (normal(rng, 2, 32), normal(rng, 2, 32), 0.5),
    ]


def _slerp(a, b, t, *, angle=None, unit=False, batch=False):
    dims = (0, 1) if batch else -1
    cosine = (a * b).sum(dims, keepdim=True) / (
        a.pow(2).sum(dims, keepdim=True).sqrt() * b.pow(2).sum(dims, keepdim=True).sqrt()
    )
    angle = (angle or torch.acos)(cosine.clamp(-1, 1))
    if unit:
        a, b = a / a.norm(dim=-1, keepdim=True), b / b.norm(dim=-1, keepdim=True)
    return ((1 - t) * angle).sin() / angle.sin() * a + (t * angle).sin() / angle.sin() * b


def _equal_steps(rng):
    a = torch.tensor([[2.0, 0.0]], dtype=torch.double)
    return a, torch.tensor([[0.0, 2.0]], dtype=torch.double), 1 / 3


class Properties:
    def the_length_is_kept(f, rng):
        a, b = normal(rng, 4, 16), normal(rng, 4, 16)
        a, b = (v / v.norm(dim=-1, keepdim=True) * 4 for v in (a, b))
        got = f(a, b, 0.5).norm(dim=-1)
        if not (got - 4).abs().max() < 1e-6:
            raise Fails(
                f"between points of length 4 the arc keeps that length; yours is {got[0]:.4g}."
            )

    @named("begins at a, ends at b")
    def begins_at_a_ends_at_b(f, rng):
        a, b = normal(rng, 3, 5), normal(rng, 3, 5)
        for t, end, name in ((0.0, a, "a"), (1.0, b, "b")):
            if not (f(a, b, t) - end).abs().max() < 1e-6:
                raise Fails(f"at t = {t:g} you must stand at {name}.")

    def parallel_rows(f, rng):
        a = normal(rng, 2, 3)
        got = f(a, 3 * a, 0.25)
        if not (got - 1.5 * a).abs().max() < 1e-6:
            raise Fails(
                "for parallel rows the sine in the denominator is 0: walk the straight line there."
            )


class Mistakes:
    def a_straight_line(a, b, t):
        """You walk the chord, not the arc: in the middle your points are too short for a normal
        latent."""
        return (1 - t) * a + t * b

    def backwards(a, b, t):
        """At t = 0 you stand at b."""
        return slerp(b, a, t)

    def lengths_thrown_away(a, b, t):
        """Your points have length 1. Latents of Z numbers are about sqrt(Z) long; keep a and b as
        they are, and use unit vectors for the angle only."""
        return _slerp(a, b, t, unit=True)

    def cosine_for_angle(a, b, t):
        """You used the cosine where its angle belongs: acos is missing."""
        return _slerp(a, b, t, angle=lambda c: c)

    def one_angle_for_the_batch(a, b, t):
        """You took the dot product over the whole batch. Every row has its own angle."""
        return _slerp(a, b, t, batch=True)

    def chord_put_on_the_sphere(a, b, t):
        """Your walk stays on the sphere but does not move evenly: it is fast in the middle of the
        arc. Share the angle, not the chord."""
        return (
            ((1 - t) * a + t * b)
            / ((1 - t) * a + t * b).norm(dim=-1, keepdim=True)
            * ((1 - t) * a.norm(dim=-1, keepdim=True) + t * b.norm(dim=-1, keepdim=True))
        )
