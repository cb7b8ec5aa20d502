"""Lesson 13: Gradient of the mean NLL of softmax regression: mean over b of (p_b - onehot(y_"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="13, step 1", difficulty=2, minutes=6)
HINTS = (
    "For one example, the derivative of the NLL by the logits is p - onehot(y), and a logit "
    "is a row of the weight times x.",
    "probs = (x @ weight.T).softmax(-1); subtract F.one_hot(y, len(weight)); then (B, K).T @ "
    "(B, D) sums over the batch. Divide by B.",
)


def softmax_gradient(weight: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Gradient of the mean NLL of softmax regression: mean over b of (p_b - onehot(y_b)) x_b^T.

    weight: (K, D), x: (B, D), y: (B,) long, classes 0..K-1 -> (K, D), nats per unit of weight.
    """
    probs = (x @ weight.T).softmax(-1)  # (B, K)
    onehot = torch.nn.functional.one_hot(y, len(weight)).to(probs.dtype)  # (B, K)
    return (probs - onehot).T @ x / len(x)  # (K, D)


def cases(rng: torch.Generator) -> list[tuple]:
    return [
        (torch.zeros(2, 2).double(), d([1.0, 2.0]), torch.tensor([0])),
        (normal(rng, 3, 2), normal(rng, 1, 2), _labels(rng, 3, 1)),
        (normal(rng, 4, 5), normal(rng, 3, 5), _labels(rng, 4, 3)),
        (normal(rng, 3, 4), normal(rng, 8, 4), _labels(rng, 3, 8)),
    ]


def _labels(rng: torch.Generator, n_classes: int, n: int) -> Tensor:
    return torch.randint(n_classes, (n,), generator=rng)


def _onehot(y: Tensor, n_classes: int) -> Tensor:
    return torch.nn.functional.one_hot(y, n_classes).double()


class Properties:
    def the_rows_add_up_to_zero(f, rng):
        total = f(normal(rng, 4, 3), normal(rng, 6, 3), _labels(rng, 4, 6)).sum(0)
        if not total.abs().max() < 1e-9:
            raise Fails(
                "adding one number to all logits changes no probability, so the gradient's rows add "
                f"up to 0; yours add up to {[round(v, 3) for v in total.tolist()]}."
            )

    def a_small_step_against_it_lowers_the_loss(f, rng):
        weight, x, y = normal(rng, 4, 3), normal(rng, 50, 3), _labels(rng, 4, 50)

        def nll(w: Tensor) -> float:
            return torch.nn.functional.cross_entropy(x @ w.T, y).item()

        before, after = nll(weight), nll(weight - 0.001 * f(weight, x, y))
        if not after < before:
            raise Fails(
                "a step of 0.001 against your gradient takes the loss from "
                f"{before:.6f} to {after:.6f}."
            )

    def the_mean_of_two_half_batches_is_the_whole(f, rng):
        weight, x, y = normal(rng, 3, 2), normal(rng, 8, 2), _labels(rng, 3, 8)
        halves = 0.5 * (f(weight, x[:4], y[:4]) + f(weight, x[4:], y[4:]))
        gap = float((halves - f(weight, x, y)).abs().max())
        if not gap < 1e-9:
            raise Fails(
                "the mean of the gradients of two half batches must be the whole batch's (that is "
                f"what makes a mini-batch unbiased); yours differ by {gap:.4g}."
            )


class Mistakes:
    def sum_instead_of_mean(weight, x, y):
        """You summed over the batch. With a mean the learning rate keeps its meaning when the batch
        grows; yours grows with B."""
        return softmax_gradient(weight, x, y) * len(x)

    def minus_sign_too_many(weight, x, y):
        """You computed onehot - p, the direction of descent. The gradient points uphill: p -
        onehot."""
        return -softmax_gradient(weight, x, y)

    @named("first example only", see="13, step 6")
    def first_example_only(weight, x, y):
        """You used one example of the batch. That is unbiased, too, but as noisy as B = 1: the
        formula of erratum R127."""
        return softmax_gradient(weight, x[:1], y[:1])

    def label_not_subtracted(weight, x, y):
        """Your gradient does not look at y. Subtract the one-hot label from the probabilities."""
        return (x @ weight.T).softmax(-1).T @ x / len(x)

    def softmax_over_the_batch(weight, x, y):
        """Your softmax runs over the examples. Probabilities of one example add up to 1 over the
        classes: softmax(-1)."""
        return ((x @ weight.T).softmax(0) - _onehot(y, len(weight))).T @ x / len(x)

    @named("divided by the classes, too")
    def divided_by_the_classes_too(weight, x, y):
        """You divided by B and by K. The loss is a mean over examples, not over classes."""
        return softmax_gradient(weight, x, y) / len(weight)

    def no_softmax(weight, x, y):
        """You subtracted the label from the logits: that is the gradient of a squared error. Take
        the softmax first."""
        return (x @ weight.T - _onehot(y, len(weight))).T @ x / len(x)

    def transposed(weight, x, y):
        """Your gradient is (D, K). A gradient has the shape of its parameter, (K, D)."""
        return softmax_gradient(weight, x, y).T
