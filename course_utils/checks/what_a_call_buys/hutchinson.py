"""Exercise of laboratory 42b: the trace of a Jacobian, by one random question."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, expect, named, normal

ABOUT = About(see="42b, step 5", difficulty=4, minutes=10, gradient=False)
HINTS = (
    "torch.autograd.grad(f(x), x, grad_outputs=z) is z^T J, row by row of the batch, if x asks for "
    "a gradient: x = x.detach().requires_grad_().",
    "Multiply z^T J by z and sum over everything but the batch: (product * z).flatten(1).sum(1).",
)


def hutchinson(f, x: Tensor, z: Tensor) -> Tensor:
    """z^T J z, J the Jacobian of f at x: its mean over random signs z is the trace of J.

    f: (B, ...) -> (B, ...), each example by itself; x, z: (B, ...) -> (B,). No gradient is left
    behind in f or x.
    """
    x = x.detach().requires_grad_()
    (product,) = torch.autograd.grad(f(x), x, z)  # (B, ...): z^T J
    return (product * z).flatten(1).sum(1)


def turning(x):
    """A map whose Jacobian is neither diagonal nor symmetric."""
    return (
        x.sin() + 0.5 * x.roll(1, -1) ** 2 + 0.2 * x.flatten(1).sum(1).view(-1, *[1] * (x.ndim - 1))
    )


def signs(rng, *shape):
    """Random signs."""
    return normal(rng, *shape).sign()


def cases(rng):
    yield turning, d([1.0, -2.0]), d([1.0, -1.0])
    for shape in ((3, 2), (2, 1, 4, 3), (1, 5), (4, 3)):
        yield turning, normal(rng, *shape), signs(rng, *shape)
    yield turning, normal(rng, 3, 4), normal(rng, 3, 4)  # Gaussian questions are allowed, too


def hard_cases(rng):
    yield turning, normal(rng, 16, 1, 8, 9).float(), signs(rng, 16, 1, 8, 9).float()


class Properties:
    def for_a_diagonal_map_one_question_is_enough(f, rng):
        x = normal(rng, 3, 4)
        right = x.cos().sum(1)
        says = "for f(x) = sin(x) any signs give the trace, sum of cos(x) = {right}; yours {got}."
        close(f(torch.sin, x, signs(rng, 3, 4)), right, says)

    def nothing_is_left_behind(f, rng):
        net = torch.nn.Linear(4, 4)  # float32, with weights that ask for gradients
        for weight in net.parameters():
            weight.data = normal(rng, *weight.shape).float()
        x, z = normal(rng, 3, 4).float(), signs(rng, 3, 4).float()
        right = torch.einsum("bi,ij,bj->b", z, net.weight.detach(), z)
        close(f(net, x, z), right, "for a linear layer z^T J z is {right}; yours is {got}.")
        says = "afterwards the caller's x asks for a gradient, and his next steps drag a graph "
        says += "along: work on x.detach().requires_grad_()."
        expect(not x.requires_grad, says)
        says = "your backward leaves gradients in the network's weights, which the next training "
        says += "step adds to its own: torch.autograd.grad leaves none."
        expect(all(weight.grad is None for weight in net.parameters()), says)


def row(f, x, z):
    """z^T J."""
    x = x.detach().requires_grad_()
    return torch.autograd.grad(f(x), x, z)[0]


class Mistakes:
    @named("z only once")
    def z_once(f, x, z):
        """You summed z^T J. Multiply it by z a second time: the signs of the off-diagonal entries
        then cancel on average, and the diagonal ones stay."""
        return row(f, x, z).flatten(1).sum(1)

    @named("ones instead of z")
    def ones(f, x, z):
        """Without z on the left you sum all entries of J, off the diagonal, too."""
        return row(f, x, torch.ones_like(x)).flatten(1).sum(1)

    def a_mean_for_the_sum(f, x, z):
        """A trace is a sum over the dimensions. You took the mean."""
        return (row(f, x, z) * z).flatten(1).mean(1)

    def one_number_for_the_batch(f, x, z):
        """You summed over the batch as well. Each example has a log density of its own."""
        return (row(f, x, z) * z).sum().expand(len(x))

    @named("J z without the second z")
    def length(f, x, z):
        """That is |z^T J|². Multiply z^T J by z, not by itself."""
        return row(f, x, z).square().flatten(1).sum(1)
