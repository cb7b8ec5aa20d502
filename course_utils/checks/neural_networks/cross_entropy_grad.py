"""Lesson 14: Gradient of the mean cross-entropy in the logits. logits: (B, K), y: (B,) long"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="14, step 3", difficulty=2, minutes=6)
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
    return [
        (torch.tensor([[2.0, 0.0, -1.0]], dtype=torch.double), torch.tensor([0])),
        (normal(rng, 3, 4), torch.tensor([3, 0, 0])),
        (normal(rng, 5, 10), torch.randint(10, (5,), generator=rng)),
        (torch.tensor([[900.0, 0.0], [0.0, 1.0]], dtype=torch.double), torch.tensor([0, 0])),
    ]


def _one_hot(logits, y):
    return torch.nn.functional.one_hot(y, logits.shape[-1]).to(logits)


class Properties:
    def each_row_sums_to_zero(f, rng):
        got = f(normal(rng, 6, 4), torch.randint(4, (6,), generator=rng))
        if not (got.sum(-1).abs().max() < 1e-9):
            raise Fails(
                "adding a constant to all logits of an example changes nothing, so each row of the "
                f"gradient sums to 0; yours sum to {got.sum(-1)[0].item():.4g}."
            )

    def large_logits_do_no_harm(f, rng):
        got = f(torch.tensor([[1000.0, 0.0]], dtype=torch.double), torch.tensor([1]))
        if not (got - torch.tensor([[1.0, -1.0]], dtype=torch.double)).abs().max() < 1e-9:
            raise Fails(
                f"for logits [1000, 0] and y = 1 the answer is [1, -1], you return {got.tolist()}."
            )


class Mistakes:
    def sum_instead_of_mean(logits, y):
        """Your gradient belongs to the summed loss. The mean over B examples divides by B."""
        return logits.softmax(-1) - _one_hot(logits, y)

    def sign_turned(logits, y):
        """Your sign is turned: the loss falls when the true class's logit grows, so its gradient
        there is negative, p - 1."""
        return (_one_hot(logits, y) - logits.softmax(-1)) / len(y)

    def probabilities_only(logits, y):
        """You return the probabilities. The label is missing: subtract 1 at the true class."""
        return logits.softmax(-1) / len(y)

    def softmax_over_the_batch(logits, y):
        """You took the softmax over dimension 0, the batch. The classes are the last one."""
        return (logits.softmax(0) - _one_hot(logits, y)) / len(y)

    @named("divided by the classes, too")
    def divided_by_the_classes_too(logits, y):
        """You divide by B times K. The loss is a mean over examples only."""
        return (logits.softmax(-1) - _one_hot(logits, y)) / logits.numel()

    def bare_exponentials(logits, y):
        """exp(900) is infinite and inf / inf is NaN. Subtract the largest logit first, or call
        softmax, which does."""
        p = logits.exp() / logits.exp().sum(-1, keepdim=True)
        return (p - _one_hot(logits, y)) / len(y)

    def logits_for_probabilities(logits, y):
        """You subtracted the label from the logits. First turn them into probabilities."""
        return (logits - _one_hot(logits, y)) / len(y)
