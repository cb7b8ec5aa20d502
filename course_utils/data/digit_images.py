"""Handwritten digits: MNIST-5k at 28x28 or 16x16, and scikit-learn's 8x8 set."""

import gzip
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.data.files import DataError, datasets, locate

SPLIT_SEED = 2014  # fixed for good: every lesson and every judge must share the test digits


@dataclass(frozen=True)
class Digits:
    """Digits with their labels, split once and for all.

    x_train, x_test: (N, 1, size, size) float32 in [0, 1], 0 is paper and 1 is ink.
    y_train, y_test: (N,) long, 0..9.
    """

    x_train: Tensor
    y_train: Tensor
    x_test: Tensor
    y_test: Tensor

    @property
    def size(self) -> int:
        """Pixels along one side."""
        return self.x_train.shape[-1]


def digits(size: int = 28) -> Digits:
    """Load digits from an installed package, offline.

    size: 28 or 16 (MNIST-5k: 4000 train, 1000 test; 16 is an antialiased resize of 28) or 8
    (scikit-learn's digits: 1437 train, 360 test). The split is stratified and never changes.
    Raises ValueError for another size, DataError if the file is missing, cut short or altered.
    """
    if size == 8:
        x, y = _read("digits_8x8", side=8, white=16)
        return _split(x, y, n_test_per_class=36)
    if size in (16, 28):
        x, y = _read("mnist_5k", side=28, white=255)
        if size == 16:
            x = F.interpolate(x, size=(16, 16), mode="bilinear", antialias=True).clamp(0, 1)
        return _split(x, y, n_test_per_class=100)
    raise ValueError(f"digits come in size 28, 16 or 8, got {size!r}")


def _read(name: str, *, side: int, white: int) -> tuple[Tensor, Tensor]:
    """Read rows of side*side pixels and a label. Returns x (N, 1, side, side) in [0, 1] and y."""
    path = locate(name)
    with gzip.open(path, "rt") as lines:
        rows = np.loadtxt(lines, delimiter=",", dtype=np.uint8)
    expected = (datasets()[name].rows, side * side + 1)
    if rows.shape != expected:
        raise DataError(f"{name}: read a table of {rows.shape}, expected {expected}")
    x = torch.from_numpy(rows[:, :-1].astype(np.float32) / white).reshape(-1, 1, side, side)
    return x, torch.from_numpy(rows[:, -1].astype(np.int64))


def _split(x: Tensor, y: Tensor, *, n_test_per_class: int) -> Digits:
    """Split per class with the fixed seed; both halves come out shuffled."""
    rng = torch.Generator().manual_seed(SPLIT_SEED)
    order = torch.randperm(len(y), generator=rng)
    x, y = x[order], y[order]
    rank = torch.zeros_like(y)  # how many of the same class came before
    for digit in range(10):
        mine = y == digit
        rank[mine] = torch.arange(int(mine.sum()))
    halves = []
    for half in (rank >= n_test_per_class, rank < n_test_per_class):
        # the classes do not reach their quota at the same time: shuffle each half once more
        rows = half.nonzero()[:, 0]
        rows = rows[torch.randperm(len(rows), generator=rng)]
        halves += [x[rows], y[rows]]
    return Digits(*halves)
