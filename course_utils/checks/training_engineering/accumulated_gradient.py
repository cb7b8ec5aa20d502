"""Lesson 81: Put the gradient of a large batch together from its micro-batches."""

import torch
from torch import Tensor

from course_utils.checks.training_engineering.shared import _gap
from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="81, step 6", difficulty=2, minutes=5)
HINTS = (
    "A mean over examples is the mean of the parts' means, weighted by how many each holds.",
    "share = sizes / sizes.sum() in the dtype of grads; return (share[:, None] * grads).sum(0)",
)


def accumulated_gradient(grads: Tensor, sizes: Tensor) -> Tensor:
    """Put the gradient of a large batch together from its micro-batches.

    grads: (M, D), row m is the gradient of the MEAN loss of micro-batch m; sizes: (M,) long, how
    many examples it held -> (D,), the gradient of the mean loss over all examples.
    """
    share = sizes.to(grads.dtype) / sizes.sum()  # of all examples, in this micro-batch
    return (share[:, None] * grads).sum(0)


def cases(rng):
    return [
        (d([1, 2]), torch.tensor([3])),
        (d([1, 0], [0, 1], [2, 2]), torch.tensor([4, 4, 1])),
        (normal(rng, 3, 5), torch.tensor([11, 11, 10])),
        (normal(rng, 1, 3), torch.tensor([1])),
        (normal(rng, 4, 2), torch.tensor([8, 8, 8, 3])),
    ]


class Properties:
    def how_the_batch_is_cut_does_not_matter(f, rng):
        g = normal(rng, 7, 4)  # gradients of seven examples
        whole = g.mean(0)
        for sizes in ([7], [3, 4], [3, 3, 1], [1] * 7):
            rows = torch.stack([part.mean(0) for part in g.split(sizes)])
            miss = _gap(f(rows, torch.tensor(sizes)), whole)
            if miss > 1e-6:
                raise Fails(
                    f"seven examples cut into micro-batches of {sizes} give another gradient than the "
                    f"whole batch (largest difference {miss:.3g})."
                )


class Mistakes:
    def accumulation_without_dividing(grads, sizes):
        """You added the gradients up. Four micro-batches then make a step four times too long: each
        counts with its share of the examples."""
        return grads.sum(0)

    def the_mean_of_means(grads, sizes):
        """You gave every micro-batch the same weight. The short last one then counts too much:
        weight by sizes / sizes.sum()."""
        return grads.mean(0)

    @named("only the last micro-batch")
    def only_the_last_micro_batch(grads, sizes):
        """You kept the last micro-batch only, as a loop does that calls zero_grad inside."""
        return grads[-1]

    def divided_twice(grads, sizes):
        """You weighted by the shares and then divided by the number of micro-batches as well. The
        shares already sum to 1."""
        return accumulated_gradient(grads, sizes) / len(grads)

    def the_sum_over_examples(grads, sizes):
        """You return the gradient of the summed loss: divide by the number of all examples."""
        return (sizes[:, None] * grads).sum(0)
