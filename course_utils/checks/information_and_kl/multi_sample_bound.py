"""Lesson 12: log of the mean weight, a lower bound of log p(x) on average (Burda et al. 2015"""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, normal

ABOUT = About(see="12, step 17", difficulty=3, minutes=5)
HINTS = (
    "The bound is log of (1/K · sum of w_k). Which function adds exponentials without underflow?",
    "torch.logsumexp(log_w, dim=0), then subtract log K with K = log_w.shape[0].",
)


def multi_sample_bound(log_w: Tensor) -> Tensor:
    """log of the mean weight, a lower bound of log p(x) on average (Burda et al. 2015, eq. 8).

    log_w: (K, B), log p(x, z_k) - log q(z_k | x) for K draws -> (B,), nats.
    """
    return torch.logsumexp(log_w, dim=0) - math.log(len(log_w))


def cases(rng):
    return [
        (d([-1.0], [-2.0], [-4.0]),),
        (normal(rng, 1, 3),),
        (3 * normal(rng, 5, 3) - 40,),
    ]


class Properties:
    def equal_weights(f, rng):
        got = f(torch.full((50, 2), -3.0, dtype=torch.double))
        if not (got + 3).abs().max() < 1e-9:
            raise Fails(
                f"50 equal log weights of -3 give the bound -3, you return {float(got[0]):.4f}."
            )

    def no_underflow(f, rng):
        got = float(f(torch.full((4, 1), -2000.0, dtype=torch.double)))
        if not abs(got + 2000) < 1e-6:
            raise Fails(
                f"log weights of -2000 (usual for a picture) give -2000, you return {got:.4g}."
            )


class Mistakes:
    def mean_of_the_logs(log_w):
        """You averaged the log weights: that is the ELBO. The log goes outside the average."""
        return log_w.mean(0)

    def missing_log_K(log_w):
        """logsumexp adds the weights; their mean needs - log K. Yours grows with K and is no bound."""
        return torch.logsumexp(log_w, dim=0)

    def average_over_the_batch(log_w):
        """You averaged over the examples. The K draws are dimension 0."""
        return torch.logsumexp(log_w, dim=1) - math.log(log_w.shape[1])

    def mean_weight_without_the_log(log_w):
        """You return the mean weight, an estimate of p(x). The bound is its logarithm."""
        return log_w.exp().mean(0)

    def largest_weight(log_w):
        """You return the largest log weight. The others count, too, and all are divided by K."""
        return log_w.max(0).values
