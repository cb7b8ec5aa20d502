"""Exercise of lesson 82: the mean over all rows from each process's mean over its own."""

import torch
from torch import Tensor

from course_utils.checks.shared import means as parts
from course_utils.checks.shared.means import Mistakes, Properties, cases
from course_utils.exercises.spec import About, normal

__all__ = ["Mistakes", "Properties", "cases"]

ABOUT = About(see="82, step 2", difficulty=2, minutes=5, gradient=False)
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


def hard_cases(rng):
    yield from parts.hard_cases(rng)
    yield normal(rng, 10, 640).float(), torch.ones(10)  # federated clients: counts are floats
