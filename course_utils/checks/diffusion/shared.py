"""What several exercises of lesson 41 use."""

import torch
from torch import Tensor


def _betas(n: int = 6) -> Tensor:
    return torch.linspace(0.05, 0.6, n, dtype=torch.double)


def _bars(n: int = 6) -> Tensor:
    return (1 - _betas(n)).cumprod(0)


def _per_image(values: Tensor, x: Tensor) -> Tensor:
    return values.view(-1, *[1] * (x.ndim - 1))


def _far(mine: Tensor, right: Tensor, tol: float = 1e-6) -> bool:
    return mine.shape != right.shape or not bool(((mine - right).abs() <= tol).all())


def q_sample_reference(x_0: Tensor, t: Tensor, eps: Tensor, alpha_bars: Tensor) -> Tensor:
    """Jump from data to timestep t: sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps.

    x_0, eps: (B, ...), t: (B,) long, alpha_bars: (n_timesteps,) -> x_t (B, ...).
    """
    alpha_bar = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))  # (B, 1, ..., 1)
    return alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * eps
