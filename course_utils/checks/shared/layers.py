"""What layers of two lessons share: nets train through them."""

import torch
from torch import Tensor

from course_utils.exercises.spec import Fails, expect


def slope(output: Tensor, x: Tensor) -> Tensor:
    """d output / d x for a scalar output; Fails, with a sentence, where no gradient flows back."""
    flows = isinstance(output, Tensor) and output.requires_grad
    expect(flows, "a net trains through this layer, and no gradient flows back.")
    try:
        return torch.autograd.grad(output, x)[0]
    except RuntimeError as error:
        raise Fails(
            "a net trains through this layer, and its backward pass stops: is a tensor edited in "
            "place after it was used (v /= v.norm() instead of v = v / v.norm())?"
        ) from error
