"""What several exercises of lesson 53 use."""

import torch
from torch import Tensor


def _few(values: Tensor) -> str:
    return "[" + ", ".join(f"{v:.4g}" for v in values.tolist()) + "]"


def _interleave(a, b):
    return torch.stack([a, b], dim=-1).flatten(-2)
