"""Lesson 11b: Posterior mean and standard deviation of mu, for x_i ~ N(mu, sigma^2), mu ~ N("""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(difficulty=3, minutes=8)
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


def cases(rng: torch.Generator) -> list[tuple]:
    return [
        (torch.tensor([3.0], dtype=torch.float64), 1.5, 0.5, 0.7),
        (2 + normal(rng, 3), 0.8, -1.0, 2.0),
        (5 + 3 * normal(rng, 20), 3.0, 4.0, 0.4),
    ]


def _posterior(x, w_data, w_prior, mu_0, spread=lambda precision: precision**-0.5):
    """Posterior from precisions; `spread` turns the total precision into what is returned."""
    mean = (w_data * x.mean() + w_prior * mu_0) / (w_data + w_prior)
    return mean, torch.ones_like(mean) * spread(w_data + w_prior)


class Properties:
    @named("no data, no change")
    def no_data_no_change(f, rng: torch.Generator):
        mean, std = f(torch.zeros(0, dtype=torch.float64), 1.5, 0.5, 0.7)
        if abs(float(mean) - 0.5) < 1e-9 and abs(float(std) - 0.7) < 1e-9:
            return
        raise Fails(
            "without any data the posterior is the prior N(0.5, 0.7^2); "
            f"you return mean {float(mean):.4g} and standard deviation {float(std):.4g} "
            "(x.mean() of nothing is NaN: use x.sum())"
        )


class Mistakes:
    def the_prior_is_ignored(x, sigma, mu_0, tau):
        """That is maximum likelihood with its standard error: right for many data or a vague prior.
        The prior adds the precision 1 / tau^2 and pulls the mean to mu_0."""
        return (
            x.mean(),
            torch.ones_like(x.mean()) * sigma / math.sqrt(len(x)),
        )

    def the_weights_the_wrong_way_round(x, sigma, mu_0, tau):
        """You weight each source by the precision of the other one. The sharper one (smaller
        variance) must count more."""
        return _posterior(x, 1 / tau**2, len(x) / sigma**2, mu_0)

    def standard_deviations_where_variances_belong(x, sigma, mu_0, tau):
        """A precision is 1 / variance = 1 / sigma^2. You used 1 / sigma, as if sigma were the
        variance."""
        return _posterior(x, len(x) / sigma, 1 / tau, mu_0)

    def n_is_forgotten(x, sigma, mu_0, tau):
        """N data weigh N / sigma^2, not 1 / sigma^2. As you have it, a thousand images would teach
        as little as one."""
        return _posterior(x, 1 / sigma**2, 1 / tau**2, mu_0)

    def the_variance_instead_of_the_standard_deviation(x, sigma, mu_0, tau):
        """1 / precision is the posterior variance; its square root was asked for."""
        return _posterior(x, len(x) / sigma**2, 1 / tau**2, mu_0, spread=lambda p: 1 / p)

    def variances_added_instead_of_precisions(x, sigma, mu_0, tau):
        """The mean is right, but adding variances makes the posterior wider than either source.
        Knowledge adds up in precisions: 1 / s^2 = N / sigma^2 + 1 / tau^2."""
        return (
            _posterior(x, len(x) / sigma**2, 1 / tau**2, mu_0)[0],
            torch.ones_like(x.mean()) * math.sqrt(sigma**2 / len(x) + tau**2),
        )

    def the_precision_instead_of_the_standard_deviation(x, sigma, mu_0, tau):
        """Precision grows with the data; the standard deviation is one over its square root."""
        return _posterior(x, len(x) / sigma**2, 1 / tau**2, mu_0, spread=lambda p: p)
