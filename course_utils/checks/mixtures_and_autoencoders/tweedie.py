"""Lesson 15: E[x | y] by Tweedie's formula, for x from a mixture on the line and y = x + sig"""

import torch
from torch import Tensor

from course_utils.checks.mixtures_and_autoencoders.shared import _simplex
from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="15, step 12", difficulty=4, minutes=10)
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


def cases(rng: torch.Generator) -> list[tuple]:
    def mixture(k: int) -> tuple:
        return _simplex(rng, k), 2 * normal(rng, k), normal(rng, k).exp()

    return [
        (d(-2.0, 0.3, 2.5), 0.8, d(0.3, 0.7), d(-1.0, 2.0), d(0.25, 1.0)),
        (normal(rng, 1), 0.5, *mixture(2)),
        (2 * normal(rng, 3), 1.7, *mixture(3)),
    ]


def _mixture_score(y, weights, mu, wide, *, r=None):
    log_joint = weights.log() - 0.5 * (wide.log() + (y[:, None] - mu) ** 2 / wide)
    r = log_joint.softmax(1) if r is None else r
    return (r * (mu - y[:, None]) / wide).sum(1)


class Properties:
    def halfway_between_equally_sure_sources(f, rng):
        got = float(f(d(3.0), 2.0, d(1.0), d(1.0), d(4.0))[0])
        if not abs(got - 2) < 1e-6:
            raise Fails(
                "prior N(1, 2²), noise sd 2, y = 3: both are equally sure, the mean is halfway, 2; you "
                f"return {got:.4f}."
            )

    @named("no noise: nothing to mend")
    def no_noise_nothing_to_mend(f, rng):
        y = d(-1.0, 0.4, 2.0)
        got = f(y, 1e-4, d(0.5, 0.5), d(-1.0, 1.0), d(0.5, 0.5))
        if not (got - y).abs().max() < 1e-4:
            raise Fails(f"with almost no noise E[x | y] is y = 2, you return {float(got[-1]):.4f}.")


class Mistakes:
    def score_of_the_clean_density(y, sigma, weights, mu, var):
        """You used the score of p(x). Tweedie's formula holds for the density of the noisy y: each
        variance grows by sigma²."""
        return y + sigma**2 * _mixture_score(y, weights, mu, var)

    def sigma_not_squared(y, sigma, weights, mu, var):
        """The score has the unit 1/length; it takes sigma², a length squared, to make a step in y."""
        return y + sigma * _mixture_score(y, weights, mu, var + sigma**2)

    def walked_downhill(y, sigma, weights, mu, var):
        """You subtracted the step. The score points to where p(y) grows, and that is where the
        clean x lies."""
        return y - sigma**2 * _mixture_score(y, weights, mu, var + sigma**2)

    def step_without_y(y, sigma, weights, mu, var):
        """You return E[x | y] - y, the step. Add y."""
        return sigma**2 * _mixture_score(y, weights, mu, var + sigma**2)

    def weights_instead_of_responsibilities(y, sigma, weights, mu, var):
        """You mixed the components' scores with their weights. At a given y they count with their
        responsibilities p(k | y)."""
        return y + sigma**2 * _mixture_score(y, weights, mu, var + sigma**2, r=weights)

    def responsibilities_without_the_log_variance(y, sigma, weights, mu, var):
        """A narrow Gaussian is also a high one: log N has the term - log(var + sigma²)/2, which
        your responsibilities leave out."""
        return y + sigma**2 * _mixture_score(
            y,
            weights,
            mu,
            var + sigma**2,
            r=(weights.log() - 0.5 * (y[:, None] - mu) ** 2 / (var + sigma**2)).softmax(1),
        )

    def sigma_added_to_the_variance(y, sigma, weights, mu, var):
        """Variances add, standard deviations do not: var + sigma², not var + sigma."""
        return y + sigma**2 * _mixture_score(y, weights, mu, var + sigma)

    def score_alone(y, sigma, weights, mu, var):
        """You return the score of p(y). The clean estimate is y + sigma² · score."""
        return _mixture_score(y, weights, mu, var + sigma**2)
