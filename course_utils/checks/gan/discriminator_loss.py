"""Exercise of lesson 21: the discriminator's loss, from logits, finite where D is very sure."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, close, d, expect, named, normal

ABOUT = About(see="21, step 5", difficulty=2, minutes=6)
HINTS = (
    "-log sigmoid(a) = softplus(-a), and 1 - sigmoid(a) = sigmoid(-a).",
    "F.softplus(-logits_real).mean() + ... with the sign of the fake logits turned.",
)


def discriminator_loss(logits_real: Tensor, logits_fake: Tensor) -> Tensor:
    """Loss of the discriminator: E[-log D(x)] + E[-log(1 - D(G(z)))], a sum of two means.

    logits_real: (B,), logits_fake: (B,) -> scalar >= 0, nats. Finite at logits of +-100.
    """
    return F.softplus(-logits_real).mean() + F.softplus(logits_fake).mean()


def cases(rng):
    yield d(0.7), d(-0.3)
    yield d(0.7, -1.0, 2.0), d(0.7, -0.4, 0.1)
    yield normal(rng, 5), 3 * normal(rng, 5)


def hard_cases(rng):
    for size in (20.0, 30.0, 90.0, 200.0):  # one of two is wrong: the loss is `size` nats
        yield torch.tensor([-size, size]), torch.tensor([size, -size])
    yield 4 * normal(rng, 256).float(), 4 * normal(rng, 256).float()


class Properties:
    @named("2 log 2 for a D that always says 1/2")
    def two_log_2(f, rng):
        says = "D = 1/2 everywhere costs 2 log 2 = {right} nats; you return {got}."
        close(f(d(0.0, 0.0), d(0.0, 0.0)), 2 * math.log(2), says)

    @named("real logits up, fake logits down")
    def real_up_fake_down(f, rng):
        before = f(d(0.5), d(0.2))
        expect(f(d(1.5), d(0.2)) < before, "a larger logit for a real example must cost less.")
        expect(f(d(0.5), d(1.2)) > before, "a larger logit for a fake must cost more.")


class Mistakes:
    @named("plus for minus in the fake term", see="21b, step 2")
    def plus_for_minus(logits_real, logits_fake):
        """Your fake term is +log(1 - D): minimising it calls fakes real, without
        a floor. Some texts print this sign."""
        return F.softplus(-logits_real).mean() - F.softplus(logits_fake).mean()

    @named("fakes labelled real", see="21b, step 2")
    def fakes_labelled_real(logits_real, logits_fake):
        """-log D(G(z)) in D's loss rewards calling fakes real; D = 1 everywhere is optimal. The
        fake term is softplus(+logit)."""
        return F.softplus(-logits_real).mean() + F.softplus(-logits_fake).mean()

    @named("sigmoid applied twice")
    def sigmoid_applied_twice(logits_real, logits_fake):
        """softplus already holds the sigmoid; you applied another one first, so D stays within
        (0.5, 0.731)."""
        return F.softplus(-logits_real.sigmoid()).mean() + F.softplus(logits_fake.sigmoid()).mean()

    def mean_of_the_two_terms(logits_real, logits_fake):
        """You averaged the two terms. That trains as well, but the equilibrium is then log 2, not 2
        log 2. Here the loss is their sum."""
        return (F.softplus(-logits_real).mean() + F.softplus(logits_fake).mean()) / 2

    @named("BCELoss of a sigmoid")
    def bce_of_a_sigmoid(logits_real, logits_fake):
        """In float32 sigmoid(30) is exactly 1, and BCELoss cuts log 0 off at -100: a fake with
        logit 30 costs 100 nats instead of 30, and its slope is 0. Stay with the logits."""
        real, fake = logits_real.sigmoid(), logits_fake.sigmoid()
        cost = F.binary_cross_entropy
        return cost(real, torch.ones_like(real)) + cost(fake, torch.zeros_like(fake))
