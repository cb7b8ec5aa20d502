"""Lesson 14: Gradients of a loss through out = x W^T + b."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="14, step 2", difficulty=2, minutes=8)
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
    return [
        (normal(rng, 3, 2), normal(rng, 2, 2), normal(rng, 3, 2)),
        (normal(rng, 1, 3), normal(rng, 3, 3), normal(rng, 1, 3)),
        (normal(rng, 3, 4), normal(rng, 4, 4), normal(rng, 3, 4)),
        (normal(rng, 5, 4), normal(rng, 2, 4), normal(rng, 5, 2)),
    ]


class Properties:
    def a_gradient_has_the_shape_of_its_tensor(f, rng):
        x, weight, grad = normal(rng, 5, 3), normal(rng, 2, 3), normal(rng, 5, 2)
        got = [tuple(g.shape) for g in f(x, weight, grad)]
        if got != [(5, 3), (2, 3), (2,)]:
            raise Fails(
                "a gradient has the shape of what it belongs to: (5, 3), (2, 3) and (2,) for 5 "
                f"examples, 3 inputs, 2 outputs; you return {', '.join(map(str, got))}."
            )

    def the_same_as_autograd(f, rng):
        x, weight, grad = normal(rng, 4, 3), normal(rng, 3, 3), normal(rng, 4, 3)
        x.requires_grad_()
        weight.requires_grad_()
        bias = torch.zeros(3, dtype=torch.double, requires_grad=True)
        (torch.nn.functional.linear(x, weight, bias) * grad).sum().backward()
        got = f(x.detach(), weight.detach(), grad)
        for name, mine, right in zip("xWb", got, (x.grad, weight.grad, bias.grad), strict=True):
            if mine.shape != right.shape or not (mine - right).abs().max() < 1e-9:
                raise Fails(f"your gradient in {name} is not the one torch's autograd finds.")


class Mistakes:
    def mean_over_the_batch(x, weight, grad_out):
        """You averaged over the batch. If the loss is a mean, its 1/B is already in grad_out; here
        every example adds its share."""
        return (
            grad_out @ weight,
            grad_out.T @ x / len(x),
            grad_out.mean(0),
        )

    @named("bias averaged, weight summed")
    def bias_averaged_weight_summed(x, weight, grad_out):
        """Your bias gradient is a mean over the batch. All B examples used the bias: sum."""
        return (grad_out @ weight, grad_out.T @ x, grad_out.mean(0))

    def bias_not_summed(x, weight, grad_out):
        """The bias is one vector (O,) used by every example. Sum its gradients over the batch."""
        return (grad_out @ weight, grad_out.T @ x, grad_out)

    def weight_gradient_transposed(x, weight, grad_out):
        """x.T @ grad_out is (I, O), the transpose of what belongs to W, (O, I)."""
        return (grad_out @ weight, x.T @ grad_out, grad_out.sum(0))

    def gradient_pushed_through_W_transposed(x, weight, grad_out):
        """Forwards the layer multiplies by W^T, so backwards it multiplies by W, not by W^T again.
        With square matrices the shapes do not warn you."""
        return (
            grad_out @ (weight.T if weight.shape[0] == weight.shape[1] else weight),
            grad_out.T @ x,
            grad_out.sum(0),
        )

    def sum_over_the_outputs_for_the_bias(x, weight, grad_out):
        """You summed over the outputs. The batch is dimension 0."""
        return (grad_out @ weight, grad_out.T @ x, grad_out.sum(1))
