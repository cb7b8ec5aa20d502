"""Lesson 13: Limit below which gradient descent on a quadratic converges: 2 / largest eigenv"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="13, step 2", difficulty=2, minutes=4)
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
    return [
        (d([3.0, 0.0], [0.0, 1.0]),),
        (_spd(rng, 1, 3),),
        (_spd(rng, 3, 2),),
        (_spd(rng, 4),),
    ]


def _spd(rng: torch.Generator, *shape: int) -> Tensor:
    half = normal(rng, *shape, shape[-1])
    return half @ half.mT + 0.1 * torch.eye(shape[-1], dtype=torch.double)


class Properties:
    def the_steepest_direction_decides(f, rng):
        got = float(f(d([1.0, 0.0], [0.0, 100.0])))
        if not abs(got - 0.02) < 1e-9:
            raise Fails(
                "in the ravine diag(1, 100) the steep wall allows 2/100 = 0.02, you return "
                f"{got:.4g}. The flat direction does not help."
            )

    def the_same_in_a_turned_landscape(f, rng):
        turn, _ = torch.linalg.qr(normal(rng, 3, 3))
        diagonal = torch.diag(d(1.0, 3.0, 10.0))
        one, other = float(f(diagonal)), float(f(turn @ diagonal @ turn.T))
        if not abs(one - other) < 1e-9:
            raise Fails(f"turning the landscape changes your limit from {one:.4f} to {other:.4f}.")


class Mistakes:
    @named("1/L instead of 2/L")
    def is_1_L_instead_of_2_L(hessian):
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

    def mean_eigenvalue(hessian):
        """You used the mean curvature. One steep direction is enough to diverge."""
        return 2 / hessian.diagonal(dim1=-2, dim2=-1).mean(-1)

    def Frobenius_norm(hessian):
        """The Frobenius norm is at least the largest eigenvalue, usually more. Use eigvalsh, or the
        spectral norm (ord=2)."""
        return 2 / torch.linalg.matrix_norm(hessian)

    def largest_entry(hessian):
        """You used the largest entry. Curvature along a slanted direction can be larger than any
        entry: take eigenvalues."""
        return 2 / hessian.abs().amax((-2, -1))

    def one_answer_for_the_whole_batch(hessian):
        """You took the largest eigenvalue of all matrices together. Keep one limit per matrix:
        index the last dimension only."""
        return 2 / torch.linalg.eigvalsh(hessian).max()
