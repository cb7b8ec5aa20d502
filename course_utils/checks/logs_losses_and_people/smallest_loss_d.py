"""Exercise of lesson 16c: the smallest loss of D that a loss of G allows."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, expect, named, uniform

ABOUT = About(see="16c, find the bug 1", difficulty=4, minutes=10, gradient=False)
HINTS = (
    "Call a = -log D(G(z)), whose mean is L_G. What does the discriminator pay for this fake, "
    "written with a?",
    "It pays -log(1 - e^(-a)), convex in a; Jensen allows L_G in its place. Reals may cost 0. "
    "1 - e^(-a) loses its digits for small a; -torch.expm1(-a) is the same and does not.",
)


def smallest_loss_d(loss_g: Tensor) -> Tensor:
    """Smallest L_D = E[-log D(x)] + E[-log(1 - D(G(z)))] that L_G = E[-log D(G(z))] allows.

    loss_g: (B,) > 0, nats -> (B,), nats. Jensen: -log(1 - e^-a) is convex in a = -log D(G(z)).
    """
    return -torch.log(-torch.expm1(-loss_g))


def cases(rng):
    yield (d(math.log(2), 2.0),)  # log 2: every fake gets 1/2, and D pays log 2 for it
    yield (d(0.9),)
    yield (0.1 + 4 * uniform(rng, 5),)


def hard_cases(rng):
    yield (torch.logspace(-6, 1, 20),)


class Properties:
    def no_discriminator_goes_below(f, rng):
        says = uniform(rng, 200, 5).clamp(1e-3, 1 - 1e-3)  # of 200 discriminators about 5 fakes
        loss_g, fake_term = -says.log().mean(1), -(1 - says).log().mean(1)
        n = int((fake_term < f(loss_g) - 1e-6).sum())
        expect(n == 0, f"of 200 discriminators {n} reach a lower loss than you allow.")


class Mistakes:
    @named("L_G itself")
    def the_loss_of_G_itself(loss_g):
        """L_G is E[-log D(G(z))]; the discriminator pays -log(1 - D(G(z))) for the same fakes."""
        return loss_g.clone()

    def plus_instead_of_minus(loss_g):
        """1 + e^(-L_G) is no probability of anything. The fake term holds 1 - D(G(z))."""
        return torch.log1p((-loss_g).exp())

    def loss_taken_for_a_probability(loss_g):
        """You put L_G where D(G(z)) belongs. The typical D(G(z)) is e^(-L_G)."""
        return -torch.log(1 - loss_g)

    def real_term_added(loss_g):
        """You added -log D(x) with D(x) = D(G(z)). The smallest L_D lets D be right on every real:
        that term is 0."""
        return loss_g + smallest_loss_d(loss_g)

    @named("the equilibrium for every L_G")
    def the_equilibrium_for_every_loss(loss_g):
        """2 log 2 is the loss at the equilibrium only. A good discriminator goes far below it; how
        far depends on L_G."""
        return torch.full_like(loss_g, 2 * math.log(2))
