"""Lesson 12: KL(N(mu, diag exp(logvar)) || N(0, I)). mu, logvar: (..., D) -> (...), nats."""

import math

import torch
from torch import Tensor

from course_utils.checks.information_and_kl.shared import _BATCH, _DIMS, _NO_HALF
from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="12, line 8", difficulty=2, minutes=4)
HINTS = (
    "Set mu_p = 0 and logvar_p = 0 in the formula of the two Gaussians.",
    "0.5 * (mu² + var - 1 - logvar), summed over the last dimension.",
)


def kl_std_normal(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mu, diag exp(logvar)) || N(0, I)). mu, logvar: (..., D) -> (...), nats."""
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)


def cases(rng):
    return [
        (d(1.0, 0.0), d(0.0, -1.0)),
        (normal(rng, 1, 3), normal(rng, 1, 3)),
        (normal(rng, 3, 4), normal(rng, 3, 4)),
    ]


class Properties:
    @named("zero at N(0, I)")
    def zero_at_N_0_I(f, rng):
        got = float(f(torch.zeros(1, 3).double(), torch.zeros(1, 3).double()))
        if not abs(got) < 1e-9:
            raise Fails(f"N(0, I) against itself is 0, you return {got:.4f}.")

    def its_gradient_pulls_mu_to_0(f, rng):
        mu = d([2.0, -1.0]).requires_grad_()
        logvar = d([1.0, -1.0]).requires_grad_()
        f(mu, logvar).sum().backward()
        if mu.grad is None or not torch.allclose(mu.grad, mu.detach()):
            got = None if mu.grad is None else [round(g, 3) for g in mu.grad.flatten().tolist()]
            raise Fails(
                f"at mu = [2, -1] the gradient with respect to mu is [2, -1], yours is {got}."
            )


class Mistakes:
    @named("one log density, not a ratio", see="12, find the bug 1")
    def one_log_density_not_a_ratio(mu: Tensor, logvar: Tensor):
        """You return the mean of one (garbled) log density, -log(sigma/√2π) - z²/2sigma², as one
        article does. A KL compares two densities; this one is 0.419 at N(0, 1) and has no lower
        bound."""
        sigma = (0.5 * logvar).exp()
        inside = -(sigma / math.sqrt(2 * math.pi)).log() - (mu**2 + sigma**2) / (2 * sigma**2)
        return inside.sum(-1)

    @named("always zero", see="12, errata table")
    def always_zero(mu, logvar):
        """Your value is 0 for every q: you subtracted a quantity from itself. It cannot regularise
        anything, its gradient is 0 everywhere."""
        return 0 * (mu + logvar).sum(-1)

    def sign_flipped(mu, logvar):
        """You return -KL. In code the usual form is -0.5 · (1 + logvar - mu² - var): the minus
        belongs to a bracket with the signs turned round."""
        return -kl_std_normal(mu, logvar)

    @named("missing 1/2", see="12, line 5")
    def missing_half(mu, logvar):
        __doc__ = _NO_HALF
        return 2 * kl_std_normal(mu, logvar)

    @named("mean over the dimensions", see="12, line 7")
    def mean_over_the_dimensions(mu, logvar):
        __doc__ = _DIMS
        return kl_std_normal(mu, logvar) / mu.shape[-1]

    @named("mean over everything", see="12, line 7")
    def mean_over_everything(mu, logvar):
        __doc__ = f"{_DIMS} And the batch is not averaged here: return one value per example."
        return (kl_std_normal(mu, logvar) / mu.shape[-1]).mean()

    @named("log(exp(sigma)) for log(sigma²)")
    def log_exp_sigma_for_log_sigma(mu, logvar):
        """log(exp(sigma)) is just sigma. The formula holds log sigma², which is logvar itself."""
        return 0.5 * (mu**2 + logvar.exp() - (0.5 * logvar).exp() - 1).sum(-1)

    @named("log(exp(sigma)) for log(sigma²), sign flipped")
    def log_exp_sigma_for_log_sigma_sign_flipped(mu, logvar):
        """log(exp(sigma)) is just sigma; the formula holds log sigma², which is logvar. And your
        bracket needs no minus sign in front."""
        return -0.5 * (mu**2 + logvar.exp() - (0.5 * logvar).exp() - 1).sum(-1)

    @named("sum over the batch, too", see="12, line 7")
    def sum_over_the_batch_too(mu, logvar):
        __doc__ = _BATCH
        return kl_std_normal(mu, logvar).sum()

    @named("mean over the batch, too", see="12, line 7")
    def mean_over_the_batch_too(mu, logvar):
        """You averaged over the batch. Training code does that later; this function returns one
        value per example."""
        return kl_std_normal(mu, logvar).mean()

    def swapped_arguments(mu, logvar):
        """You computed KL(N(0, I)‖q). Here q comes first; nothing is divided by its variance."""
        return 0.5 * (logvar + (1 + mu**2) / logvar.exp() - 1).sum(-1)

    @named("logvar taken for log sigma", see="12, line 6")
    def logvar_taken_for_log_sigma(mu, logvar):
        """You squared exp(logvar). logvar is log sigma², so exp(logvar) is already the variance."""
        return kl_std_normal(mu, 2 * logvar)

    @named("standard deviation for the variance", see="12, line 6")
    def standard_deviation_for_the_variance(mu, logvar):
        """exp(0.5 · logvar) is sigma; the formula holds the variance, exp(logvar)."""
        return 0.5 * (mu**2 + (0.5 * logvar).exp() - 1 - logvar).sum(-1)

    @named("forgotten -1", see="12, line 5")
    def forgotten_1(mu, logvar):
        """The -1 in each dimension is missing; without it the KL at N(0, I) is D/2, not 0."""
        return 0.5 * (mu**2 + logvar.exp() - logvar).sum(-1)
