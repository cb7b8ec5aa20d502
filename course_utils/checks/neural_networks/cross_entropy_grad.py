"""Exercise of lesson 14: the gradient of the mean cross-entropy in the logits."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from course_utils.exercises.spec import About, close, d, named, normal, sizes

ABOUT = About(see="14, step 3", difficulty=2, minutes=6, gradient=False)
HINTS = (
    "Differentiate log sum_k exp(z_k) - z_y in one logit z_j. Which function appears?",
    "(softmax(z) - onehot(y)) / B, with softmax over the last dimension.",
)


def cross_entropy_grad(logits: Tensor, y: Tensor) -> Tensor:
    """Gradient of the mean cross-entropy in the logits. logits: (B, K), y: (B,) long -> (B, K)."""
    grad = logits.softmax(-1)  # softmax subtracts the largest logit first: no overflow
    grad[torch.arange(len(y)), y] -= 1
    return grad / len(y)


def cases(rng):
    yield d([0.0, 0.0, 0.0], [2.0, 0.0, -1.0]), torch.tensor([2, 0])
    for n, k in (*sizes(2), (5, 10)):
        yield normal(rng, n, k), torch.randint(k, (n,), generator=rng)


def hard_cases(rng):
    logits, y = torch.randn(50, 10, generator=rng), torch.arange(50) % 10
    yield 3 * logits, y
    yield 300 * logits, y  # exp of these overflows


class Properties:
    def each_row_sums_to_zero(f, rng):
        got = f(normal(rng, 6, 4), torch.randint(4, (6,), generator=rng))
        says = "adding a constant to all logits of an example changes nothing, so each row of the "
        close(got.sum(-1), 0, says + "gradient sums to 0; one of yours to {got}.")


class Mistakes:
    def softmax_over_the_batch(logits, y):
        """You took the softmax over dimension 0, the batch. The classes are the last one."""
        return (logits.softmax(0) - one_hot(y, logits.shape[-1])) / len(y)

    def one_subtracted_everywhere(logits, y):
        """You subtracted 1 from every class. Truth is 1 at the label and 0 elsewhere: subtract
        it there only."""
        return (logits.softmax(-1) - 1) / len(y)

    @named("labels of all rows in every row")
    def labels_of_all_rows_in_every_row(logits, y):
        """p[:, y] means the columns of all labels in every row. Pair each row with its own label:
        p[torch.arange(B), y]."""
        p = logits.softmax(-1)
        p[:, y] -= 1
        return p / len(y)

    def logits_for_probabilities(logits, y):
        """You subtracted the label from the logits. First turn them into probabilities."""
        return (logits - one_hot(y, logits.shape[-1])) / len(y)

    def bare_exponentials(logits, y):
        """exp(100) is infinite in float32, and inf / inf is NaN. Subtract the largest logit first,
        or call softmax, which does."""
        p = logits.exp() / logits.exp().sum(-1, keepdim=True)
        return (p - one_hot(y, logits.shape[-1])) / len(y)
