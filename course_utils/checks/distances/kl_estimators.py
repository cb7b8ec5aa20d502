"""Exercise of laboratory 12b: three estimators of a KL from samples."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, expect, named, normal

ABOUT = About(see="12b, step 5", difficulty=3, minutes=6, gradient=False)
HINTS = (
    "Start with log_r = log_p - log_q. The samples come from q.",
    "k1 = -log_r, k2 = log_r²/2, k3 = exp(log_r) - 1 - log_r; stack the three means.",
)


def kl_estimators(log_q: Tensor, log_p: Tensor) -> Tensor:
    """Means of k1, k2, k3 for KL(q || p) from samples of q (Schulman 2020).

    log_q, log_p: (N,) log densities at x ~ q, nats -> (3,), nats.
    """
    log_r = log_p - log_q  # r = p / q: the model we compare with, over the one we drew from
    k1 = -log_r
    k2 = 0.5 * log_r**2
    k3 = log_r.exp() - 1 - log_r
    return torch.stack([k1.mean(), k2.mean(), k3.mean()])


def cases(rng):
    yield d(-1.0, -2.0, -1.5), d(-1.2, -1.9, -2.5)
    yield d(-1.0), d(-1.5)
    x = normal(rng, 30)
    yield -0.5 * x**2, -0.5 * (x - 0.7) ** 2


def hard_cases(rng):
    x = normal(rng, 5000).float()
    yield -0.5 * x**2 - 0.9, -0.5 * (x - 0.1) ** 2 - 0.9
    yield -0.5 * x**2 - 120, -0.5 * (x - 1) ** 2 - 120  # whole texts: exp(-120) is 0 in float32


class Properties:
    @named("k3 of one sample is never negative")
    def k3_of_one_sample(f, rng):
        low = min(float(f(normal(rng, 1), normal(rng, 1))[2]) for _ in range(50))
        expect(low >= -1e-6, f"log r <= r - 1 makes k3 >= 0; yours goes down to {low:.4f}.")


class Mistakes:
    @named("k2 without its 1/2")
    def k2_not_halved(log_q, log_p):
        """k2 is half the squared log ratio: near q = p the KL is half of E[(log r)²]."""
        return kl_estimators(log_q, log_p) * d(1.0, 2.0, 1.0).to(log_q)

    @named("k2: the mean is squared")
    def square_of_the_mean(log_q, log_p):
        """You averaged first and squared then. k2 is the mean of the squares: one sample, one
        value of k2."""
        k1, _, k3 = kl_estimators(log_q, log_p)
        return torch.stack([k1, 0.5 * k1**2, k3])

    @named("k3: exp of the mean")
    def exp_of_the_mean(log_q, log_p):
        """You averaged log r first and took exp then. k3 is a mean of (r - 1) - log r: one sample,
        one value of k3."""
        k1, k2, _ = kl_estimators(log_q, log_p)
        return torch.stack([k1, k2, (-k1).exp() - 1 + k1])

    def k3_with_the_sign_of_log_r_flipped(log_q, log_p):
        """k3 = (r - 1) - log r. You added log r, so its mean is -KL."""
        k1, k2, k3 = kl_estimators(log_q, log_p)
        return torch.stack([k1, k2, k3 - 2 * k1])

    @named("k3 without its -1")
    def k3_too_large(log_q, log_p):
        """r has mean 1 under q, so r - 1 is the term that adds nothing on average; r alone adds
        1."""
        return kl_estimators(log_q, log_p) + d(0.0, 0.0, 1.0).to(log_q)
