"""Exercise of lesson 54c: the log probability of a mixture whose weights come from scores."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="54c, step 3", difficulty=2, minutes=7)
HINTS = (
    "log(sum_k w_k p_k): which logarithm of w_k joins log p_k, and what adds up inside a log?",
    "(scores.log_softmax(-1) + log_p).logsumexp(-1) never leaves the logarithms.",
)


def gated_mixture(log_p: Tensor, scores: Tensor) -> Tensor:
    """Mix K members by softmax(scores): the log probability of what came.

    log_p: (N, K) what each member says, -inf where it says 0; scores: (N, K) of the gate -> (N,).
    """
    return (scores.log_softmax(-1) + log_p).logsumexp(-1)


def cases(rng):
    yield d([0.2, 0.8]).log(), d([0.0, 0.0])
    yield d([0.2, 0.8]).log(), d([math.log(3), 0.0])
    yield -normal(rng, 5, 3).abs(), normal(rng, 5, 3)
    yield d([0.5, 0.25, 0.0], [0.0, 0.125, 0.5]).log(), normal(rng, 2, 3)
    yield -3 * normal(rng, 3, 3).abs(), 2 * normal(rng, 3, 3)  # as many rows as members


def hard_cases(rng):
    log_p = -10 * normal(rng, 400, 3).abs().float()
    yield log_p, 3 * normal(rng, 400, 3).float()
    yield log_p - 200, normal(rng, 400, 3).float()  # exp gives 0 in float32
    yield log_p, 300 * normal(rng, 400, 3).float()  # so does the softmax of the lesser scores


class Properties:
    def equal_scores_give_the_mean(f, rng):
        close(
            f(d([0.2, 0.5, 0.8]).log(), torch.zeros(1, 3, dtype=torch.double)).exp(),
            0.5,
            "with equal scores 0.2, 0.5 and 0.8 mix to their mean {right}, yours is {got}.",
        )

    def members_that_agree_are_believed(f, rng):
        close(
            f(d([0.3, 0.3]).log(), d([5.0, -2.0])).exp(),
            0.3,
            "two members that both say {right} mix to that, at any scores; yours is {got}.",
        )


class Mistakes:
    @named("mean of the logarithms")
    def mean_of_the_logarithms(log_p, scores):
        """You averaged log p. A weighted mean of *probabilities* is a distribution; a mean of their
        logarithms is not, and one member that says 0 ruins it."""
        weights = scores.softmax(-1)
        return torch.where(weights > 0, weights * log_p, 0.0).sum(-1)

    def scores_not_normalised(log_p, scores):
        """Your weights do not sum to 1. They are softmax(scores), so take scores.log_softmax(-1)
        before you add log p."""
        return (scores + log_p).logsumexp(-1)

    def weight_instead_of_its_logarithm(log_p, scores):
        """You added the weight to log p. A product of w and p is a sum of *logarithms*."""
        return (scores.softmax(-1) + log_p).logsumexp(-1)

    @named("softmax over the rows")
    def softmax_over_the_rows(log_p, scores):
        """Your softmax runs over the tokens (dimension 0). Each token shares one weight of 1 among
        its members: the last dimension."""
        return (scores.log_softmax(0) + log_p).logsumexp(-1)

    def the_likeliest_member_alone(log_p, scores):
        """You took the largest term. The mixture is the sum of all of them."""
        return (scores.log_softmax(-1) + log_p).amax(-1)
