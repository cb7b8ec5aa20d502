"""Lesson 21: Non-saturating loss of the generator, E[-log D(G(z))] (Goodfellow et al. 2014,"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="21, step 6", difficulty=2, minutes=5)
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
    return [
        (d(0.7),),
        (d(0.7, -1.0, 2.0),),
        (normal(rng, 3) - 1,),
    ]


class Properties:
    @named("log 2 where D says 1/2")
    def log_2_where_D_says_half(f, rng):
        got = float(f(d(0.0, 0.0, 0.0)))
        if not abs(got - math.log(2)) < 1e-9:
            raise Fails(f"D = 1/2 for every fake costs log 2 = 0.6931; you return {got:.4f}.")

    def fakes_become_more_real(f, rng):
        logits = (normal(rng, 5) - 1).requires_grad_()
        (slope,) = torch.autograd.grad(f(logits), logits)
        if not (slope < 0).all():
            raise Fails(
                f"a step down your loss must make fakes look MORE real; your slope is "
                f"{float(slope.max()):+.3f} for one of them."
            )

    def strongest_where_the_generator_is_losing(f, rng):
        logits = d(-8.0).requires_grad_()
        (slope,) = torch.autograd.grad(f(logits), logits)
        if not abs(float(slope)) > 0.9:
            raise Fails(
                f"when D is sure (logit -8) the generator needs its strongest push, slope -1; yours "
                f"is {float(slope):+.5f}."
            )


class Mistakes:
    @named("label 0 (R01)", see="21, bug 1")
    def label_0_R01(logits_fake):
        """Your generator is trained towards the label *fake*: its loss falls while the samples move
        away from the data."""
        return F.softplus(logits_fake).mean()

    @named("the saturating loss", see="21, step 4")
    def the_saturating_loss(logits_fake):
        """log(1 - D) is the right game but saturates: where D is sure its slope is nearly 0.
        Minimise -log D(G(z))."""
        return -F.softplus(logits_fake).mean()

    @named("both labels at once (R46, R55)")
    def both_labels_at_once_R46_R55(logits_fake):
        """You ask for real and for fake in one breath. That loss is smallest at D = 1/2, where its
        slope is 0."""
        return (F.softplus(-logits_fake) + F.softplus(logits_fake)).mean() / 2

    @named("both labels, summed (R46)")
    def both_labels_summed_R46(logits_fake):
        """You ask for real and for fake in one breath. That loss is smallest at D = 1/2, where its
        slope is 0."""
        return (F.softplus(-logits_fake) + F.softplus(logits_fake)).mean()

    @named("sigmoid applied twice (R14)")
    def sigmoid_applied_twice_R14(logits_fake):
        """softplus already holds the sigmoid; another one first leaves D within (0.5, 0.731)."""
        return F.softplus(-logits_fake.sigmoid()).mean()

    @named("the probability, no log", see="21, step 4")
    def the_probability_no_log(logits_fake):
        """-D(G(z)) without the log: its slope vanishes where D is sure, like the saturating loss.
        Take -log D."""
        return -logits_fake.sigmoid().mean()

    @named("log of the mean", see="21, step 3")
    def log_of_the_mean(logits_fake):
        """You took the log of the mean D. The mean of the logs is asked: by Jensen yours is
        smaller."""
        return -logits_fake.sigmoid().mean().log()

    @named("sum over the batch", see="21, step 3")
    def sum_over_the_batch(logits_fake):
        """You summed over the batch, so the loss grows with the batch size. Take the mean."""
        return F.softplus(-logits_fake).sum()
