"""Exercise of lesson 15: the best copy of each point from k numbers."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, normal

ABOUT = About(see="15, step 8", difficulty=2, minutes=7, gradient=False)
HINTS = (
    "Centre the points. Which orthonormal directions hold most of their variance?",
    "torch.linalg.svd(x - mean, full_matrices=False)[2][:k] has the directions as rows V. "
    "Codes are (x - mean) @ V.T; the copy is mean + codes @ V.",
)


def pca_reconstruction(x: Tensor, k: int) -> Tensor:
    """Best copy of each point from k numbers: project on the k directions of largest variance.

    x: (N, D), k: int >= 1 -> (N, D), unit of x.
    """
    mean = x.mean(0)
    _, _, directions = torch.linalg.svd(x - mean, full_matrices=False)  # rows, largest first
    top = directions[:k]  # (k, D), orthonormal
    codes = (x - mean) @ top.T  # (N, k)
    return mean + codes @ top


def cases(rng):
    yield d([4.0, 1.0], [-2.0, 1.0], [1.0, 4.0]), 1  # the first direction is the first axis
    for n, width, k in ((2, 3, 1), (7, 4, 2), (5, 6, 3), (8, 3, 3)):
        yield normal(rng, n, width) + 2, k


def hard_cases(rng):
    spread = 3 * 0.8 ** torch.arange(32)
    yield 0.5 + spread * torch.randn(200, 32, generator=rng), 8


class Mistakes:
    def mean_not_subtracted(x, k):
        """You projected x itself. The first direction then points at the mean and is wasted on what
        all points share. Subtract the mean first, add it back at the end."""
        top = torch.linalg.svd(x, full_matrices=False)[2][:k]
        return x @ top.T @ top

    def mean_not_added_back(x, k):
        """Your copies are centred at 0. Add the mean again after the projection."""
        return pca_reconstruction(x, k) - x.mean(0)

    def smallest_variances_kept(x, k):
        """torch.linalg.eigh sorts ascending: the first columns are the directions of the smallest
        variance. Take the last k."""
        low = torch.linalg.eigh(torch.cov(x.T))[1][:, :k]
        return x.mean(0) + (x - x.mean(0)) @ low @ low.T

    def rows_of_the_eigenvector_matrix(x, k):
        """The eigenvectors of torch.linalg.eigh are the columns of its matrix; you took rows. (The
        rows are right for the Vh of an SVD.)"""
        rows = torch.linalg.eigh(torch.cov(x.T))[1][-k:]
        return x.mean(0) + (x - x.mean(0)) @ rows.T @ rows

    def codes_instead_of_copies(x, k):
        """You return the k numbers of each point. The decoder is missing: multiply with the
        directions again and add the mean."""
        centred = x - x.mean(0)
        return centred @ torch.linalg.svd(centred, full_matrices=False)[2][:k].T
