"""Exercise of lesson 14b: the largest singular value by power iteration."""

import torch
from torch import Tensor

from course_utils.checks.shared.layers import slope
from course_utils.exercises.spec import About, close, d, named, normal

# the steps themselves need no gradient (torch's have none): the slope is asked for as a property
ABOUT = About(see="14b, step 6", difficulty=3, minutes=8, gradient=False)
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
    yield d([2.0, 0.0, 0.0], [0.0, 5.0, 0.0]), d(1.0, 1.0), 1
    for shape, n_steps in (((1, 5), 1), ((3, 5), 2), ((7, 2), 3), ((4, 2, 3, 3), 5), ((5, 2), 60)):
        yield normal(rng, *shape), normal(rng, shape[0]), n_steps


def hard_cases(rng):
    weight, u = torch.randn(32, 16, 3, 3, generator=rng), torch.randn(32, generator=rng)
    yield 0.05 * weight, u, 100
    yield 5 * weight, u, 30


class Properties:
    def the_slope_is_the_stretched_direction(f, rng):
        weight = (d([5.0, 0.0, 0.0], [0.0, 1.0, 0.0]) @ torch.linalg.qr(normal(rng, 3, 3)).Q).T
        sigma = f(weight.requires_grad_(), d(1.0, 0.5, -0.5), 30)
        left, _, right = torch.linalg.svd(weight.detach())
        says = "d sigma / d W is u v^T at the end of the walk: {right} where yours is {got}."
        close(slope(sigma, weight), left[:, :1] * right[:1], says)


class Mistakes:
    def Frobenius_norm(weight, u, n_steps):
        """That is the root of the sum of all squares. It is never smaller than the largest singular
        value, which asks for the worst direction only."""
        return weight.norm()

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
        return spectral_norm(weight, u, 1)

    def one_half_step_short(weight, u, n_steps):
        """Your last step renews v but no longer u. One step is both: v from u, then u from v."""
        matrix = weight.flatten(1)
        for _ in range(n_steps):
            start = u / u.norm()
            v = matrix.T @ start
            v = v / v.norm()
            u = matrix @ v
        return start @ matrix @ v

    @named("the exact value")
    def the_exact_value(weight, u, n_steps):
        """That is where the steps lead in the end. Asked for is what n_steps of them from u give: a
        training loop takes one cheap step at each use and never pays for an SVD."""
        return torch.linalg.svdvals(weight.flatten(1))[0]
