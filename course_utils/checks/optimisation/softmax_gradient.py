"""Exercise of lesson 13: the gradient of softmax regression."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, normal, sizes

ABOUT = About(see="13, step 1", difficulty=2, minutes=6, gradient=False)
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


def cases(rng):
    yield torch.zeros(3, 2, dtype=torch.double), d([1.0, 2.0]), torch.tensor([1])
    for batch, k, n in sizes(3)[1:]:
        yield task(rng, batch, k, n)


def hard_cases(rng):
    weight, x, y = task(rng, 400, 10, 65)
    yield weight.float(), x.float(), y
    yield 12 * weight.float(), x.float(), y  # logits of 200


def task(rng, batch, k, n):
    y = torch.randint(k, (batch,), generator=rng)
    return normal(rng, k, n), normal(rng, batch, n), y


class Properties:
    def the_rows_add_up_to_zero(f, rng):
        says = "one number added to all logits changes nothing, so the rows add up to 0, not {got}."
        close(f(*task(rng, 6, 4, 3)).sum(0), 0, says)

    def the_mean_of_two_half_batches_is_the_whole(f, rng):
        weight, x, y = task(rng, 8, 3, 2)
        halves = 0.5 * (f(weight, x[:4], y[:4]) + f(weight, x[4:], y[4:]))
        says = "the mean of two half batches' gradients is {got}, the whole batch's {right}."
        close(halves, f(weight, x, y), says)


def onehot(y, weight):
    return torch.nn.functional.one_hot(y, len(weight)).to(weight.dtype)


def slope(away, x):
    """From the slopes in the logits (B, K) to those in the weight (K, D)."""
    return away.T @ x / len(x)


class Mistakes:
    def label_not_subtracted(weight, x, y):
        """Your gradient does not look at y. Subtract the one-hot label from the probabilities."""
        return slope((x @ weight.T).softmax(-1), x)

    def softmax_over_the_batch(weight, x, y):
        """Your softmax runs over the examples. Probabilities of one example add up to 1 over the
        classes: softmax(-1)."""
        return slope((x @ weight.T).softmax(0) - onehot(y, weight), x)

    def sigmoid_for_softmax(weight, x, y):
        """A sigmoid looks at one logit at a time, as for yes/no questions. Here classes compete:
        the softmax makes their probabilities add up to 1."""
        return slope((x @ weight.T).sigmoid() - onehot(y, weight), x)

    def no_softmax(weight, x, y):
        """You subtracted the label from the logits: that is the gradient of a squared error. Take
        the softmax first."""
        return slope(x @ weight.T - onehot(y, weight), x)

    def a_product_of_two_means(weight, x, y):
        """You averaged p - onehot and x over the batch and multiplied then. Each example has its
        own product; their mean is asked."""
        away = (x @ weight.T).softmax(-1) - onehot(y, weight)
        return torch.outer(away.mean(0), x.mean(0))
