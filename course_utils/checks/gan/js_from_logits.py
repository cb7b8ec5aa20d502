"""Lesson 21: Lower bound on JS(p, q) that a discriminator proves: log 2 + V / 2."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="21, step 2", difficulty=3, minutes=7)
HINTS = (
    "V = 2 JS - 2 log 2 for the best D. Solve for JS; any other D gives less.",
    "log D = F.logsigmoid(logit), log(1 - D) = F.logsigmoid(-logit), each averaged by itself.",
)


def js_from_logits(logits_real: Tensor, logits_fake: Tensor) -> Tensor:
    """Lower bound on JS(p, q) that a discriminator proves: log 2 + V / 2.

    logits_real: (N,) on real points, logits_fake: (M,) on fakes -> scalar, nats.
    V = E log D(x) + E log(1 - D(G(z))), D = sigmoid(logit).
    """
    value = F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()
    return math.log(2) + value / 2


def cases(rng):
    return [
        (d(2.0), d(-1.0)),
        (d(0.4, 1.3, -0.2), d(-0.7, 0.1)),
        (normal(rng, 3) + 1, normal(rng, 5) - 1),
    ]


LOG2 = math.log(2)


def _js(r, f, *, start=LOG2, weight=0.5):
    return start + weight * (F.logsigmoid(r).mean() + F.logsigmoid(-f).mean())


class Properties:
    @named("0 for a D that knows nothing")
    def is_0_for_a_D_that_knows_nothing(f, rng):
        got = float(f(d(0.0, 0.0, 0.0), d(0.0, 0.0)))
        if not abs(got) < 1e-9:
            raise Fails(
                f"a D that always says 1/2 (logit 0) proves no difference: 0; you return {got:.4f}."
            )

    def log_2_for_a_D_that_knows_everything(f, rng):
        got = float(f(d(200.0, 300.0), d(-200.0, -900.0)))
        if not abs(got - math.log(2)) < 1e-9:
            raise Fails(
                f"a D that is right and sure about everything proves JS = log 2 = 0.6931; you return "
                f"{got:.4f}."
            )

    @named("finite, however wrong D is")
    def finite_however_wrong_D_is(f, rng):
        got = float(f(d(-800.0), d(800.0)))
        if not abs(got - (LOG2 - 800)) < 1e-6:
            raise Fails(
                f"a D that is sure and wrong about everything, logits of -800 and 800, proves nothing: "
                f"a bound of log 2 - 800; you return {got:g}. Use logsigmoid, and do not cut off."
            )


class Mistakes:
    def the_value_itself(logits_real, logits_fake):
        """That is V. Solve V = 2 JS - 2 log 2 for JS."""
        return _js(logits_real, logits_fake, start=0.0, weight=1.0)

    def not_halved(logits_real, logits_fake):
        """V + 2 log 2 is twice the JS."""
        return _js(logits_real, logits_fake, start=2 * math.log(2), weight=1.0)

    @named("2 log 2 not halved")
    def is_2_log_2_not_halved(logits_real, logits_fake):
        """You halved V, but not the 2 log 2 beside it."""
        return _js(logits_real, logits_fake, start=2 * math.log(2))

    def the_loss_instead_of_the_value(logits_real, logits_fake):
        """You used D's loss, which is -V: a better D would prove a smaller difference."""
        return _js(logits_real, logits_fake, weight=-0.5)

    def fakes_scored_as_reals(logits_real, logits_fake):
        """The second term is log(1 - D), and 1 - sigmoid(logit) = sigmoid(-logit): a minus sign is
        missing."""
        return (
            math.log(2) + (F.logsigmoid(logits_real).mean() + F.logsigmoid(logits_fake).mean()) / 2
        )

    def bits(logits_real, logits_fake):
        """That is the same in bits. Nats, please: no division by log 2."""
        return _js(logits_real, logits_fake) / math.log(2)

    def one_mean_over_reals_and_fakes_together(logits_real, logits_fake):
        """You averaged over all points at once: with unequal numbers of reals and fakes one side
        counts more. Take the two means first."""
        return (
            math.log(2) + torch.cat([F.logsigmoid(logits_real), F.logsigmoid(-logits_fake)]).mean()
        )
