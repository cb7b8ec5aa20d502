"""Exercise of laboratory 51b: shorten a gradient that is too long, and keep its direction."""

import torch
from torch import Tensor

from course_utils.checks.shared import clipping
from course_utils.exercises.spec import About

ABOUT = About(see="51b, step 8", difficulty=2, minutes=6, gradient=False)
HINTS = (
    "Put all entries of all tensors in one long vector: what is its length?",
    "total = root of the sum of all squares; scale = min(1, max_norm / total), and 1 where total "
    "is 0; multiply every tensor by that one scale.",
)

cases = clipping.gradients
hard_cases = clipping.large_gradients


def clip_grad_norm(grads: list[Tensor], max_norm: float) -> list[Tensor]:
    """Shorten a gradient to length max_norm if it is longer, keeping its direction.

    grads: list of tensors of any shape, together one gradient; max_norm: float > 0 -> new list of
    tensors of the same shapes. Pascanu et al. 2012, algorithm 1.
    """
    total = torch.stack([g.square().sum() for g in grads]).sum().sqrt()  # one norm for all
    scale = (max_norm / total).clamp(max=1.0)
    return [g * scale for g in grads]


class Properties:
    shortens_and_does_not_turn = clipping.shortens_and_does_not_turn


class Mistakes:
    clipped_by_value = clipping.clipped_by_value
    each_tensor_on_its_own = clipping.each_tensor_on_its_own
    always_scaled = clipping.always_scaled
    missing_square_root = clipping.missing_square_root
    sum_of_the_lengths = clipping.sum_of_the_lengths
