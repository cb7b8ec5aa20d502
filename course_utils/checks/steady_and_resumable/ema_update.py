"""Exercise of lesson 81b: move the average of a net's state towards the present state."""

from course_utils.checks.shared.averages import Mistakes, Properties, cases, hard_cases
from course_utils.exercises.spec import About

__all__ = ["Mistakes", "Properties", "cases", "hard_cases"]

ABOUT = About(see="81b, step 3", difficulty=2, minutes=5, gradient=False)
HINTS = (
    "decay * average + (1 - decay) * present, tensor by tensor; then think of num_batches.",
    "if new.is_floating_point(): mix, else: new.clone(). Make new tensors, edit none.",
)


def ema_update(average: list, present: list, decay: float) -> list:
    """Move an exponential moving average of a net's state towards the present state.

    average, present: tensors of the same shapes, weights and float buffers (running means) as well
    as integer buffers (counters); decay: share kept, 0..1 -> list of new tensors. Integers cannot
    be averaged: the present ones are copied.
    """
    moved = []
    for old, new in zip(average, present, strict=True):
        if new.is_floating_point():
            moved.append(decay * old + (1 - decay) * new)
        else:
            moved.append(new.clone())
    return moved
