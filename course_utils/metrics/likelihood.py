"""Scores of models that can say how probable a sample is."""

import math

import torch
from torch import Tensor


def nll(log_prob: Tensor) -> float:
    """Return the negative log likelihood per example, in the unit of ``log_prob`` (nats).

    log_prob: (N,) log densities or log probabilities of held-out examples. -inf (an example the
    model calls impossible) gives inf, which is what it deserves. Raises ValueError for NaN, +inf,
    an empty list or several numbers an example.
    """
    log_prob = torch.as_tensor(log_prob).detach()
    if log_prob.ndim != 1 or len(log_prob) == 0:
        raise ValueError(
            f"log_prob is one number an example, (N,) with N >= 1, got {tuple(log_prob.shape)}; "
            "sum over pixels or tokens first"
        )
    if torch.isnan(log_prob).any() or (log_prob == math.inf).any():
        raise ValueError("log_prob holds NaN or +inf: look for log(0) - log(0) or a width of 0")
    return -log_prob.double().mean().item()


def bits_per_dim(nll_nats: float, n_dims: int, *, bin_width: float = 1.0) -> float:
    """Return bits per dimension of a negative log likelihood in nats per example.

    n_dims: pixels times channels. bin_width: the width of one quantisation step in the units the
    density lives in: 1 for probabilities of integer values or densities over 0..255; 1/256 for a
    density over data scaled to [0, 1]. A density of values that were never given their bin's
    width (dequantised) can reach any figure (Theis et al. 2015, arXiv:1511.01844, sec. 3.1).
    Raises ValueError for n_dims < 1 or bin_width <= 0.
    """
    if n_dims < 1 or not bin_width > 0:
        raise ValueError(
            f"bits_per_dim needs n_dims >= 1 and bin_width > 0, got {n_dims} and {bin_width}"
        )
    if math.isnan(nll_nats):
        raise ValueError("nll_nats is NaN: find out why before dividing it")
    return (nll_nats / n_dims - math.log(bin_width)) / math.log(2)
