"""Lesson 11: Mean and its standard error. values: (N,), N >= 2 -> (), (), unit of the values"""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(difficulty=2, minutes=5)
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


def cases(rng: torch.Generator) -> list[tuple]:
    return [
        (torch.tensor([1.0, 2.0, 6.0], dtype=torch.float64),),
        (torch.tensor([-1.0, 3.0], dtype=torch.float64),),
        (5 + 2 * normal(rng, 50),),
    ]


class Properties:
    def it_says_how_far_repeated_means_scatter(f, rng: torch.Generator):
        runs = [f(normal(rng, 10)) for _ in range(300)]
        spread = torch.stack([torch.as_tensor(mean) for mean, _ in runs]).std().item()
        claimed = sum(float(error) for _, error in runs) / len(runs)
        if abs(claimed / spread - 1) < 0.2:
            return
        raise Fails(
            f"300 repetitions with N = 10: the means scatter by {spread:.3f}, "
            f"your standard error says {claimed:.3f}"
        )


class Mistakes:
    def the_spread_of_the_values_instead_of_the_error_of_their_mean(values):
        """You return s, how far single values scatter; it does not shrink with more data. The mean
        of N independent values scatters by s / sqrt(N)."""
        return (values.mean(), values.std())

    def divided_by_n_instead_of_its_square_root(values):
        """The variance of a mean is s^2 / N, so its standard deviation is s / sqrt(N). With s / N
        you would claim ten times too much precision at N = 100."""
        return (values.mean(), values.std() / len(values))

    def the_variance_of_the_mean_instead_of_its_root(values):
        """s^2 / N is a variance, in the squared unit of the values. Take its square root."""
        return (values.mean(), values.var() / len(values))

    @named("n instead of n - 1")
    def n_instead_of_n_1(values):
        """You measure the spread around the mean of the same values, which is the point nearest to
        them: too small on average. Dividing by N - 1 makes up for it; at N = 2 the difference is
        41 percent."""
        return (values.mean(), values.std(correction=0) / math.sqrt(len(values)))

    def the_variance_where_the_standard_deviation_belongs(values):
        """s^2 / sqrt(N) is in the squared unit of the values; an error of the mean is in their own
        unit. The numerator is s, not s^2."""
        return (values.mean(), values.var() / math.sqrt(len(values)))

    def the_sum_instead_of_the_mean(values):
        """This is the sum of the values and the standard error of that sum; an expectation is
        estimated by the mean."""
        return (values.sum(), values.std() * math.sqrt(len(values)))
