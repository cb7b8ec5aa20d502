"""Exercise of lesson 21: the generator's loss that pulls hardest where it is losing."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, close, d, expect, named, normal

ABOUT = About(see="21, step 5", difficulty=2, minutes=5)
HINTS = (
    "The generator wants the label 1 for its fakes: -log D(G(z)).",
    "-log sigmoid(a) = softplus(-a); then the mean over the batch.",
)


def generator_loss(logits_fake: Tensor) -> Tensor:
    """Non-saturating loss of the generator, E[-log D(G(z))] (Goodfellow et al. 2014, section 3).

    logits_fake: (B,) -> scalar >= 0, nats. Finite at logits of +-100.
    """
    return F.softplus(-logits_fake).mean()


def cases(rng):
    yield (d(0.7),)
    yield (d(0.7, -1.0, 2.0),)
    yield (3 * normal(rng, 5) - 1,)


def hard_cases(rng):
    for size in (20.0, 30.0, 90.0, 200.0):
        yield (torch.tensor([-size, size]),)
    yield (4 * normal(rng, 256).float(),)


class Properties:
    @named("log 2 where D says 1/2")
    def log_2(f, rng):
        says = "D = 1/2 for every fake costs log 2 = {right} nats; you return {got}."
        close(f(d(0.0, 0.0, 0.0)), math.log(2), says)

    def strongest_where_the_generator_is_losing(f, rng):
        gain = float(f(d(-8.5)) - f(d(-7.5)))
        expect(
            gain > 0.9,
            "where D is sure (logit -8), one unit of logit more must save almost 1 nat; in yours "
            f"it saves {gain:.4f}.",
        )


class Mistakes:
    @named("label 0", see="21, find the bug")
    def label_0(logits_fake):
        """Your generator is trained towards the label *fake*: its loss falls while the samples move
        away from the data."""
        return F.softplus(logits_fake).mean()

    def the_saturating_loss(logits_fake):
        """log(1 - D) is the right game but saturates: where D is sure its slope is nearly 0.
        Minimise -log D(G(z))."""
        return -F.softplus(logits_fake).mean()

    @named("both labels at once", see="21b, step 2")
    def both_labels(logits_fake):
        """You ask for real and for fake in one breath. That loss is smallest at D = 1/2, where its
        slope is 0."""
        return (F.softplus(-logits_fake) + F.softplus(logits_fake)).mean() / 2

    @named("the probability, no log")
    def no_log(logits_fake):
        """-D(G(z)) without the log: its slope vanishes where D is sure, like the saturating loss.
        Take -log D."""
        return -logits_fake.sigmoid().mean()

    @named("BCELoss of a sigmoid")
    def bce_of_a_sigmoid(logits_fake):
        """In float32 sigmoid(-200) is 0, and BCELoss cuts log 0 off at -100: however sure D is, the
        cost is 100 nats and its slope 0. Stay with the logits."""
        fake = logits_fake.sigmoid()
        return F.binary_cross_entropy(fake, torch.ones_like(fake))
