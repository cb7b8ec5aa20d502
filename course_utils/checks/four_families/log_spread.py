"""Lesson 54b: Spread of scores as a factor's logarithm: standard deviation of log(floors)."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="54b, step 9", difficulty=1, minutes=4)
HINTS = (
    "A factor of 2 must count the same at 20 floors as at 200. Which scale does that?",
    "floors.log().std(-1); torch divides by R - 1.",
)


def log_spread(floors: Tensor) -> Tensor:
    """Spread of scores as a factor's logarithm: standard deviation of log(floors).

    floors: (..., R) positive scores of R >= 2 runs -> (...), nats; divisor R - 1.
    """
    return floors.log().std(-1)


def cases(rng):
    return [
        (d([2.0, 8.0, 3.0]),),
        (normal(rng, 3, 4).exp(),),
        (3 * normal(rng, 2, 3, 5).exp(),),
        (20 * normal(rng, 15).exp(),),
    ]


class Properties:
    def no_unit(f, rng):
        floors = normal(rng, 3, 6).exp()
        got, scaled = torch.as_tensor(f(floors)), torch.as_tensor(f(10 * floors))
        if got.shape != (3,) or not (got - scaled).abs().max() < 1e-6:
            raise Fails(
                "ten times worse in every run is the same spread on a log scale; yours changes."
            )

    @named("divisor R - 1")
    def divisor_R_1(f, rng):
        got = float(torch.as_tensor(f(d(1.0, math.e**2))))
        if not abs(got - math.sqrt(2)) < 1e-6:
            raise Fails(
                f"two runs whose logs are 0 and 2 have s = sqrt(2) = 1.4142, not {got:.4f}."
            )


class Mistakes:
    def no_logarithm(floors):
        """You took the deviation of the scores themselves: whoever is worse on average then also
        looks less stable. Take logarithms first."""
        return floors.std(-1)

    def logarithm_afterwards(floors):
        """First the logarithm of every score, then the deviation."""
        return floors.std(-1).log()

    def divisor_R(floors):
        """You divided by R. With five runs that is 11 % too small: the mean was estimated from the
        same runs, so divide by R - 1."""
        return floors.log().std(-1, correction=0)

    def powers_of_ten(floors):
        """You used log10. The course uses natural logarithms."""
        return floors.log10().std(-1)

    def variance(floors):
        """That is the variance: take its root."""
        return floors.log().var(-1)

    def relative_deviation(floors):
        """Deviation over mean is near to it while the spread is small, and parts from it when it
        matters: one run out of line."""
        return floors.std(-1) / floors.mean(-1)

    def all_families_in_one(floors):
        """You mixed all rows. Each row is one family: along the last dimension only."""
        return floors.log().flatten().std()

    def best_against_worst(floors):
        """The range grows with the number of runs. Use all of them: the standard deviation."""
        return (floors.amax(-1) / floors.amin(-1)).log()
