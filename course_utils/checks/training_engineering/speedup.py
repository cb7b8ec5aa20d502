"""Lesson 81: Say how many times as fast the second way is, from paired rounds."""

import math

import torch
from torch import Tensor

from course_utils.checks.training_engineering.shared import _gap
from course_utils.exercises.spec import About, Fails, d, normal

ABOUT = About(see="81, step 2", difficulty=2, minutes=6)
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


def cases(rng):
    return [
        (d(2, 3), d(1, 1), 1.0),
        (d(1, 2, 4), d(1, 1, 1), 4.3),
        (*_pairs(rng, 3), 4.3),
        (*_pairs(rng, 8), 2.36),
    ]


def _pairs(rng, n):
    noise = (0.3 * normal(rng, n)).exp()  # a busy machine slows both
    return noise, 0.6 * noise * (0.05 * normal(rng, n)).exp()


class Properties:
    def exchanging_the_two_gives_the_reciprocal(f, rng):
        before, after = _pairs(rng, 5)
        there, back = f(before, after, 2.0), f(after, before, 2.0)
        if _gap(there, 1 / back.flip(0)) > 1e-6:
            raise Fails(
                f"with the two ways exchanged the interval must become its reciprocal: {there[0]:.4f} "
                f"should be 1 / {back[2]:.4f}."
            )

    def a_busy_moment_that_slows_both_cancels(f, rng):
        before, after = _pairs(rng, 6)
        slow = d(1, 9, 1, 1, 4, 1)
        quiet, busy = f(before, after, 2.0), f(slow * before, slow * after, 2.0)
        if _gap(quiet, busy) > 1e-6:
            raise Fails(
                f"a round in which the machine was 9 times slower changes the interval from "
                f"[{quiet[0]:.3f}, {quiet[2]:.3f}] to [{busy[0]:.3f}, {busy[2]:.3f}]; it slowed both "
                "ways, so it must change nothing."
            )


class Mistakes:
    def the_ratio_upside_down(before, after, t):
        """You divided after by before: 2 would then mean twice as slow. Speed is the old time over
        the new one."""
        return speedup(after, before, t)

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

    def logarithms_returned(before, after, t):
        """You return logarithms of ratios. End with .exp()."""
        return speedup(before, after, t).log()
