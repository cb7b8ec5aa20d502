"""Exercise of laboratory 15b: the best denoiser of a mixture on the line."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, normal, simplex

ABOUT = About(see="15b, step 3", difficulty=4, minutes=10, gradient=False)
HINTS = (
    "What is p(y)? A Gaussian plus Gaussian noise is a Gaussian with variance var + sigma². "
    "So p(y) is a mixture, too.",
    "r = softmax(log w + log N(y | mu, var + sigma²)) over the components; score = sum of "
    "r (mu - y) / (var + sigma²); return y + sigma² · score.",
)


def tweedie(y: Tensor, sigma: float, weights: Tensor, mu: Tensor, var: Tensor) -> Tensor:
    """E[x | y] by Tweedie's formula, for x from a mixture on the line and y = x + sigma * noise.

    y: (B,), sigma: sd of the noise, weights, mu, var: (K,) of the mixture of x -> (B,), unit of y.
    """
    wide = var + sigma**2  # (K,): the noise widens every component of p(y)
    log_joint = weights.log() - 0.5 * (wide.log() + (y[:, None] - mu) ** 2 / wide)
    r = log_joint.softmax(1)  # (B, K): the constant 2 pi cancels
    score = (r * (mu - y[:, None]) / wide).sum(1)  # (B,): d/dy log p(y)
    return y + sigma**2 * score


def cases(rng):
    yield d(3.0, -1.0), 2.0, d(1.0), d(1.0), d(4.0)  # as sure of the mean as of y: halfway
    for n, k, sigma in ((3, 2, 0.8), (1, 3, 0.5), (6, 4, 1.7)):
        yield 2 * normal(rng, n), sigma, simplex(rng, k), 2 * normal(rng, k), normal(rng, k).exp()


def hard_cases(rng):
    y = torch.linspace(-25, 25, 25)  # far from every component
    weights, mu = torch.tensor([0.2, 0.5, 0.3]), torch.tensor([-2.0, 0.0, 3.0])
    yield y, 0.5, weights, mu, torch.tensor([1.0, 1e-4, 0.25])


def score(y: Tensor, weights: Tensor, mu: Tensor, wide: Tensor) -> Tensor:
    """Slope of the log density of a mixture with the variances wide: Tweedie's step at sigma 1."""
    return tweedie(y, 1.0, weights, mu, wide - 1) - y


class Mistakes:
    def score_of_the_clean_density(y, sigma, weights, mu, var):
        """You used the score of p(x). Tweedie's formula holds for the density of the noisy y: each
        variance grows by sigma²."""
        return y + sigma**2 * score(y, weights, mu, var)

    def sigma_not_squared(y, sigma, weights, mu, var):
        """The score has the unit 1/length; it takes sigma², a length squared, to make a step in
        y."""
        return y + sigma * score(y, weights, mu, var + sigma**2)

    def weights_instead_of_responsibilities(y, sigma, weights, mu, var):
        """You mixed the components' scores with their weights. At a given y they count with their
        responsibilities p(k | y)."""
        return y + sigma**2 * (weights * (mu - y[:, None]) / (var + sigma**2)).sum(1)

    def responsibilities_without_the_log_variance(y, sigma, weights, mu, var):
        """A narrow Gaussian is also a high one: log N has the term - log(var + sigma²)/2, which
        your responsibilities leave out."""
        wide = var + sigma**2
        return y + sigma**2 * score(y, weights * wide.sqrt(), mu, wide)

    def sigma_added_to_the_variance(y, sigma, weights, mu, var):
        """Variances add, standard deviations do not: var + sigma², not var + sigma."""
        return y + sigma**2 * score(y, weights, mu, var + sigma)
