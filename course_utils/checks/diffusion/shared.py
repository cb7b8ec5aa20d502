"""A short schedule whose numbers differ visibly, for the exercises of lessons 41 and 41b."""

import torch
from torch import Tensor


def rising(n: int = 6) -> Tensor:
    """Betas from 0.05 to 0.6, (n,) float64."""
    return torch.linspace(0.05, 0.6, n, dtype=torch.double)


def left(n: int = 6) -> Tensor:
    """The alpha_bars of these betas: the share of the variance that is left of the data, (n,)."""
    return (1 - rising(n)).cumprod(0)
