"""Exercise of lesson 11: a mean and its standard error."""

import math

from torch import Tensor

from course_utils.exercises.spec import About, d, named, normal

ABOUT = About(see="11, step 6", difficulty=2, minutes=5, gradient=False)
HINTS = (
    "Var(mean) = Var(one value) / N if the values are independent. A standard error is "
    "the square root of that.",
    "values.std() already divides by N - 1. What is left is a division by math.sqrt(N).",
)


def monte_carlo(values: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and its standard error. values: (N,), N >= 2 -> (), (), unit of the values."""
    n = len(values)
    mean = values.mean()
    variance = ((values - mean) ** 2).sum() / (n - 1)  # n - 1: the mean was estimated, too
    return mean, (variance / n).sqrt()


def cases(rng):
    yield (d(1.0, 2.0, 6.0),)
    yield (d(-1.0, 3.0),)
    yield (d(4.0, 4.0, 4.0, 4.0),)  # nothing varies
    yield (5 + 2 * normal(rng, 50),)


def hard_cases(rng):
    yield (20 + 5 * normal(rng, 10_000).float(),)
    yield (10_000 + normal(rng, 100).float(),)  # the squares fill all digits of float32
    yield ((0.1 + 1e-4 * normal(rng, 7)).float(),)


class Mistakes:
    def the_spread_of_the_values_instead_of_the_error_of_their_mean(values):
        """You return s, how far single values scatter; it does not shrink with more data. The mean
        of N independent values scatters by s / sqrt(N)."""
        return values.mean(), values.std()

    def divided_by_n_instead_of_its_square_root(values):
        """The variance of a mean is s^2 / N, so its standard deviation is s / sqrt(N). With s / N
        you would claim ten times too much precision at N = 100."""
        return values.mean(), values.std() / len(values)

    def the_variance_of_the_mean_instead_of_its_root(values):
        """s^2 / N is a variance, in the squared unit of the values. Take its square root."""
        return values.mean(), values.var() / len(values)

    @named("n for n - 1")
    def n_for_n_minus_1(values):
        """You measure the spread around the mean of the same values, which is the point nearest to
        them: too small on average. Dividing by N - 1 makes up for it; at N = 2 the difference is
        41 percent."""
        return values.mean(), values.std(correction=0) / math.sqrt(len(values))

    def half_of_an_interval(values):
        """You return 1.96 standard errors, half of a 95 % interval. One standard error is asked
        for; who needs an interval multiplies later."""
        return values.mean(), 1.96 * values.std() / math.sqrt(len(values))
