"""Lesson 21: Loss of the discriminator: E[-log D(x)] + E[-log(1 - D(G(z)))], a sum of two me"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="21, step 6", difficulty=2, minutes=6)
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
    return [
        (d(0.7), d(-0.3)),
        (d(0.7, -1.0, 2.0), d(0.7, -0.4, 0.1)),
        (normal(rng, 3), normal(rng, 3)),
    ]


class Properties:
    @named("2 log 2 for a D that always says 1/2")
    def is_2_log_2_for_a_D_that_always_says_half(f, rng):
        got = float(f(d(0.0, 0.0), d(0.0, 0.0)))
        if not abs(got - 2 * math.log(2)) < 1e-9:
            raise Fails(f"D = 1/2 everywhere costs 2 log 2 = 1.3863; you return {got:.4f}.")

    def finite_at_logits_of_100(f, rng):
        got = float(f(d(-100.0, 100.0), d(100.0, -100.0)))
        if not abs(got - 100) < 1e-6:
            raise Fails(
                f"logits of +-100, half of them wrong, cost 50 + 50 = 100 nats; you return {got:g}. "
                f"Use softplus or logsigmoid of the logit, not log of a sigmoid."
            )

    @named("real logits up, fake logits down")
    def real_logits_up_fake_logits_down(f, rng):
        real, fake = (normal(rng, 4).requires_grad_() for _ in range(2))
        up, down = torch.autograd.grad(f(real, fake), (real, fake), allow_unused=True)
        if up is None or down is None:
            missing = "real" if up is None else "fake"
            raise Fails(f"the {missing} logits play no part: a discriminator needs both sides.")
        if not ((up < 0).all() and (down > 0).all()):
            raise Fails(
                f"a step down your loss must raise real logits and lower fake ones; the slopes are "
                f"{float(up[0]):+.3f} (real) and {float(down[0]):+.3f} (fake)."
            )


class Mistakes:
    @named("plus for minus in the fake term (R12)")
    def plus_for_minus_in_the_fake_term_R12(logits_real, logits_fake):
        """Your fake term is +log(1 - D): minimising it calls fakes real, without a floor. One of
        the articles prints this sign."""
        return F.softplus(-logits_real).mean() - F.softplus(logits_fake).mean()

    @named("fakes labelled real (R13, R21)")
    def fakes_labelled_real_R13_R21(logits_real, logits_fake):
        """-log D(G(z)) in D's loss rewards calling fakes real; D = 1 everywhere is optimal. The
        fake term is softplus(+logit)."""
        return F.softplus(-logits_real).mean() + F.softplus(-logits_fake).mean()

    @named("labels swapped (R16)")
    def labels_swapped_R16(logits_real, logits_fake):
        """Real has label 1, fake 0. Yours is trained the other way round."""
        return F.softplus(logits_real).mean() + F.softplus(-logits_fake).mean()

    @named("no real example (R35)")
    def no_real_example_R35(logits_real, logits_fake):
        """Your loss never looks at the reals: saying *fake* to everything is optimal."""
        return F.softplus(logits_fake).mean() + 0 * logits_real.sum()

    @named("sigmoid applied twice (R14)")
    def sigmoid_applied_twice_R14(logits_real, logits_fake):
        """softplus already holds the sigmoid; you applied another one first, so D stays within
        (0.5, 0.731)."""
        return F.softplus(-logits_real.sigmoid()).mean() + F.softplus(logits_fake.sigmoid()).mean()

    @named("the generator's term added (R10)")
    def the_generator_s_term_added_R10(logits_real, logits_fake):
        """You added L_G. Together the two fake terms are smallest at D = 1/2: the discriminator is
        paid for not knowing."""
        return (
            F.softplus(-logits_real).mean()
            + F.softplus(logits_fake).mean()
            + F.softplus(-logits_fake).mean()
        )

    @named("mean of the two terms", see="21, step 3")
    def mean_of_the_two_terms(logits_real, logits_fake):
        """You averaged the two terms. That trains as well, but the equilibrium is then log 2, not 2
        log 2. Here the loss is their sum."""
        return (F.softplus(-logits_real).mean() + F.softplus(logits_fake).mean()) / 2

    @named("the value instead of the loss", see="21, step 3")
    def the_value_instead_of_the_loss(logits_real, logits_fake):
        """That is V, which D wants large. An optimizer descends: return -V."""
        return F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()

    @named("sum over the batch", see="21, step 3")
    def sum_over_the_batch(logits_real, logits_fake):
        """You summed over the batch, so the loss grows with the batch size. Take means."""
        return F.softplus(-logits_real).sum() + F.softplus(logits_fake).sum()
