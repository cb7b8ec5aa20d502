"""Exercise of lesson 12: entropy, the average surprise."""

import math

import torch
from torch import Tensor

from course_utils.checks.information_and_kl.shared import long_tails
from course_utils.exercises.spec import About, close, d, named, simplex

ABOUT = About(see="12, step 2", difficulty=1, minutes=4, gradient=False)
HINTS = (
    "Entropy is the average of the surprise -log p. Which weights does the average use?",
    "(p * surprise).sum(-1). For p = 0 replace the number inside the log by 1 first "
    "(torch.where), or use torch.xlogy(p, p).",
)


def entropy(p: Tensor) -> Tensor:
    """Average surprise -sum p log p. p: (..., K), rows sum to 1 -> (...), nats; 0 log 0 = 0."""
    surprise = -torch.where(p > 0, p, 1.0).log()  # log 1 = 0 stands in where p = 0
    return (p * surprise).sum(-1)


def cases(rng):
    yield (d(0.5, 0.25, 0.25),)
    yield (d([1.0, 0.0, 0.0]),)  # a certain outcome, in a batch of one
    yield (simplex(rng, 3, 4),)
    yield (simplex(rng, 2, 3, 12),)


def hard_cases(rng):
    yield (long_tails(rng, 20, 1000),)
    yield (d([1 - 2e-4, 1e-4, 1e-4, 0.0], [1.0, 1e-30, 0.0, 0.0]).float(),)


class Properties:
    def log_K_for_K_equally_likely_classes(f, rng):
        says = "8 equally likely classes have entropy log 8 = {right} nats, yours is {got}."
        close(f(torch.full((8,), 1 / 8, dtype=torch.double)), math.log(8), says)


class Mistakes:
    @named("0 log 0 becomes NaN")
    def zero_log_zero(p):
        """0 · log 0 is 0 · (-inf) = NaN for a computer; the limit of p log p at 0 is 0."""
        return -(p * p.log()).sum(-1)

    def the_surprise_is_not_weighted(p):
        """You averaged the surprises as if all classes were equally frequent. The average weights
        each surprise by how often it happens, p."""
        return -torch.where(p > 0, p, 1.0).log().mean(-1)

    def the_surprise_is_only_added_up(p):
        """You added the surprises of the classes. The average weights each by how often it happens,
        p."""
        return -torch.where(p > 0, p, 1.0).log().sum(-1)

    def divided_by_its_largest_value(p):
        """H / log K is a share of the largest possible entropy, between 0 and 1. The entropy itself
        is asked for, in nats."""
        return entropy(p) / math.log(p.shape[-1])

    def sum_over_the_first_dimension(p):
        """You summed over dimension 0, which is the batch. The classes are the last: .sum(-1)."""
        return entropy(p.movedim(0, -1))
