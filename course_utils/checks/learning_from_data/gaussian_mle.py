"""Lesson 11b: Maximum likelihood of one Gaussian per column. x: (N, D) -> mu (D,), sigma (D,"""

import torch
from torch import Tensor

from course_utils.checks.learning_from_data.shared import gaussian_log_prob_reference
from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(difficulty=2, minutes=5)
HINTS = (
    "Write the mean log-likelihood, differentiate with respect to mu, then with respect to "
    "sigma, and set both to zero.",
    "mu is the mean over dim 0; sigma is the root of the mean (not the sum) of (x - mu)^2.",
)


def gaussian_mle(x: Tensor) -> tuple[Tensor, Tensor]:
    """Maximum likelihood of one Gaussian per column. x: (N, D) -> mu (D,), sigma (D,).

    sigma is a standard deviation; its square divides by N (not N - 1).
    """
    mu = x.mean(0)
    sigma = ((x - mu) ** 2).mean(0).sqrt()
    return mu, sigma


def cases(rng: torch.Generator) -> list[tuple]:
    return [
        (torch.tensor([[1.0], [2.0], [6.0]], dtype=torch.float64),),
        (3 + 2 * normal(rng, 5, 2),),
        (torch.tensor([0.5, 4.0, -1.0]) + normal(rng, 40, 3),),
    ]


class Properties:
    def no_neighbour_has_a_higher_likelihood(f, rng: torch.Generator):
        x = 2 + 3 * normal(rng, 6, 1)
        mu, sigma = (float(v) for v in f(x))
        if not sigma > 0:
            raise Fails(f"sigma must be positive, you return {sigma:.4g}")

        def score(m: float, s: float) -> float:
            return gaussian_log_prob_reference(x, m, s).mean().item()

        mine = score(mu, sigma)
        for d_mu, factor in ((0.05, 1.0), (-0.05, 1.0), (0.0, 1.02), (0.0, 0.98)):
            if score(mu + d_mu, sigma * factor) > mine + 1e-9:
                raise Fails(
                    f"your ({mu:.3f}, {sigma:.3f}) has log-likelihood {mine:.4f} nats a point, but "
                    f"({mu + d_mu:.3f}, {sigma * factor:.3f}) has more"
                )


class Mistakes:
    @named("n - 1 instead of n")
    def n_1_instead_of_n(x):
        """torch.std divides by N - 1 by default: unbiased for the variance, but not the maximum of
        the likelihood, which divides by N (correction=0)."""
        return (x.mean(0), x.std(0))

    def the_variance_instead_of_the_standard_deviation(x):
        """You return sigma^2. The exercise asks for sigma, in the unit of x."""
        return (x.mean(0), x.var(0, correction=0))

    def the_unbiased_variance_instead_of_the_standard_deviation(x):
        """Two steps apart: take the square root, and divide by N instead of N - 1."""
        return (x.mean(0), x.var(0))

    def the_sum_instead_of_the_mean(x):
        """Setting the derivative sum_i (x_i - mu) / sigma^2 to zero gives N mu = sum_i x_i: divide
        by N."""
        return (x.sum(0), ((x - x.mean(0)) ** 2).mean(0).sqrt())

    def spread_around_zero_instead_of_around_the_mean(x):
        """sqrt(mean(x^2)) contains the mean itself, E[x^2] = sigma^2 + mu^2. Subtract mu first."""
        return (x.mean(0), (x**2).mean(0).sqrt())

    def one_Gaussian_for_all_columns_together(x):
        """You averaged over rows and columns. Each column is a variable of its own: reduce over dim
        0 and return (D,)."""
        return (x.mean(), x.std(correction=0))

    @named("the squares added, not averaged")
    def the_squares_added_not_averaged(x):
        """Without the division by N the spread would grow with every new example."""
        return (x.mean(0), ((x - x.mean(0)) ** 2).sum(0).sqrt())

    def the_mean_absolute_deviation(x):
        """That is the best width of a Laplace distribution. The Gaussian has squares in its
        exponent, so squares are averaged."""
        return (x.mean(0), (x - x.mean(0)).abs().mean(0))
