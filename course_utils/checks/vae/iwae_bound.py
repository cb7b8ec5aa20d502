"""Lesson 31: Importance-weighted bound log (1/K sum_k p(x|z_k) p(z_k) / q(z_k|x)), K draws o"""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="31, step 7", difficulty=3, minutes=7)
HINTS = (
    "First the log weight of every draw, log p(x|z) + log p(z) - log q(z|x).",
    "torch.logsumexp(log_w, dim=0) - math.log(K), with K = log_w.shape[0].",
)


def iwae_bound(log_lik: Tensor, log_prior: Tensor, log_q: Tensor) -> Tensor:
    """Importance-weighted bound log (1/K sum_k p(x|z_k) p(z_k) / q(z_k|x)), K draws of q.

    log_lik = log p(x|z), log_prior = log p(z), log_q = log q(z|x): (K, B) -> (B,), nats.
    """
    log_w = log_lik + log_prior - log_q  # (K, B)
    return torch.logsumexp(log_w, dim=0) - math.log(log_w.shape[0])


def cases(rng: torch.Generator) -> list[tuple]:
    def three(k: int, b: int) -> tuple:
        return normal(rng, k, b) - 3, normal(rng, k, b) - 1, normal(rng, k, b) - 1

    first = d([-2.0], [-3.0]), d([-1.0], [-2.0]), d([-1.5], [-0.5])
    lik, prior, q = three(3, 2)
    return [first, three(4, 1), three(5, 3), (lik - 2000, prior, q)]  # a picture's size, at last


def _log_w(log_lik, log_prior, log_q):
    return log_lik + log_prior - log_q


class Properties:
    @named("one draw: the ELBO's estimate")
    def one_draw_the_ELBO_s_estimate(f, rng):
        a, b, c = (normal(rng, 1, 4) for _ in range(3))
        got, right = f(a, b, c).flatten(), (a + b - c)[0]
        if not (got[:4] - right).abs().max() < 1e-9:
            raise Fails(
                "with K = 1 the bound is log p(x|z) + log p(z) - log q(z|x) = "
                f"{float(right[0]):.4f}, you return {float(got[0]):.4f}."
            )

    def exact_for_the_exact_posterior(f, rng):
        lik, prior = normal(rng, 5, 3), normal(rng, 5, 3)
        got = f(lik, prior, lik + prior + 2.0).flatten()  # q = the posterior: every weight is p(x)
        if not (got + 2).abs().max() < 1e-9:
            raise Fails(
                "if q is the exact posterior, every weight is p(x), here exp(-2), and the bound is "
                f"-2; you return {float(got[0]):.4f}."
            )

    def no_underflow(f, rng):
        small = normal(rng, 4, 2) - 2000
        got = f(small, torch.zeros_like(small), torch.zeros_like(small)).flatten()
        if not torch.isfinite(got).all():
            raise Fails(
                f"log p(x|z) near -2000 (usual for a picture) makes yours {float(got[0])}: exp(-2000) "
                "is 0 for a computer. Use logsumexp."
            )


class Mistakes:
    def mean_of_the_logs(log_lik, log_prior, log_q):
        """You averaged the logarithms: that is the ELBO, for any K. The mean goes inside."""
        return _log_w(log_lik, log_prior, log_q).mean(0)

    def log_q_added(log_lik, log_prior, log_q):
        """You multiplied by q. The draws come from q, so the weight divides by it."""
        return torch.logsumexp(log_lik + log_prior + log_q, 0) - math.log(len(log_q))

    def q_left_out(log_lik, log_prior, log_q):
        """Without - log q the average is not p(x): draws of q would have to be uniform."""
        return torch.logsumexp(log_lik + log_prior, 0) - math.log(len(log_q))

    def prior_left_out(log_lik, log_prior, log_q):
        """The weight is p(x, z) / q(z|x), and p(x, z) = p(x|z) p(z). The prior is missing."""
        return torch.logsumexp(log_lik - log_q, 0) - math.log(len(log_q))

    def missing_log_K(log_lik, log_prior, log_q):
        """logsumexp adds the weights; a mean needs - log K. Yours grows with K and is no bound."""
        return torch.logsumexp(_log_w(log_lik, log_prior, log_q), 0)

    def average_over_the_batch(log_lik, log_prior, log_q):
        """You averaged over the examples. The K draws are dimension 0."""
        return torch.logsumexp(_log_w(log_lik, log_prior, log_q), 1) - math.log(log_q.shape[1])

    def mean_weight_without_the_log(log_lik, log_prior, log_q):
        """You return an estimate of p(x). The bound is its logarithm."""
        return _log_w(log_lik, log_prior, log_q).exp().mean(0)

    def exp_that_underflows(log_lik, log_prior, log_q):
        """Right on paper. But exp(-2000) is 0 for a computer, and log 0 is -inf: logsumexp
        subtracts the largest weight first."""
        return _log_w(log_lik, log_prior, log_q).exp().mean(0).log()

    def as_a_loss(log_lik, log_prior, log_q):
        """That is the bound with a minus, to be minimised. Asked is the bound itself."""
        return math.log(len(log_q)) - torch.logsumexp(_log_w(log_lik, log_prior, log_q), 0)
