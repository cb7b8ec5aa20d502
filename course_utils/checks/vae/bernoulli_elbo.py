"""Lesson 31: ELBO = log p(x|z) - KL(q(z|x) || N(0, I)) with one draw z; pixels are independe"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="31, step 3", difficulty=2, minutes=8)
HINTS = (
    "Two terms: log p(x|z) of all pixels, summed, minus the KL of all units, summed.",
    "log p(x|z) = (x * logits - F.softplus(logits)).sum(-1); "
    "KL = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1).",
)


def bernoulli_elbo(x: Tensor, logits: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """ELBO = log p(x|z) - KL(q(z|x) || N(0, I)) with one draw z; pixels are independent coins.

    x: (B, D) in {0, 1}, logits: (B, D) of p(x=1|z), mu, logvar = log sigma^2: (B, Z) -> (B,), nats.
    """
    log_lik = (x * logits - F.softplus(logits)).sum(-1)  # (B,): sum over pixels
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)  # (B,): sum over units
    return log_lik - kl


def cases(rng: torch.Generator) -> list[tuple]:
    def case(b: int, d: int, z: int) -> tuple:
        x = (normal(rng, b, d) > 0).double()
        return x, 2 * normal(rng, b, d), normal(rng, b, z), normal(rng, b, z)

    return [
        (d([1.0, 0.0, 1.0]), d([2.0, -1.0, 0.0]), d([1.0, 0.0]), d([0.0, -1.0])),
        case(1, 5, 2),
        case(3, 6, 4),
    ]


def _log_lik(x, logits):
    return (x * logits - F.softplus(logits)).sum(-1)


def _kl(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)


def _article_kl(mu, logvar):
    sigma = (0.5 * logvar).exp()
    return -0.5 * (mu**2 + sigma**2 - sigma.exp().log() - 1).sum(-1)


class Properties:
    @named("fair coins, q = prior: -D log 2")
    def fair_coins_q_prior_D_log_2(f, rng):
        zero = torch.zeros(1, 6, dtype=torch.double)
        got = float(f(zero, zero, zero[:, :2], zero[:, :2]).flatten()[0])
        if not abs(got + 6 * math.log(2)) < 1e-9:
            raise Fails(
                "six fair coins (logits 0) and q = the prior: -6 log 2 = -4.1589 nats, you return "
                f"{got:.4f}."
            )

    def leaving_the_prior_costs(f, rng):
        x, logits = d([1.0, 0.0]), d([0.3, -0.7])
        home, away = d([0.0]), d([2.0])
        cost = float((f(x, logits, home, home) - f(x, logits, away, home)).flatten()[0])
        if not abs(cost - 2) < 1e-9:
            raise Fails(
                f"moving mu from 0 to 2 costs mu²/2 = 2 nats; in yours the ELBO falls by {cost:.4f}."
            )

    def never_above_0(f, rng):
        x = (normal(rng, 50, 5) > 0).double()
        top = float(f(x, 3 * normal(rng, 50, 5), normal(rng, 50, 3), normal(rng, 50, 3)).max())
        if not top <= 1e-9:
            raise Fails(f"a log probability minus a KL is never above 0; yours reaches {top:.4f}.")


class Mistakes:
    @named("mean over the pixels, sum over the units", see="31, bug 1")
    def mean_over_the_pixels_sum_over_the_units(x, logits, mu, logvar):
        """You averaged over pixels but summed over units: the reconstruction is D times too weak,
        and the cheapest thing to do is to ignore z (R83)."""
        return _log_lik(x, logits) / x.shape[-1] - _kl(mu, logvar)

    @named("KL added", see="31, bug 2")
    def KL_added(x, logits, mu, logvar):
        """You rewarded the KL. Then q runs away from the prior without end (R68, R85)."""
        return _log_lik(x, logits) + _kl(mu, logvar)

    def KL_halved_once_more(x, logits, mu, logvar):
        """The Gaussian KL has its 1/2 already. A second one makes it a beta-VAE with beta = 0.5,
        and the result is no bound (R68, R69)."""
        return _log_lik(x, logits) - 0.5 * _kl(mu, logvar)

    @named("missing 1/2 in the KL")
    def missing_half_in_the_KL(x, logits, mu, logvar):
        """Your KL is twice the true one: 1/2 · sum(mu² + sigma² - 1 - log sigma²)."""
        return _log_lik(x, logits) - 2 * _kl(mu, logvar)

    @named("as a loss", see="31, step 8")
    def as_a_loss(x, logits, mu, logvar):
        """That is the loss, -ELBO. Asked is the bound on log p(x) itself: it is negative."""
        return _kl(mu, logvar) - _log_lik(x, logits)

    @named("KL with a flipped sign and log(exp(sigma))", see="31, errata")
    def KL_with_a_flipped_sign_and_log_exp_sigma(x, logits, mu, logvar):
        """log(exp(sigma)) is sigma, not log sigma², and the bracket's sign is flipped (R80). Test a
        KL at mu = 0, sigma = 1: it must be 0."""
        return _log_lik(x, logits) - _article_kl(mu, logvar)

    def mean_over_the_units(x, logits, mu, logvar):
        """You averaged the KL over units. Independent units add: it is Z times too weak."""
        return _log_lik(x, logits) - _kl(mu, logvar) / mu.shape[-1]

    def no_KL(x, logits, mu, logvar):
        """You return the reconstruction alone: an autoencoder. Nothing ties the codes to the prior
        you will draw from (lesson 15, bug 1)."""
        return _log_lik(x, logits)

    @named("sigmoid applied twice", see="31, step 8")
    def sigmoid_applied_twice(x, logits, mu, logvar):
        """You passed probabilities where logits belong. The log likelihood of a logit l is x · l -
        softplus(l)."""
        return _log_lik(x, logits.sigmoid()) - _kl(mu, logvar)

    @named("squared error for the coins", see="31, step 8")
    def squared_error_for_the_coins(x, logits, mu, logvar):
        """A squared error is a Gaussian's log likelihood. These pixels are coins: x log p + (1 - x)
        log(1 - p)."""
        return -(logits.sigmoid() - x).square().sum(-1) - _kl(mu, logvar)

    @named("average over the batch", see="31, step 8")
    def average_over_the_batch(x, logits, mu, logvar):
        """Keep one value per example; average where you use it."""
        return (_log_lik(x, logits) - _kl(mu, logvar)).mean()
