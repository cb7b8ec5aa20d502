"""Lesson 14: Largest singular value by power iteration."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, normal

ABOUT = About(see="14, step 12", difficulty=3, minutes=8)
HINTS = (
    "Multiply a vector by W^T and W again and again: the direction stretched most wins.",
    "v = W^T u, normalise; u = W v, normalise; repeat. At the end sigma = u^T W v.",
)


def spectral_norm(weight: Tensor, u: Tensor, n_steps: int) -> Tensor:
    """Largest singular value by power iteration.

    weight: (O, ...), flattened to (O, I); u: (O,) start vector; n_steps >= 1 -> scalar.
    """
    matrix = weight.flatten(1)  # (O, I): a kernel (O, C, k, k) becomes (O, C k k)
    for _ in range(n_steps):
        v = matrix.T @ u
        v = v / v.norm()
        u = matrix @ v
        u = u / u.norm()
    return u @ matrix @ v


def cases(rng):
    return [
        (torch.tensor([[3.0, 0.0], [4.0, 1.0]], dtype=torch.double), normal(rng, 2), 60),
        (_with_gap(rng, 1, 5), normal(rng, 1), 60),
        (_with_gap(rng, 3, 5), normal(rng, 3), 60),
        (_with_gap(rng, 4, 2, 3, 3), normal(rng, 4), 60),
    ]


def _with_gap(rng: torch.Generator, *shape: int) -> Tensor:
    """A weight whose singular values fall by half, so that 60 steps reach machine precision."""
    rows, cols = shape[0], int(torch.tensor(shape[1:]).prod())
    n = min(rows, cols)
    left = torch.linalg.qr(normal(rng, rows, n)).Q
    right = torch.linalg.qr(normal(rng, cols, n)).Q
    return (left * (3.0 * 0.5 ** torch.arange(n, dtype=torch.double)) @ right.T).reshape(shape)


def _power(weight, u, n_steps, *, squared=False):
    matrix = weight.flatten(1)
    for _ in range(n_steps):
        v = matrix.T @ u
        v = v / v.norm()
        u = matrix @ v
        u = u / u.norm()
    sigma = u @ matrix @ v
    return sigma**2 if squared else sigma


class Properties:
    def a_diagonal_matrix(f, rng):
        got = float(
            f(torch.tensor([[2.0, 0.0], [0.0, -5.0]], dtype=torch.double), normal(rng, 2), 60)
        )
        if not abs(got - 5) < 1e-6:
            raise Fails(f"diag(2, -5) stretches by at most 5, you return {got:.4g}.")

    def it_scales_with_the_matrix(f, rng):
        weight, u = normal(rng, 3, 4), normal(rng, 3)
        one, three = float(f(weight, u, 100)), float(f(3 * weight, u, 100))
        if not abs(three - 3 * one) < 1e-6 * abs(one):
            raise Fails(
                f"three times the matrix stretches three times as much: {one:.4g} but {three:.4g}."
            )


class Mistakes:
    def Frobenius_norm(weight, u, n_steps):
        """That is the root of the sum of all squares. It is never smaller than the largest singular
        value, which asks for the worst direction only."""
        return weight.norm()

    def squared(weight, u, n_steps):
        """Your value is the eigenvalue of W W^T: the square of the singular value."""
        return _power(weight, u, n_steps, squared=True)

    def vectors_not_normalised(weight, u, n_steps):
        """Without dividing by their norms the vectors grow or vanish with every step, and so does
        your answer."""
        matrix = weight.flatten(1)
        for _ in range(n_steps):
            v = matrix.T @ u
            u = matrix @ v
        return u @ matrix @ v

    def one_step_only(weight, u, n_steps):
        """You took a single step from the start vector: that gives a lower bound. Repeat it n_steps
        times."""
        matrix = weight.flatten(1)
        v = matrix.T @ u
        v = v / v.norm()
        u = matrix @ v
        u = u / u.norm()
        return u @ matrix @ v

    def largest_entry(weight, u, n_steps):
        """The largest entry is only a lower bound: entries of a row act together."""
        return weight.abs().max()

    def sum_of_the_singular_values(weight, u, n_steps):
        """You added all singular values (the nuclear norm). The spectral norm is the largest."""
        return torch.linalg.svdvals(weight.flatten(1)).sum()
