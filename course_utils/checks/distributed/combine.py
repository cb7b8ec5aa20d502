"""Lesson 82: Mean over all rows, from each process's mean over its own rows: sum_r n_r m_r /"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="82, step 3", difficulty=2, minutes=5)
HINTS = (
    "A process's mean times its rows is its sum. What is the mean of all rows?",
    "weights = counts / counts.sum(); a weighted sum over the first axis is weights @ means.",
)


def combine(means: Tensor, counts: Tensor) -> Tensor:
    """Mean over all rows, from each process's mean over its own rows: sum_r n_r m_r / sum_r n_r.

    means: (N, D), one row a process; counts: (N,), rows each process had -> (D,).
    """
    weights = counts.to(means.dtype) / counts.sum()  # (N,)
    return weights @ means  # (D,)


def cases(rng: torch.Generator) -> list[tuple]:
    return [
        (normal(rng, 1, 3), torch.tensor([7])),
        (normal(rng, 2, 3), torch.tensor([32, 32])),
        (normal(rng, 3, 4), torch.tensor([32, 32, 5])),
        (normal(rng, 4, 1), torch.tensor([1, 2, 3, 10])),
    ]


class Properties:
    def it_is_the_mean_over_all_rows(f, rng):
        rows, counts = normal(rng, 10, 2), torch.tensor([6, 3, 1])
        means = torch.stack([part.mean(0) for part in rows.split(counts.tolist())])
        gap = float((f(means, counts) - rows.mean(0)).abs().max())
        if not gap < 1e-9:
            raise Fails(
                f"10 rows split 6 + 3 + 1: your mean differs from that of all rows by {gap:.3g}."
            )

    def equal_gradients_stay_what_they_are(f, rng):
        got = f(torch.ones(3, 2).double(), torch.tensor([4, 4, 4]))
        if not (got - 1).abs().max() < 1e-9:
            raise Fails(
                f"where all processes have the gradient 1, the mean is 1; you return {got.tolist()}."
            )


class Mistakes:
    @named("summed instead of averaged", see="82, bug 2")
    def summed_instead_of_averaged(means, counts):
        """You add the processes' gradients: with N processes that is a learning rate N times as
        large. An all-reduce sums; the division is yours."""
        return means.sum(0)

    def mean_of_means(means, counts):
        """Every process counts the same in your mean, also one that had five rows. It is right for
        equal shares only; weight each process by its rows."""
        return means.mean(0)

    @named("weighted, not divided")
    def weighted_not_divided(means, counts):
        """You return the sum over all rows. Divide by how many rows there are."""
        return counts.to(means.dtype) @ means

    def divided_by_the_processes(means, counts):
        """You weight by rows and divide by processes. Divide by the sum of the weights."""
        return counts.to(means.dtype) @ means / len(means)

    def divided_twice(means, counts):
        """Right, and then divided by N once more: a loss that was already a mean is divided again.
        The gradient shrinks as processes are added."""
        return combine(means, counts) / len(means)

    @named("first process only", see="82, bug 1")
    def first_process_only(means, counts):
        """You return the gradient of process 0: the others work for nothing."""
        return means[0]
