"""Exercise of lesson 81b: the gradient of a large batch from those of its micro-batches."""

from torch import Tensor

from course_utils.checks.shared.means import Mistakes, Properties, cases, hard_cases
from course_utils.exercises.spec import About

__all__ = ["Mistakes", "Properties", "cases", "hard_cases"]

ABOUT = About(see="81b, step 1", difficulty=2, minutes=5, gradient=False)
HINTS = (
    "A mean over examples is the mean of the parts' means, weighted by how many each holds.",
    "share = sizes / sizes.sum() in the dtype of grads; return (share[:, None] * grads).sum(0)",
)


def accumulated_gradient(grads: Tensor, sizes: Tensor) -> Tensor:
    """Put the gradient of a large batch together from its micro-batches.

    grads: (M, D), row m is the gradient of the MEAN loss of micro-batch m; sizes: (M,) long, how
    many examples it held -> (D,), the gradient of the mean loss over all examples.
    """
    share = sizes.to(grads.dtype) / sizes.sum()  # of all examples, in this micro-batch
    return (share[:, None] * grads).sum(0)
