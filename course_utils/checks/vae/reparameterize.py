"""Exercise of lesson 31: draw a code so that gradients flow through the draw."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, normal, sizes

ABOUT = About(see="31, step 5", difficulty=1, minutes=4)
HINTS = (
    "Lesson 11: if eps is N(0, 1), which numbers a and b make a + b · eps an N(mu, sigma²)?",
    "sigma = torch.exp(0.5 * logvar); return mu + sigma * eps.",
)


def reparameterize(mu: Tensor, logvar: Tensor, eps: Tensor) -> Tensor:
    """Turn standard normal noise into draws of N(mu, exp(logvar)); differentiable.

    mu, logvar = log sigma^2, eps: (B, Z) -> z (B, Z).
    """
    sigma = torch.exp(0.5 * logvar)
    return mu + sigma * eps


def cases(rng):
    yield d([1.0, 0.0]), d([0.0, 2.0]), d([0.5, -1.0])
    for size in sizes(2):
        yield tuple(normal(rng, 3, *size))


def hard_cases(rng):
    yield torch.zeros(1, 3), torch.tensor([[100.0, -9.2, -110.0]]), torch.ones(1, 3)
    yield tuple(normal(rng, 3, 128, 16).float())


class Properties:
    def sd_2_for_logvar_log_4(f, rng):
        eps = normal(rng, 4000, 1)
        z = f(torch.zeros_like(eps), torch.full_like(eps, math.log(4)), eps)
        close(z.std() / eps.std(), 2, "for logvar = log 4 the draws have sd {right}, yours {got}.")


class Mistakes:
    def variance_for_the_standard_deviation(mu, logvar, eps):
        """exp(logvar) is sigma². The noise is multiplied by sigma, exp(logvar / 2)."""
        return mu + logvar.exp() * eps

    def logvar_for_the_standard_deviation(mu, logvar, eps):
        """You multiplied by logvar itself, which may be negative. sigma = exp(logvar / 2)."""
        return mu + logvar * eps

    def half_of_the_variance(mu, logvar, eps):
        """exp(logvar) / 2 is half of the variance. The half belongs into the exponent: the root of
        exp(logvar) is exp(logvar / 2)."""
        return mu + 0.5 * logvar.exp() * eps

    def standardised(mu, logvar, eps):
        """You subtracted mu and divided by sigma: that leads from z back to the noise. First scale
        the noise, then shift it."""
        return (eps - mu) / (0.5 * logvar).exp()

    def no_noise(mu, logvar, eps):
        """You return the mean. Then nothing depends on logvar, and the code is a point: a plain
        autoencoder (lesson 15, find the bug)."""
        return mu.clone()
