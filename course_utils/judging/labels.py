"""Scores of labels: accuracy and the confusion matrix."""

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
