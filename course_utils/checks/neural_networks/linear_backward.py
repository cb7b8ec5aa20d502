"""Exercise of lesson 14: the gradients of a linear layer."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, named, normal, sizes

ABOUT = About(see="14, step 2", difficulty=2, minutes=8, gradient=False)
HINTS = (
    "Write out[b, o] = sum_i x[b, i] W[o, i] + bias[o] and ask what each number influences.",
    "grad_x: (B, O) times (O, I). grad_weight: (O, B) times (B, I). grad_bias: sum over B.",
)


def linear_backward(x: Tensor, weight: Tensor, grad_out: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of a loss through out = x W^T + b.

    x: (B, I), weight: (O, I), grad_out: (B, O), the loss's gradient in out
    -> (grad_x (B, I), grad_weight (O, I), grad_bias (O,)).
    """
    grad_x = grad_out @ weight  # (B, O) (O, I)
    grad_weight = grad_out.T @ x  # (O, B) (B, I): the sum over the batch is in the product
    grad_bias = grad_out.sum(0)  # every example used the same bias
    return grad_x, grad_weight, grad_bias


def cases(rng):
    yield d([1.0, 0.0], [2.0, 1.0], [0.0, 3.0]), d([2.0, -1.0]), d([1.0], [-1.0], [2.0])
    for n, i, o in (*sizes(3), (5, 4, 4)):
        yield normal(rng, n, i), normal(rng, o, i), normal(rng, n, o)


def hard_cases(rng):
    shapes = (32, 64), (96, 64), (32, 96)
    yield tuple(torch.randn(*shape, generator=rng) for shape in shapes)


class Mistakes:
    def mean_over_the_batch(x, weight, grad_out):
        """You averaged over the batch. If the loss is a mean, its 1/B is already in grad_out; here
        every example adds its share."""
        return grad_out @ weight, grad_out.T @ x / len(x), grad_out.mean(0)

    @named("bias averaged, weight summed")
    def bias_averaged_weight_summed(x, weight, grad_out):
        """Your bias gradient is a mean over the batch. All B examples used the bias: sum."""
        return grad_out @ weight, grad_out.T @ x, grad_out.mean(0)

    def weight_gradient_transposed(x, weight, grad_out):
        """x.T @ grad_out is (I, O), the transpose of what belongs to W, (O, I)."""
        return grad_out @ weight, x.T @ grad_out, grad_out.sum(0)

    def weight_gradient_reshaped(x, weight, grad_out):
        """You made the shape fit with reshape or view, which leaves the numbers in their old order.
        x.T @ grad_out has to be transposed; or multiply grad_out.T @ x."""
        return grad_out @ weight, (x.T @ grad_out).reshape(weight.shape), grad_out.sum(0)

    def weight_first(x, weight, grad_out):
        """These are the right gradients in another order: first x, then weight, then bias."""
        return grad_out.T @ x, grad_out @ weight, grad_out.sum(0)
