"""What several exercises of lesson 15 use."""

import torch
from torch import Tensor

from course_utils.exercises.spec import normal


def _simplex(rng: torch.Generator, *shape: int) -> Tensor:
    return normal(rng, *shape).softmax(-1)
