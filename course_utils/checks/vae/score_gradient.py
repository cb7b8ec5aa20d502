"""Lesson 31: Score-function (REINFORCE) estimate of the gradient of E[f(z)] with respect to"""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, named, normal

ABOUT = About(see="31, step 6", difficulty=3, minutes=8)
HINTS = (
    "grad E_q[f] = E_q[f(z) · grad log q(z)]. What is the slope of log N(z | mu, sigma²) in mu?",
    "score = (z - mu) / logvar.exp(); then (values[:, None] * score).mean(0).",
)


def score_gradient(values: Tensor, z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """Score-function (REINFORCE) estimate of the gradient of E[f(z)] with respect to mu.

    values: (N,) f at each draw; z: (N, Z) draws of N(mu, exp(logvar)); mu, logvar: (Z,) -> (Z,).
    """
    score = (z - mu) / logvar.exp()  # (N, Z): gradient of log q(z) with respect to mu
    return (values[:, None] * score).mean(0)


def cases(rng: torch.Generator) -> list[tuple]:
    def one(n: int, z_dim: int) -> tuple:
        mu, logvar = normal(rng, z_dim), normal(rng, z_dim)
        z = mu + (0.5 * logvar).exp() * normal(rng, n, z_dim)
        return z.square().sum(1) - 1, z, mu, logvar

    return [
        (d(2.0, -1.0), d([1.5], [0.0]), d(0.5), d(1.0)),
        one(1, 3),
        one(3, 2),
        one(50, 3),
    ]


def _two_draws(power: int, right: float):
    def check(f, rng) -> str | None:
        mu, sigma = 1.5, 2.0
        z = d([mu - sigma], [mu + sigma])
        got = float(f(z[:, 0] ** power, z, d(mu), d(2 * math.log(sigma))).flatten()[0])
        if not abs(got - right) < 1e-9:
            name = "z" if power == 1 else "z²"
            return (
                f"f(z) = {name}, mu = 1.5, sigma = 2, two draws at mu ± sigma: the estimate is "
                f"exactly {right:g}, you return {got:.4f}."
            )
        return None

    return check


class Properties:
    slope_1_for_f_z_z = _two_draws(1, 1.0)

    slope_2_mu_for_f_z_z = _two_draws(2, 3.0)


class Mistakes:
    @named("divided by sigma, not by its square")
    def divided_by_sigma_not_by_its_square(values, z, mu, logvar):
        """log q holds (z - mu)² / (2 sigma²); its slope is (z - mu) / sigma²."""
        return (values[:, None] * (z - mu) / (0.5 * logvar).exp()).mean(0)

    def not_divided_by_the_variance(values, z, mu, logvar):
        """The score is (z - mu) / sigma². You left out the variance."""
        return (values[:, None] * (z - mu)).mean(0)

    def logvar_for_the_variance(values, z, mu, logvar):
        """You divided by logvar. The variance is exp(logvar)."""
        return (values[:, None] * (z - mu) / logvar).mean(0)

    def wrong_sign(values, z, mu, logvar):
        """The slope of -(z - mu)² / (2 sigma²) with respect to mu is +(z - mu) / sigma²: the inner
        derivative brings a second minus."""
        return -(values[:, None] * (z - mu) / logvar.exp()).mean(0)

    def sum_over_the_draws(values, z, mu, logvar):
        """An expectation is estimated by the mean over the draws. Yours grows with N."""
        return (values[:, None] * (z - mu) / logvar.exp()).sum(0)

    def score_without_the_values(values, z, mu, logvar):
        """That is the mean score, which is 0 whatever f is. Weight each draw with its f(z)."""
        return ((z - mu) / logvar.exp()).mean(0)

    def product_of_two_means(values, z, mu, logvar):
        """You multiplied two averages. Each draw's score goes with its own value: multiply first,
        then average."""
        return values.mean() * ((z - mu) / logvar.exp()).mean(0)

    def averaged_over_the_units(values, z, mu, logvar):
        """You averaged over dimension 1, the units. The draws are dimension 0."""
        return (values[:, None] * (z - mu) / logvar.exp()).mean(1)
