"""Exercise of lesson 11: the log density of a Gaussian."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="11, step 3", difficulty=1, minutes=5, gradient=False)
HINTS = (
    "Write p(x) = exp(-(x - mu)^2 / (2 sigma^2)) / (sigma sqrt(2 pi)) and take the log on "
    "paper: a product becomes a sum of three terms.",
    "With z = (x - mu) / sigma the three terms are -z**2 / 2, -math.log(sigma) and "
    "-math.log(2 * math.pi) / 2.",
)


def gaussian_log_prob(x: Tensor, mu: float, sigma: float) -> Tensor:
    """Log density of N(mu, sigma^2). x: (B,), sigma > 0 a standard deviation -> (B,), nats."""
    z = (x - mu) / sigma
    return -0.5 * z**2 - math.log(sigma) - 0.5 * math.log(2 * math.pi)


def cases(rng):
    yield d(5.0), 1.0, 2.0
    yield normal(rng, 3), 0.3, 0.1
    yield 4 * normal(rng, 8), -1.0, 3.0
    yield d(101.0), 1.0, 2.0  # 50 sigma out the density itself is 0


def hard_cases(rng):
    yield torch.linspace(-3, 3, 7, dtype=torch.float), 0.3, 0.5
    yield d(30.0, -25.0, 21.0).float(), 1.0, 1.0  # exp(-841/2) is 0 in float32
    yield 5 + 0.01 * normal(rng, 4).float(), 5.0, 0.01  # a variance of 1e-4


class Properties:
    def exp_of_it_integrates_to_1(f, rng):
        x = torch.linspace(-30, 30, 6001, dtype=torch.double)
        total = torch.trapezoid(f(x, 1.0, 2.0).exp(), x)
        close(total, 1, "a density integrates to 1; exp of your answer for N(1, 2²) gives {got}.")


class Mistakes:
    @named("the 1/2 of the exponent is missing")
    def no_half(x, mu, sigma):
        """Without the 1/2 in -(x - mu)^2 / (2 sigma^2) the bell is too narrow by the square root of
        2, and it no longer integrates to 1."""
        return -(((x - mu) / sigma) ** 2) - math.log(sigma) - 0.5 * math.log(2 * math.pi)

    def log_sigma_is_missing(x, mu, sigma):
        """The wider the bell, the lower it is: without -log(sigma) it does not integrate to 1, and
        sigma could not be fitted, as every point would look better under a wider one."""
        return -0.5 * ((x - mu) / sigma) ** 2 - 0.5 * math.log(2 * math.pi)

    def log_sigma_is_added(x, mu, sigma):
        """sigma stands below the fraction line of the density, so its log is subtracted: a wide
        bell is a low one."""
        return -0.5 * ((x - mu) / sigma) ** 2 + math.log(sigma) - 0.5 * math.log(2 * math.pi)

    def half_of_log_sigma(x, mu, sigma):
        """Half of log(sigma^2) is log(sigma). You took half of log(sigma), as if sigma were the
        variance in this term only."""
        return -0.5 * ((x - mu) / sigma) ** 2 - 0.5 * math.log(2 * math.pi * sigma)

    def the_logarithm_of_an_underflow(x, mu, sigma):
        """Right near the mean, but 50 sigma out exp(-1250) is 0 for a computer and its log is -inf.
        Simplify log(exp(...)) on paper and never build p itself."""
        return (torch.exp(-0.5 * ((x - mu) / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))).log()
