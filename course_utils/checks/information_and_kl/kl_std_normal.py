"""Exercise of lesson 12: the KL divergence from the standard normal, the regulariser of a VAE."""

import math

from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="12, line 8", difficulty=2, minutes=4)
HINTS = (
    "Set mu_p = 0 and logvar_p = 0 in the formula of the two Gaussians.",
    "0.5 * (mu² + var - 1 - logvar), summed over the last dimension.",
)


def kl_std_normal(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mu, diag exp(logvar)) || N(0, I)). mu, logvar: (..., D) -> (...), nats."""
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)


def cases(rng):
    yield d(1.0, 0.0), d(0.0, -1.0)
    yield normal(rng, 1, 3), normal(rng, 1, 3)
    yield normal(rng, 3, 2), normal(rng, 3, 2)
    yield normal(rng, 4, 2, 12), normal(rng, 4, 2, 12)


def hard_cases(rng):
    yield 2 * normal(rng, 128, 20).float(), -9.2 + normal(rng, 128, 20).float()
    yield d([30.0, 0.0]).float(), d([12.0, -120.0]).float()  # exp(-120) is 0 in float32


class Properties:
    @named("zero at N(0, I)")
    def zero(f, rng):
        close(
            f(0 * d([1.0] * 3), 0 * d([1.0] * 3)), 0, "N(0, I) against itself is 0, yours is {got}."
        )


class Mistakes:
    @named("one log density, not a ratio", see="12, find the bug")
    def one_density(mu, logvar):
        """You return the mean of one (garbled) log density, -log(sigma/√2π) - z²/2sigma², as one
        article does. A KL compares two densities; this one is 0.419 at N(0, 1) and has no lower
        bound."""
        sigma = (0.5 * logvar).exp()
        inside = -(sigma / math.sqrt(2 * math.pi)).log() - (mu**2 + sigma**2) / (2 * sigma**2)
        return inside.sum(-1)

    @named("log(exp(sigma)) for log(sigma²)")
    def log_of_exp(mu, logvar):
        """log(exp(sigma)) is just sigma. The formula holds log sigma², which is logvar itself."""
        return 0.5 * (mu**2 + logvar.exp() - (0.5 * logvar).exp() - 1).sum(-1)

    @named("q and N(0, I) swapped")
    def swapped(mu, logvar):
        """You computed KL(N(0, I)‖q). Here q comes first; nothing is divided by its variance."""
        return 0.5 * (logvar + (1 + mu**2) / logvar.exp() - 1).sum(-1)

    @named("standard deviation for the variance", see="12, line 6")
    def standard_deviation(mu, logvar):
        """exp(0.5 · logvar) is sigma; the formula holds the variance, exp(logvar)."""
        return 0.5 * (mu**2 + (0.5 * logvar).exp() - 1 - logvar).sum(-1)

    @named("-1 once instead of once a dimension", see="12, line 7")
    def one_once(mu, logvar):
        """Each dimension brings its own -1: it stands inside the sum. At N(0, I) yours is
        (D - 1) / 2 instead of 0."""
        return 0.5 * ((mu**2 + logvar.exp() - logvar).sum(-1) - 1)
