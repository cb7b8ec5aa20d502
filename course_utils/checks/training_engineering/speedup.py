"""Exercise of lesson 81: how many times as fast, from paired rounds, with an interval."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, normal

ABOUT = About(see="81, step 3", difficulty=2, minutes=6, gradient=False)
HINTS = (
    "One number a round: log(before / after). Then the interval of a mean, and back with exp.",
    "half = t * logs.std() / sqrt(R); return exp of mean - half, mean, mean + half, stacked.",
)


def speedup(before: Tensor, after: Tensor, t: float) -> Tensor:
    """Say how many times as fast the second way is, from paired rounds.

    before, after: (R,) seconds of the same work, timed next to each other in each of R >= 2 rounds;
    t: Student's quantile for R - 1 degrees of freedom -> (3,): low end, middle, high end of the
    interval of the geometric mean of before / after.
    """
    logs = (before / after).log()  # one number a round; logs, because 2x and 0.5x must cancel
    half = t * logs.std() / math.sqrt(len(logs))
    return torch.stack([logs.mean() - half, logs.mean(), logs.mean() + half]).exp()


def rounds(rng, n: int) -> tuple[Tensor, Tensor]:
    """Seconds of two ways, the second a little slower or faster; a busy machine slows both."""
    busy = (0.3 * normal(rng, n)).exp()
    return busy, 0.6 * busy * (0.05 * normal(rng, n)).exp()


def cases(rng):
    yield d(2, 3), d(1, 1), 1.0
    yield d(1, 2, 4), d(1, 1, 1), 4.3
    yield *rounds(rng, 3), 4.3
    yield *rounds(rng, 8), 2.36


def hard_cases(rng):
    yield *(1e-3 * x.float() for x in rounds(rng, 6)), 2.571
    yield *(1e-4 * x.float() for x in rounds(rng, 40)), 2.02  # their product is 0 in float32


class Properties:
    def exchanging_the_two_gives_the_reciprocal(f, rng):
        before, after = rounds(rng, 5)
        there, back = f(before, after, 2.0), f(after, before, 2.0)
        says = (
            "exchange the two ways, and a bound becomes 1 / the opposite one, {right}; yours {got}."
        )
        close(there, 1 / back.flip(0), says)

    def a_busy_moment_that_slows_both_cancels(f, rng):
        (before, after), slow = rounds(rng, 6), d(1, 9, 1, 1, 4, 1)
        quiet, busy = f(before, after, 2.0), f(slow * before, slow * after, 2.0)
        says = (
            "a busy round slows both ways and changes nothing: {right}; in yours it becomes {got}."
        )
        close(busy, quiet, says)


class Mistakes:
    def the_arithmetic_mean_of_ratios(before, after, t):
        """You averaged the ratios themselves. 2x and 0.5x then average to 1.25x: two ways that are
        equally fast look different. Average the logarithms."""
        ratio = before / after
        half = t * ratio.std() / math.sqrt(len(ratio))
        return torch.stack([ratio.mean() - half, ratio.mean(), ratio.mean() + half])

    def the_spread_of_single_rounds(before, after, t):
        """Your half width does not shrink with the number of rounds: divide the standard deviation
        by sqrt(R) for the mean's own error."""
        logs = (before / after).log()
        half = t * logs.std()
        return torch.stack([logs.mean() - half, logs.mean(), logs.mean() + half]).exp()

    def unpaired_rounds(before, after, t):
        """You took the spread of both columns on their own. A busy moment slows both, and only
        their ratio within a round lets it cancel."""
        a, b = before.log(), after.log()
        half = t * ((a.var() + b.var()) / len(a)).sqrt()
        middle = a.mean() - b.mean()
        return torch.stack([middle - half, middle, middle + half]).exp()

    def the_ratio_of_the_means(before, after, t):
        """Your middle is mean(before) / mean(after): the slowest rounds decide it. Take one ratio a
        round, and the mean of their logarithms."""
        logs = (before / after).log()
        factor = (t * logs.std() / math.sqrt(len(logs))).exp()
        middle = before.mean() / after.mean()
        return torch.stack([middle / factor, middle, middle * factor])

    def the_standard_deviation_of_a_population(before, after, t):
        """You divided the squares by R. A spread estimated around its own mean needs R - 1: the
        default of .std(), not that of NumPy."""
        logs = (before / after).log()
        half = t * logs.std(correction=0) / math.sqrt(len(logs))
        return torch.stack([logs.mean() - half, logs.mean(), logs.mean() + half]).exp()
