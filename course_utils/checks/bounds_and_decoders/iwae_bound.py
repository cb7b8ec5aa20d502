"""Exercise of laboratory 31b: the importance-weighted bound from K draws."""

import math

import torch
from torch import Tensor

from course_utils.checks.shared import log_weights
from course_utils.exercises.spec import About, close, normal

ABOUT = About(see="31b, step 3", difficulty=3, minutes=7, gradient=False)
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


def cases(rng, tables=log_weights.tables):
    for log_w in tables(rng):
        prior, q = (normal(rng, *log_w.shape).round(decimals=1).to(log_w) - 1 for _ in range(2))
        yield log_w - prior + q, prior, q


def hard_cases(rng):
    yield from cases(rng, log_weights.hard_tables)


class Properties:
    def exact_for_the_exact_posterior(f, rng):
        lik, prior = normal(rng, 5, 3), normal(rng, 5, 3)
        says = (
            "if q is the posterior, every weight is p(x), here exp(-2): the bound is -2, not {got}."
        )
        close(f(lik, prior, lik + prior + 2), -2, says)


class Mistakes:
    def the_mean_of_the_logarithms(log_lik, log_prior, log_q):
        """You averaged the logarithms: that is the ELBO, for any K. The mean goes inside."""
        return (log_lik + log_prior - log_q).mean(0)

    def not_divided_by_K(log_lik, log_prior, log_q):
        """logsumexp adds the weights; a mean needs - log K. Yours grows with K and is no bound."""
        return torch.logsumexp(log_lik + log_prior - log_q, 0)

    def divided_outside_the_logarithm(log_lik, log_prior, log_q):
        """You divided the logarithm of the sum by K. It is the sum that is divided, inside the
        logarithm: outside it becomes - log K."""
        return torch.logsumexp(log_lik + log_prior - log_q, 0) / len(log_q)

    def log_q_added(log_lik, log_prior, log_q):
        """You multiplied by q. The draws come from q, so the weight divides by it."""
        return torch.logsumexp(log_lik + log_prior + log_q, 0) - math.log(len(log_q))

    def the_mean_over_the_pictures(log_lik, log_prior, log_q):
        """You averaged over the pictures of the batch. The K draws are dimension 0."""
        log_w = log_lik + log_prior - log_q
        return torch.logsumexp(log_w, 1) - math.log(log_w.shape[1])
