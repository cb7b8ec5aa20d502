"""Lesson 31: Turn standard normal noise into draws of N(mu, exp(logvar)); differentiable."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

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
    return [
        (d([1.0, 0.0]), d([0.0, 2.0]), d([0.5, -1.0])),
        (normal(rng, 1, 3), normal(rng, 1, 3), normal(rng, 1, 3)),
        (normal(rng, 3, 4), normal(rng, 3, 4), normal(rng, 3, 4)),
    ]


class Properties:
    def gradients_reach_mu_and_logvar(f, rng):
        mu, logvar = d([0.3, -1.0]).requires_grad_(), d([1.0, -0.5]).requires_grad_()
        eps = d([2.0, -1.0])
        z = f(mu, logvar, eps)
        if not isinstance(z, Tensor) or not z.requires_grad:
            raise Fails(
                "no gradient flows back to mu and logvar: is the draw detached or made by .sample()?"
            )
        g_mu, g_logvar = torch.autograd.grad(z.sum(), (mu, logvar), allow_unused=True)
        if g_mu is None or not (g_mu - 1).abs().max() < 1e-9:
            raise Fails("dz/dmu should be 1 for every unit; in yours it is not.")
        right = (0.5 * (0.5 * logvar).exp() * eps).detach()
        if g_logvar is None:
            raise Fails("dz/dlogvar is None: the width of the draw does not reach z.")
        if not (g_logvar - right).abs().max() < 1e-9:
            raise Fails(
                f"dz/dlogvar should be sigma · eps / 2 = {float(right[0, 0]):.4f} for the first unit, "
                f"yours is {float(g_logvar[0, 0]):.4f}."
            )

    @named("sd 2 for logvar = log 4")
    def sd_2_for_logvar_log_4(f, rng):
        eps = normal(rng, 4000, 1)
        z = f(torch.zeros_like(eps), torch.full_like(eps, math.log(4.0)), eps)
        ratio = float(z.std() / eps.std())
        if not abs(ratio - 2) < 1e-6:
            raise Fails(
                f"for logvar = log 4 the draws should have sd 2 (times that of eps), not {ratio:.4f}."
            )


class Mistakes:
    def variance_for_the_standard_deviation(mu, logvar, eps):
        """exp(logvar) is sigma². The noise is multiplied by sigma, exp(logvar / 2)."""
        return mu + logvar.exp() * eps

    def logvar_for_the_standard_deviation(mu, logvar, eps):
        """You multiplied by logvar itself, which may be negative. sigma = exp(logvar / 2)."""
        return mu + logvar * eps

    def sigma_read_as_a_variance(mu, logvar, eps):
        """You took the root twice: exp(logvar / 2) is already the standard deviation (R72)."""
        return mu + (0.25 * logvar).exp() * eps

    def no_noise(mu, logvar, eps):
        """You return the mean. Then nothing depends on logvar, and the code is a point: a plain
        autoencoder (lesson 15, bug 1)."""
        return mu.clone()

    def one_noise_for_the_whole_batch(mu, logvar, eps):
        """All examples share the noise of the first one. Their errors then add up instead of
        averaging out: every example needs its own draw."""
        return mu + (0.5 * logvar).exp() * eps[:1]

    def one_noise_for_all_units(mu, logvar, eps):
        """All units of an example share one noise. q(z|x) has a diagonal covariance: its units are
        independent."""
        return mu + (0.5 * logvar).exp() * eps[:, :1]

    def mean_scaled_as_well(mu, logvar, eps):
        """You multiplied the mean by sigma, too. Scale the noise first, then shift."""
        return (mu + eps) * (0.5 * logvar).exp()
