"""Exercise of lesson 11b: what data and a prior say together about a mean."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="11b, step 1", difficulty=3, minutes=8, gradient=False)
HINTS = (
    "Add the exponents: -(sum (x_i - mu)^2) / (2 sigma^2) - (mu - mu_0)^2 / (2 tau^2) is a "
    "parabola in mu. Read off the coefficient of mu^2 and the place of its top.",
    "precision = N / sigma^2 + 1 / tau^2; mean = (x.sum() / sigma^2 + mu_0 / tau^2) / precision.",
)


def gaussian_posterior(x: Tensor, sigma: float, mu_0: float, tau: float) -> tuple[Tensor, Tensor]:
    """Posterior mean and standard deviation of mu, for x_i ~ N(mu, sigma^2), mu ~ N(mu_0, tau^2).

    x: (N,), N >= 0; sigma, tau > 0 standard deviations -> (), (), unit of x.
    Precisions (1 / variance) add; the mean is the average weighted by precision.
    """
    precision = len(x) / sigma**2 + 1 / tau**2
    mean = (x.sum() / sigma**2 + mu_0 / tau**2) / precision
    return mean, torch.ones_like(mean) / math.sqrt(precision)


def cases(rng):
    yield d(3.0), 2.0, 1.0, 0.5
    yield 2 + normal(rng, 3), 0.8, -1.0, 2.0
    yield 5 + 3 * normal(rng, 20), 3.0, 4.0, 0.4


def hard_cases(rng):
    yield 15 + 4 * normal(rng, 100).float(), 4.0, 19.0, 3.5  # 100 densities multiply to 0
    yield 15 + 4 * normal(rng, 600).float(), 4.0, 19.0, 3.5
    yield 0.2 + 0.01 * normal(rng, 5).float(), 0.01, 0.3, 0.02


class Properties:
    @named("no data, no change")
    def no_data(f, rng):
        mean, width = f(d(), 1.5, 0.5, 0.7)
        says = "without any data the posterior is the prior N(0.5, 0.7²); "
        close(mean, 0.5, says + "your mean is {got}.")
        close(width, 0.7, says + "your standard deviation is {got}.")


def posterior(x, w_data, w_prior, mu_0):
    """Mean and precision from the two weights."""
    mean = (w_data * x.sum() / max(1, len(x)) + w_prior * mu_0) / (w_data + w_prior)
    return mean, torch.ones_like(mean) * (w_data + w_prior)


class Mistakes:
    def the_mean_of_nothing(x, sigma, mu_0, tau):
        """Right as long as there are data: x.mean() of no numbers is NaN, and 0 times NaN is NaN,
        too. x.sum() of nothing is 0."""
        w_data, w_prior = len(x) / sigma**2, 1 / tau**2
        mean = (w_data * x.mean() + w_prior * mu_0) / (w_data + w_prior)
        return mean, torch.ones_like(mean) * (w_data + w_prior) ** -0.5

    def the_prior_is_ignored(x, sigma, mu_0, tau):
        """That is maximum likelihood with its standard error: right for many data or a vague prior.
        The prior adds the precision 1 / tau^2 and pulls the mean to mu_0."""
        return x.mean(), torch.ones_like(x.mean()) * sigma / math.sqrt(len(x))

    def standard_deviations_where_variances_belong(x, sigma, mu_0, tau):
        """A precision is 1 / variance = 1 / sigma^2. You used 1 / sigma, as if sigma were the
        variance."""
        mean, precision = posterior(x, len(x) / sigma, 1 / tau, mu_0)
        return mean, precision**-0.5

    def n_is_forgotten(x, sigma, mu_0, tau):
        """N data weigh N / sigma^2, not 1 / sigma^2. As you have it, a thousand images would teach
        as little as one."""
        mean, precision = posterior(x, min(1, len(x)) / sigma**2, 1 / tau**2, mu_0)
        return mean, precision**-0.5

    def the_variance_instead_of_the_standard_deviation(x, sigma, mu_0, tau):
        """1 / precision is the posterior variance; its square root was asked for."""
        mean, precision = posterior(x, len(x) / sigma**2, 1 / tau**2, mu_0)
        return mean, 1 / precision
