"""What several exercises of lesson 54b use."""

import torch
from torch import Tensor


def _ints(rng: torch.Generator, high: int, *shape: int) -> Tensor:
    return torch.randint(high, shape, generator=rng)
