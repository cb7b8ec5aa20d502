"""Exercise of laboratory 21b: the distance that a discriminator proves."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="21b, step 3", difficulty=3, minutes=7, gradient=False)
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
    yield d(2.0), d(-1.0)
    yield d(0.4, 1.3, -0.2), d(-0.7, 0.1)
    yield normal(rng, 3) + 1, normal(rng, 5) - 1


def hard_cases(rng):
    for size in (20.0, 30.0, 90.0, 200.0):
        yield torch.tensor([-size, size, size]), torch.tensor([size, -size])
    yield 4 * normal(rng, 30).float() + 1, 4 * normal(rng, 40).float() - 1


class Properties:
    @named("0 for a D that knows nothing")
    def knows_nothing(f, rng):
        says = "a D that always says 1/2 (logit 0) proves no difference: 0; you return {got}."
        close(f(d(0.0, 0.0, 0.0), d(0.0, 0.0)), 0, says)

    @named("log 2 for a D that knows everything")
    def knows_everything(f, rng):
        says = "a D that is right and sure about everything proves log 2 = {right}, not {got}."
        close(f(d(200.0, 300.0), d(-200.0, -900.0)), math.log(2), says)


class Mistakes:
    def the_value_itself(logits_real, logits_fake):
        """That is V. Solve V = 2 JS - 2 log 2 for JS."""
        return 2 * js_from_logits(logits_real, logits_fake) - 2 * math.log(2)

    @named("V not halved")
    def value_not_halved(logits_real, logits_fake):
        """You added the whole V to log 2. V + 2 log 2 is twice the JS, so both are halved."""
        return 2 * js_from_logits(logits_real, logits_fake) - math.log(2)

    def the_loss_instead_of_the_value(logits_real, logits_fake):
        """You used D's loss, which is -V: a better D would prove a smaller difference."""
        return 2 * math.log(2) - js_from_logits(logits_real, logits_fake)

    def fakes_scored_as_reals(logits_real, logits_fake):
        """The second term is log(1 - D), and 1 - sigmoid(logit) = sigmoid(-logit): a minus sign is
        missing."""
        return js_from_logits(logits_real, -logits_fake)

    def one_mean_over_reals_and_fakes_together(logits_real, logits_fake):
        """You averaged over all points at once: with unequal numbers of reals and fakes one side
        counts more. Take the two means first."""
        return math.log(2) + F.logsigmoid(torch.cat([logits_real, -logits_fake])).mean()
