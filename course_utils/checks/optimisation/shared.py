"""What several exercises of lesson 13 use."""

import torch
from torch import Tensor


def _positive(rng: torch.Generator, *shape: int) -> Tensor:
    return 0.1 + torch.rand(*shape, generator=rng, dtype=torch.double)


def adam_step_reference(
    w: Tensor,
    grad: Tensor,
    m: Tensor,
    v: Tensor,
    step: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Tensor, Tensor, Tensor]:
    """One step of Adam (Kingma and Ba 2014, arXiv:1412.6980, algorithm 1).

    w, grad, m, v: any shape, m and v are the running means of grad and grad^2 so far; step counts
    from 1 -> (new w, new m, new v); m and v are kept without the correction.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**step)  # the mean started at 0: undo that
    v_hat = v / (1 - beta2**step)
    return w - lr * m_hat / (v_hat.sqrt() + eps), m, v
