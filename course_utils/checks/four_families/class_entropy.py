"""Lesson 54b: Entropy of the shares of the digits read: log 10 if all ten come equally often"""

import math

import torch
from torch import Tensor

from course_utils.checks.four_families.shared import _ints
from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="54b, step 7", difficulty=1, minutes=5)
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


def cases(rng):
    return [
        (torch.tensor([3]),),
        (torch.tensor([0, 9, 9]),),
        (_ints(rng, 10, 200),),
        (_ints(rng, 4, 50) + 6,),
        (torch.arange(10).repeat(3),),
    ]


def _shares(labels: Tensor) -> Tensor:
    share = torch.bincount(labels, minlength=10).double() / len(labels)
    return share[share > 0]


class Properties:
    def log_10_for_ten_equal_digits(f, rng):
        got = float(f(torch.arange(10).repeat(7)))
        if not abs(got - math.log(10)) < 1e-6:
            raise Fails(
                f"ten digits, each as often: log 10 = {math.log(10):.4f} nats, not {got:.4f}."
            )

    @named("0 for a single digit")
    def is_0_for_a_single_digit(f, rng):
        got = float(f(torch.full((30,), 4)))
        if not abs(got) < 1e-9:
            raise Fails(f"nothing but fours: no variety, 0 nats; you return {got:.4g}.")


class Mistakes:
    @named("0 log 0")
    def is_0_log_0(labels):
        """A digit that never comes makes 0 · (-inf) = NaN. Its part is 0: leave it out."""
        return float(
            -((s := torch.bincount(labels, minlength=10).double() / len(labels)) * s.log()).sum()
        )

    def bits(labels):
        """You used log2. The course counts in nats."""
        return class_entropy(labels) / math.log(2)

    def number_of_digits_seen(labels):
        """You took the log of how many digits occur at all. One lonely 7 among 999 ones is not as
        much variety as 500 and 500."""
        return math.log(len(labels.unique()))

    def divided_by_log_10(labels):
        """You scaled to 0..1. Asked are nats: up to log 10 = 2.303."""
        return class_entropy(labels) / math.log(10)

    def counts_for_shares(labels):
        """You put counts where shares belong: divide by the number of labels."""
        return float(-((c := torch.bincount(labels).double())[c > 0] * c[c > 0].log()).sum())

    def the_chance_of_a_pair(labels):
        """That is the Gini index: the chance that two samples differ. Asked is the entropy."""
        return float(1 - _shares(labels).square().sum())

    def no_minus(labels):
        """log of a share is negative: a minus sign is missing."""
        return -class_entropy(labels)
