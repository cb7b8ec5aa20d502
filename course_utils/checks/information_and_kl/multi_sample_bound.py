"""Exercise of lesson 12: a lower bound of log p(x) from K weights."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, normal

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
    yield (d([-1.0], [-2.0], [-4.0]),)
    yield (normal(rng, 1, 3),)
    yield (3 * normal(rng, 5, 2) - 40,)


def hard_cases(rng):
    yield (3 * normal(rng, 50, 4).float() - 200,)  # exp(-200) is 0 in float32
    pictures = d(-2000.0, -700.0, -104.0, 0.0, 300.0)  # far apart in one batch
    yield ((5 * normal(rng, 100, 5) + pictures).float(),)


class Properties:
    def equal_weights(f, rng):
        says = "50 equal log weights of -3 give the bound {right}, you return {got}."
        close(f(torch.full((50, 2), -3.0, dtype=torch.double)), -3, says)


class Mistakes:
    def mean_of_the_logs(log_w):
        """You averaged the log weights: that is the ELBO. The log goes outside the average."""
        return log_w.mean(0)

    def log_K_is_missing(log_w):
        """logsumexp adds the weights; their mean needs - log K. Yours grows with K and is no
        bound."""
        return torch.logsumexp(log_w, dim=0)

    def log_K_is_added(log_w):
        """A mean divides by K, and inside a log that is a subtraction: - log K. Yours grows with K
        and is no bound."""
        return torch.logsumexp(log_w, dim=0) + math.log(len(log_w))

    def log_of_the_batch_size(log_w):
        """You subtracted the log of B, the number of examples. The mean is over the K draws,
        dimension 0."""
        return torch.logsumexp(log_w, dim=0) - math.log(log_w.shape[1])

    def the_maximum_is_not_given_back(log_w):
        """You subtracted the largest log weight before exp, which is right, and forgot to add it to
        the result again."""
        return (log_w - log_w.max(0).values).exp().mean(0).log()
