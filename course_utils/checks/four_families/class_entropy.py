"""Exercise of lesson 54b: the variety of the digits that a model draws."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, named

ABOUT = About(see="54b, step 5", difficulty=1, minutes=5)
HINTS = (
    "torch.bincount counts; divide by the number of labels; then lesson 12's entropy.",
    "Keep the shares above 0, and return -(share * share.log()).sum().item().",
)


def class_entropy(labels: Tensor) -> float:
    """Entropy of the shares of the digits read: log 10 if all ten come equally often.

    labels: (N,) long, 0..9 -> nats, a float.
    """
    share = torch.bincount(labels, minlength=10).double() / len(labels)
    share = share[share > 0]  # a digit that never comes adds nothing: 0 log 0 = 0
    return -(share * share.log()).sum().item()


def digits(rng, n, of=10):
    return torch.randint(of, (n,), generator=rng)


def cases(rng):
    yield (torch.tensor([0, 9, 9]),)
    yield (torch.full((5,), 4),)
    yield (digits(rng, 200),)
    yield (digits(rng, 50, of=4) + 6,)
    yield (torch.arange(10).repeat(3),)


def hard_cases(rng):
    yield (digits(rng, 10_000),)


class Properties:
    def log_10_for_ten_equal_digits(f, rng):
        says = "ten digits, each as often: log 10 = {right} nats, not {got}."
        close(f(torch.arange(10).repeat(7)), math.log(10), says)


def shares(labels):
    """The shares of the digits that occur."""
    return labels.unique(return_counts=True)[1].double() / len(labels)


class Mistakes:
    @named("0 log 0")
    def zero_times_infinity(labels):
        """A digit that never comes makes 0 · (-inf) = NaN. Its part is 0: leave it out."""
        share = torch.bincount(labels, minlength=10).double() / len(labels)
        return -(share * share.log()).sum().item()

    def number_of_digits_seen(labels):
        """You took the log of how many digits occur at all. One lonely 7 among 999 ones is not as
        much variety as 500 and 500."""
        return math.log(len(labels.unique()))

    def mean_over_the_digits(labels):
        """You averaged over the digits that occur. The shares are the weights already, and sum to
        1: add up -share · log(share)."""
        return -(shares(labels) * shares(labels).log()).mean().item()

    def surprises_not_weighted(labels):
        """You took the plain mean of -log(share). A digit that comes often surprises often: each
        surprise has its share as its weight."""
        return -shares(labels).log().mean().item()

    def the_chance_of_a_pair(labels):
        """That is the Gini index: the chance that two samples differ. Asked is the entropy."""
        return 1 - shares(labels).square().sum().item()
