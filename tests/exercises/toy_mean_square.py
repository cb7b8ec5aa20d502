"""A tiny exercise for the tests of the engine, in the form of all exercises."""

import math

from course_utils.exercises.spec import About, close, named, normal

ABOUT = About(see="step 1", difficulty=1, minutes=2, time_limit=0.5)
HINTS = ("Square first.", "Then .mean(-1).")


def toy_mean_square(x, scale):
    """Return the scaled mean square of each row. x: (B, D), scale: number -> (B,)."""
    return scale * (x**2).mean(-1)


def cases(rng):
    return [(normal(rng, n, d), 1.5) for n, d in [(1, 2), (3, 4)]]


def hard_cases(rng):
    yield normal(rng, 500, 1000).float(), 1.5


class Properties:
    def linear_in_the_scale(f, rng):
        x = normal(rng, 2, 3)
        close(f(x, 4.0), 2 * f(x, 2.0), "doubling the scale gives {got}, twice is {right}.")


class Mistakes:
    def sum_for_mean(x, scale):
        """You add up."""
        return scale * (x**2).sum(-1)

    @named("square root of it", see="step 2")
    def root(x, scale):
        """No root."""
        return scale * (x**2).mean(-1).sqrt()

    @named("mean over the batch, too")
    def batch(x, scale):
        """Keep rows."""
        return scale * (x**2).mean()

    def logarithm(x, scale):
        """NaN comes from log(0)."""
        return x.mean(-1) * math.nan
