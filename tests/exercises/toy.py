"""A tiny exercise for the tests of the engine."""

import math

import torch

from course_utils.exercises import Exercise, Mistake, Property


def toy_mean_square_reference(x, scale):
    """Return the scaled mean square of each row. x: (B, D), scale: number -> (B,)."""
    return scale * (x**2).mean(-1)


def _cases(rng):
    return [
        (torch.randn(n, d, generator=rng, dtype=torch.double), 1.5) for n, d in [(1, 2), (3, 4)]
    ]


def _scales(f, rng):
    x = torch.randn(2, 3, generator=rng, dtype=torch.double)
    gap = (f(x, 4.0) - 2 * f(x, 2.0)).abs().max().item()
    return None if gap < 1e-9 else f"doubling the scale changes it by {gap:.3g} too much"


toy_mean_square = Exercise(
    lesson="00_start_here",
    difficulty=1,
    minutes=2,
    reference=toy_mean_square_reference,
    cases=_cases,
    properties=[Property("linear in the scale", _scales)],
    mistakes=[
        Mistake("sum for mean", lambda x, scale: scale * (x**2).sum(-1), "You add up.", "step 1"),
        Mistake("square root of it", lambda x, scale: scale * (x**2).mean(-1).sqrt(), "No root."),
        Mistake("mean over the batch, too", lambda x, scale: scale * (x**2).mean(), "Keep rows."),
        Mistake("logarithm", lambda x, scale: x.mean(-1) * math.nan, "NaN comes from log(0)."),
    ],
    hints=["Square first.", "Then .mean(-1)."],
    time_limit=0.5,
)
