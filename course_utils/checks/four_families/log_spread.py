"""Exercise of lesson 54b: how much the scores of repeated runs differ, as a factor."""

from torch import Tensor

from course_utils.exercises.spec import About, close, d, normal

ABOUT = About(see="54b, step 9", difficulty=1, minutes=4, gradient=False)
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
    yield (d([2.0, 8.0, 3.0]),)
    yield (normal(rng, 3, 4).exp(),)
    yield (3 * normal(rng, 2, 3, 5).exp(),)
    yield (20 * normal(rng, 15).exp(),)
    yield (d([7.0, 7.0], [1.0, 2.0], [3.0, 9.0]),)  # two runs, once the same score


def hard_cases(rng):
    yield (80 * (1 + 1e-3 * normal(rng, 3, 5).float()),)  # runs that are nearly alike
    yield (20 * normal(rng, 2, 3, 5).float().exp(),)


class Properties:
    def no_unit(f, rng):
        floors = normal(rng, 3, 6).exp()
        says = "ten times worse in every run is the same spread, {right}; yours becomes {got}."
        close(f(10 * floors), f(floors), says)


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

    def relative_deviation(floors):
        """Deviation over mean is near to it while the spread is small, and parts from it when it
        matters: one run out of line."""
        return floors.std(-1) / floors.mean(-1)

    def best_against_worst(floors):
        """The range grows with the number of runs. Use all of them: the standard deviation."""
        return (floors.amax(-1) / floors.amin(-1)).log()
