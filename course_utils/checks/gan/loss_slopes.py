"""Lesson 21: Slopes with respect to a fake's logit of log(1 - D) and of -log D, D = sigmoid("""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="21, step 4", difficulty=3, minutes=7)
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
    return [
        (d(-3.0),),
        (d(-3.0, 0.4, 1.0),),
        (normal(rng, 3) - 1,),
    ]


def _slopes(saturating, other):
    return lambda logits_fake: torch.stack(
        [g(torch.sigmoid(logits_fake)) for g in (saturating, other)]
    )


class Properties:
    @named("the two slopes add up to -1")
    def the_two_slopes_add_up_to_1(f, rng):
        total = f(normal(rng, 6)).sum(0)
        if not (total + 1).abs().max() < 1e-9:
            raise Fails(
                f"D and 1 - D add up to 1, so the two slopes add up to -1; yours to "
                f"{float(total[0]):+.4f}."
            )

    def autograd_agrees(f, rng):
        logits = (2 * normal(rng, 4)).requires_grad_()
        for row, loss in enumerate((F.logsigmoid(-logits), -F.logsigmoid(logits))):
            (slope,) = torch.autograd.grad(loss.sum(), logits)
            got = f(logits.detach())[row]
            if not (got - slope).abs().max() < 1e-9:
                name = ("log(1 - D)", "-log D")[row]
                raise Fails(
                    f"autograd's slope of {name} at logit {float(logits.detach()[0]):.2f} is "
                    f"{float(slope[0]):+.4f}, yours {float(got[0]):+.4f}."
                )


class Mistakes:
    @named("factor 1/(1 - D) dropped (R64)")
    def factor_1_1_D_dropped_R64(logits_fake):
        """Row 0: you differentiated 1 - D instead of log(1 - D). The log brings a factor 1 / (1 -
        D). One article drops it, too."""
        return (_slopes(lambda d: -d * (1 - d), lambda d: d - 1))(logits_fake)

    def factor_dropped_in_both_rows(logits_fake):
        """You differentiated D itself; both losses hold a log, which divides by 1 - D or by D."""
        return (_slopes(lambda d: -d * (1 - d), lambda d: -d * (1 - d)))(logits_fake)

    @named("sign of the saturating loss (R63)")
    def sign_of_the_saturating_loss_R63(logits_fake):
        """log(1 - D) FALLS as D grows: minimising it makes D(G(z)) larger, so the slope is
        negative."""
        return (_slopes(lambda d: d, lambda d: d - 1))(logits_fake)

    def both_signs(logits_fake):
        """Both losses fall as the fake looks more real: the slopes are negative."""
        return (_slopes(lambda d: d, lambda d: 1 - d))(logits_fake)

    def rows_exchanged(logits_fake):
        """Row 0 is the saturating loss log(1 - D), with slope -D."""
        return (_slopes(lambda d: d - 1, lambda d: -d))(logits_fake)

    def slope_by_D_instead_of_by_the_logit(logits_fake):
        """Those are slopes with respect to D. The logit comes before it: multiply by dD/dlogit = D
        (1 - D)."""
        return (_slopes(lambda d: -1 / (1 - d), lambda d: -1 / d))(logits_fake)

    def divided_by_the_batch_size(logits_fake):
        """You divided by the batch size. Each fake has its own slope here; no mean."""
        return torch.stack([-torch.sigmoid(logits_fake), torch.sigmoid(logits_fake) - 1]) / len(
            logits_fake
        )
