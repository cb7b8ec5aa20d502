"""Exercise of lesson 31: the bound that the nets of a VAE are trained on."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="31, step 6", difficulty=2, minutes=8)
HINTS = (
    "Two terms: log p(x|z) of all pixels, summed, minus the KL of all units, summed.",
    "log p(x|z) = (x * logits - F.softplus(logits)).sum(-1); "
    "KL = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1).",
)


def bernoulli_elbo(x: Tensor, logits: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """ELBO = log p(x|z) - KL(q(z|x) || N(0, I)) with one draw z; pixels are independent coins.

    x: (B, D) in {0, 1}, logits: (B, D) of p(x=1|z), mu, logvar = log sigma^2: (B, Z) -> (B,), nats.
    """
    signed = torch.where(x > 0, logits, -logits)  # p(x=0) = 1 - sigmoid(l) = sigmoid(-l)
    log_lik = F.logsigmoid(signed).sum(-1)  # (B,): sum over pixels
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)  # (B,): sum over units
    return log_lik - kl


def coins(rng, *shape):
    """Fair coins, 0 or 1."""
    return (normal(rng, *shape) > 0).double()


def cases(rng):
    yield d([1.0, 0.0, 1.0]), d([2.0, -1.0, 0.0]), d([1.0, 0.0]), d([0.0, -1.0])
    for b, n, z in ((1, 5, 2), (3, 6, 4), (4, 2, 5)):
        yield coins(rng, b, n), 2 * normal(rng, b, n), normal(rng, b, z), normal(rng, b, z)


def hard_cases(rng):
    one, zero = torch.ones(1, 1), torch.zeros(1, 1)
    for size in (20.0, 30.0, 90.0, 200.0):  # both pixels wrong: -2 · size nats
        logits = torch.tensor([[-size, size]])
        yield torch.cat([one, zero], 1), logits, zero, zero
    narrow = torch.tensor([[-9.2, -9.2, 3.0]])  # variances of 1e-4
    yield one, zero, torch.tensor([[3.0, 0.0, -1.0]]), narrow
    x, logits = coins(rng, 128, 256).float(), 8 * normal(rng, 128, 256).float()
    yield x, logits, *normal(rng, 2, 128, 16).float()


class Properties:
    @named("fair coins, q = prior: -D log 2")
    def fair_coins(f, rng):
        zero = torch.zeros(1, 6).double()
        says = "six fair coins and q = the prior make -6 log 2 = {right} nats; you return {got}."
        close(f(zero, zero, zero[:, :2], zero[:, :2]), -6 * math.log(2), says)

    def leaving_the_prior_costs(f, rng):
        x, logits, home = d([1.0, 0.0]), d([0.3, -0.7]), d([0.0])
        cost = f(x, logits, home, home) - f(x, logits, home + 2, home)
        close(cost, 2, "moving mu from 0 to 2 costs mu²/2 = 2 nats; your ELBO falls by {got}.")


def log_lik(x, logits):
    """log p(x|z), (B,)."""
    return (x * logits - F.softplus(logits)).sum(-1)


def kl(mu, logvar):
    """KL(q(z|x) || N(0, I)), (B,)."""
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)


class Mistakes:
    @named("mean over the pixels, sum over the units", see="31, find the bug")
    def mean_over_the_pixels(x, logits, mu, logvar):
        """You averaged over pixels but summed over units: the reconstruction is D times too weak,
        and the cheapest thing to do is to ignore z."""
        return log_lik(x, logits) / x.shape[-1] - kl(mu, logvar)

    @named("KL added", see="31, step 3")
    def kl_added(x, logits, mu, logvar):
        """You rewarded the KL. Then q runs away from the prior without end."""
        return log_lik(x, logits) + kl(mu, logvar)

    @named("missing 1/2 in the KL", see="31, step 3")
    def missing_half(x, logits, mu, logvar):
        """Your KL is twice the true one: 1/2 · sum(mu² + sigma² - 1 - log sigma²)."""
        return log_lik(x, logits) - 2 * kl(mu, logvar)

    @named("sigma for its square in the KL", see="31, step 3")
    def sigma_for_its_square(x, logits, mu, logvar):
        """The KL holds sigma² = exp(logvar); you took exp(logvar / 2), the standard deviation. Test
        a KL at sigma = 2: without the mean it is 0.807."""
        return log_lik(x, logits) - 0.5 * (mu**2 + (logvar / 2).exp() - 1 - logvar).sum(-1)

    def mean_over_the_units(x, logits, mu, logvar):
        """You averaged the KL over units. Independent units add: it is Z times too weak."""
        return log_lik(x, logits) - kl(mu, logvar) / mu.shape[-1]
