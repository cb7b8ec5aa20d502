"""Lesson 16: Smallest L_D = E[-log D(x)] + E[-log(1 - D(G(z)))] that L_G = E[-log D(G(z))] a"""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named

ABOUT = About(see="16, step 12", difficulty=4, minutes=10)
HINTS = (
    "Call a = -log D(G(z)), whose mean is L_G. What does the discriminator pay for this fake, "
    "written with a?",
    "It pays -log(1 - e^(-a)), convex in a; Jensen allows L_G in its place. Reals may cost 0.",
)


def smallest_loss_d(loss_g: Tensor) -> Tensor:
    """Smallest L_D = E[-log D(x)] + E[-log(1 - D(G(z)))] that L_G = E[-log D(G(z))] allows.

    loss_g: (B,) > 0, nats -> (B,), nats. Jensen: -log(1 - e^-a) is convex in a = -log D(G(z)).
    """
    return -torch.log(-torch.expm1(-loss_g))


def cases(rng):
    return [
        (d(0.9),),
        (d(0.5, 1.5, 3.0),),
        (0.1 + 4 * torch.rand(3, generator=rng, dtype=torch.double),),
    ]


class Properties:
    @named("log 2 where every fake gets 1/2")
    def log_2_where_every_fake_gets_half(f, rng):
        got = float(f(d(math.log(2)))[0])
        if not abs(got - math.log(2)) < 1e-9:
            raise Fails(
                f"at L_G = log 2 the discriminator says 1/2 to every fake, and its fake term alone is "
                f"log 2 = 0.6931; you return {got:.4f}."
            )

    def no_discriminator_goes_below(f, rng):
        d = torch.rand(200, 5, generator=rng, dtype=torch.double).clamp(1e-6, 1 - 1e-6)
        loss_g, fake_term = -d.log().mean(1), -(1 - d).log().mean(1)
        gap = fake_term - f(loss_g)
        if not (gap > -1e-9).all():
            raise Fails(
                f"of 200 random discriminators {int((gap < -1e-9).sum())} reach a lower loss than you "
                f"allow (by up to {-float(gap.min()):.3f} nats) although they are right on all reals."
            )


class Mistakes:
    def minus_sign_lost(loss_g):
        """Losses are positive; 1 - e^(-L_G) is below 1, so its log is negative. Put the minus back."""
        return torch.log(-torch.expm1(-loss_g))

    def loss_taken_for_a_probability(loss_g):
        """You put L_G where D(G(z)) belongs. The typical D(G(z)) is e^(-L_G)."""
        return -torch.log(1 - loss_g)

    def plus_instead_of_minus(loss_g):
        """1 + e^(-L_G) is no probability of anything. The fake term holds 1 - D(G(z))."""
        return torch.log(1 + (-loss_g).exp())

    def real_term_added(loss_g):
        """You added -log D(x) with D(x) = D(G(z)). The smallest L_D lets D be right on every real:
        that term is 0."""
        return loss_g - torch.log(-torch.expm1(-loss_g))

    def mean_of_the_two_terms(loss_g):
        """That is the bound for a loss averaged over the two terms; L_D here is their sum."""
        return -0.5 * torch.log(-torch.expm1(-loss_g))

    @named("the equilibrium for every L_G")
    def the_equilibrium_for_every_L_G(loss_g):
        """2 log 2 is the loss at the equilibrium only. A good discriminator goes far below it; how
        far depends on L_G."""
        return torch.full_like(loss_g, 2 * math.log(2))

    def bits(loss_g):
        """You took log2; losses here are in nats."""
        return -torch.log2(-torch.expm1(-loss_g))

    @named("L_G itself")
    def L_G_itself(loss_g):
        """L_G is E[-log D(G(z))]; the discriminator pays -log(1 - D(G(z))) for the same fakes."""
        return loss_g.clone()
