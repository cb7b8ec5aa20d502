"""Exercise of lesson 13: the learning rate at which gradient descent breaks."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="13, step 3", difficulty=2, minutes=4, gradient=False)
HINTS = (
    "Along an eigenvector the error is multiplied by 1 - lr * eigenvalue at each step. For "
    "which lr is that between -1 and 1 for all of them?",
    "torch.linalg.eigvalsh(hessian)[..., -1] is the largest eigenvalue of each matrix.",
)


def max_stable_lr(hessian: Tensor) -> Tensor:
    """Limit below which gradient descent on a quadratic converges: 2 / largest eigenvalue.

    hessian: (..., D, D), symmetric with positive eigenvalues -> (...), learning rate.
    """
    return 2 / torch.linalg.eigvalsh(hessian)[..., -1]  # eigvalsh sorts upwards


def cases(rng):
    yield (d([5.0, 4.0], [4.0, 5.0]),)  # curvature 9 along the diagonal, 1 across
    yield (d([3.0]),)
    yield (bowls(rng, 1, 3),)
    yield (bowls(rng, 3, 2),)
    yield (bowls(rng, 2, 3, 4),)


def hard_cases(rng):
    yield (bowls(rng, 65).float(),)
    yield (d([1e-4, 0.0], [0.0, 1e4]).float(),)


def bowls(rng, *shape):
    half = normal(rng, *shape, shape[-1])
    return half @ half.mT + 0.1 * torch.eye(shape[-1], dtype=torch.double)


class Properties:
    def the_steepest_direction_decides(f, rng):
        says = "in the ravine diag(1, 100) the steep wall allows {right}, you return {got}."
        close(f(d([1.0, 0.0], [0.0, 100.0])), 0.02, says)


class Mistakes:
    @named("1/L instead of 2/L")
    def one_over_l(hessian):
        """1/L is a safe choice (it jumps to the bottom of the steepest direction), not the limit.
        |1 - lr L| < 1 holds up to 2/L."""
        return 1 / torch.linalg.eigvalsh(hessian)[..., -1]

    def smallest_eigenvalue(hessian):
        """You used the flattest direction. The steepest one diverges first."""
        return 2 / torch.linalg.eigvalsh(hessian)[..., 0]

    def trace(hessian):
        """The trace is the sum of all eigenvalues: 2/trace is stable, but up to D times too
        careful."""
        return 2 / hessian.diagonal(dim1=-2, dim2=-1).sum(-1)

    @named("Frobenius norm")
    def frobenius(hessian):
        """The Frobenius norm is at least the largest eigenvalue, usually more. Use eigvalsh, or the
        spectral norm (ord=2)."""
        return 2 / torch.linalg.matrix_norm(hessian)

    def largest_entry(hessian):
        """You used the largest entry. Curvature along a slanted direction can be larger than any
        entry: take eigenvalues."""
        return 2 / hessian.abs().amax((-2, -1))
