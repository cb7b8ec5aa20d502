"""Scores of labels and likelihoods: accuracy, confusion matrix, Inception score, bits."""

import math

import torch
from torch import Tensor


def _labels(y_hat: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    y_hat, y = torch.as_tensor(y_hat), torch.as_tensor(y)
    if y_hat.shape != y.shape or y.ndim != 1 or len(y) == 0:
        raise ValueError(
            f"labels must be two equally long lists (N,) with N >= 1, got {tuple(y_hat.shape)} "
            f"and {tuple(y.shape)}; turn logits into labels with .argmax(-1)"
        )
    if y_hat.is_floating_point() or y.is_floating_point():
        raise ValueError("labels must be integers; turn logits into labels with .argmax(-1)")
    return y_hat.cpu(), y.cpu()


def accuracy(y_hat: Tensor, y: Tensor) -> float:
    """Return the share of equal labels. y_hat, y: (N,) integers. Raises ValueError otherwise."""
    y_hat, y = _labels(y_hat, y)
    return (y_hat == y).double().mean().item()


def confusion_matrix(y_hat: Tensor, y: Tensor, n_classes: int) -> Tensor:
    """Count (true, read) pairs: entry [i, j] = how many of class i were read as j. (K, K) long."""
    y_hat, y = _labels(y_hat, y)
    if min(y.min(), y_hat.min()) < 0 or max(y.max(), y_hat.max()) >= n_classes:
        raise ValueError(f"labels must lie in 0..{n_classes - 1}")
    counts = torch.bincount(y * n_classes + y_hat, minlength=n_classes**2)
    return counts.reshape(n_classes, n_classes)


def inception_score(probs: Tensor) -> float:
    """Return exp(E[KL(p(y|x) || p(y))]), from 1 to the number of classes.

    probs: (N, K), rows are class probabilities a classifier gives to samples (Salimans et al. 2016,
    arXiv:1606.03498, sec. 4). It never looks at real data: one sharp sample a class scores K.
    Raises ValueError unless every row is a distribution.
    """
    if not isinstance(probs, Tensor) or probs.ndim != 2 or len(probs) < 2:
        raise ValueError("probs must be a tensor (N, K) with N >= 2 rows, one a sample")
    p = probs.detach().double()
    if not torch.isfinite(p).all() or (p < 0).any() or ((p.sum(1) - 1).abs() > 1e-4).any():
        raise ValueError(
            "every row of probs must be finite, >= 0 and sum to 1; turn logits into probabilities "
            "with .softmax(-1)"
        )
    kl = torch.special.xlogy(p, p).sum(1) - torch.special.xlogy(p, p.mean(0)).sum(1)
    return kl.mean().exp().item()


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
