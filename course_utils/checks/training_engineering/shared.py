"""What several exercises of lesson 81 use."""

from torch import Tensor


def _gap(a: Tensor, b: Tensor) -> float:
    return (a.double() - b.double()).abs().max().item()
