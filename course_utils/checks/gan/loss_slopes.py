"""Exercise of lesson 21: how hard the two losses of the generator pull at a fake's logit."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="21, step 5", difficulty=3, minutes=7, gradient=False)
HINTS = (
    "The sigmoid's derivative is D (1 - D). Chain rule: the log divides by 1 - D or by D.",
    "-D (1 - D) / (1 - D), and -D (1 - D) / D; stack the two rows.",
)


def loss_slopes(logits_fake: Tensor) -> Tensor:
    """Slopes with respect to a fake's logit of log(1 - D) and of -log D, D = sigmoid(logit).

    logits_fake: (B,) -> (2, B): row 0 saturating, row 1 non-saturating, both negative.
    """
    d = torch.sigmoid(logits_fake)
    return torch.stack([-d, d - 1])


def cases(rng):
    yield (d(-3.0),)
    yield (d(-3.0, 0.4, 1.0),)
    yield (3 * normal(rng, 5) - 1,)


def hard_cases(rng):
    yield (torch.tensor([-200.0, -90.0, -30.0, 0.0, 30.0, 90.0, 200.0]),)
    yield (torch.linspace(-8, 8, 200),)


class Properties:
    @named("the two slopes add up to -1")
    def together_minus_1(f, rng):
        says = "D and 1 - D add up to 1, so the two slopes add up to -1; yours to {got}."
        close(f(normal(rng, 6)).sum(0), -1, says)


class Mistakes:
    @named("factor 1/(1 - D) dropped")
    def saturating_factor_dropped(logits_fake):
        """Row 0: you differentiated 1 - D instead of log(1 - D). The log brings a factor 1 / (1 -
        D). Some texts drop it, too."""
        d = torch.sigmoid(logits_fake)
        return torch.stack([-d * (1 - d), d - 1])

    def factor_dropped_in_both_rows(logits_fake):
        """You differentiated D itself; both losses hold a log, which divides by 1 - D or by D."""
        d = torch.sigmoid(logits_fake)
        return torch.stack([-d * (1 - d), -d * (1 - d)])

    @named("sign of the saturating loss")
    def saturating_sign(logits_fake):
        """log(1 - D) FALLS as D grows: minimising it makes D(G(z)) larger, so the slope is
        negative."""
        d = torch.sigmoid(logits_fake)
        return torch.stack([d, d - 1])

    def slope_by_D_instead_of_by_the_logit(logits_fake):
        """Those are slopes with respect to D. The logit comes before it: multiply by dD/dlogit = D
        (1 - D)."""
        d = torch.sigmoid(logits_fake)
        return torch.stack([-1 / (1 - d), -1 / d])
