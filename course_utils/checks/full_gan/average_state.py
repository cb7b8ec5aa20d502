"""Exercise of lesson 83: one update of the averaged state of a net, buffers included."""

from torch import Tensor

from course_utils.checks.shared.averages import Mistakes, Properties, cases, hard_cases
from course_utils.exercises.spec import About

__all__ = ["Mistakes", "Properties", "cases", "hard_cases"]

ABOUT = About(see="83, find the bug 3", difficulty=2, minutes=8, gradient=False)
HINTS = (
    "Which entries of a state_dict are no real numbers?",
    "decay * old + (1 - decay) * now where now.is_floating_point(), else now.clone().",
)


def average_state(average: list[Tensor], present: list[Tensor], decay: float) -> list[Tensor]:
    """One update of the exponential moving average of a net's state: weights and buffers.

    average, present: tensors of equal shapes, pair by pair; floating-point ones of any shape
    (weights, running means and variances) are averaged with share ``decay`` of the old average,
    0..1; integer ones (counters) are the net's -> new list, nothing changed in place.
    """
    new = []
    for old, now in zip(average, present, strict=True):
        if now.is_floating_point():
            new.append(decay * old + (1 - decay) * now)
        else:
            new.append(now.clone())
    return new
