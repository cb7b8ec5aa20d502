"""Lesson 15: Best copy of each point from k numbers: project on the k directions of largest"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="15, step 8", difficulty=2, minutes=7)
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
    return [
        (d([2.0, 0.0], [0.0, 1.0], [-1.0, -2.0], [3.0, 2.5]), 1),
        (normal(rng, 1, 3), 1),
        (normal(rng, 3, 4) + 1, 1),
        (normal(rng, 12, 4) * d(3.0, 2.0, 1.0, 0.5) + 2, 2),
    ]


def _project(x: Tensor, mean: Tensor, top: Tensor) -> Tensor:
    return (x - mean) @ top.T @ top + mean


def _directions(x: Tensor) -> Tensor:
    return torch.linalg.svd(x - x.mean(0), full_matrices=False)[2]


class Properties:
    @named("k = D loses nothing")
    def k_D_loses_nothing(f, rng):
        x = normal(rng, 8, 3) + 4
        worst = float((f(x, 3) - x).abs().max())
        if not worst < 1e-8:
            raise Fails(
                f"with k = D nothing may be lost, but your copy is off by up to {worst:.3g}."
            )

    def the_error_is_the_sum_of_the_discarded_eigenvalues(f, rng):
        x = normal(rng, 20, 3) * d(3.0, 1.0, 0.3) + 4
        error = [float((f(x, k) - x).square().sum(1).mean()) for k in (1, 2)]
        if not error[0] >= error[1] - 1e-9:
            raise Fails(
                f"k = 2 must not be worse than k = 1; your errors are {error[1]:.3f}, {error[0]:.3f}."
            )
        values = torch.linalg.eigvalsh(torch.cov(x.T, correction=0))
        if not abs(error[0] - float(values[:2].sum())) < 1e-6:
            raise Fails(
                f"with k = 1 the error is the sum of the two smaller eigenvalues, "
                f"{float(values[:2].sum()):.4f}; yours is {error[0]:.4f}."
            )


class Mistakes:
    def mean_not_subtracted(x, k):
        """You projected x itself. The first direction then points at the mean and is wasted on what
        all points share. Subtract the mean first, add it back at the end."""
        return (
            x
            @ torch.linalg.svd(x, full_matrices=False)[2][:k].T
            @ torch.linalg.svd(x, full_matrices=False)[2][:k]
        )

    def mean_not_added_back(x, k):
        """Your copies are centred at 0. Add the mean again after the projection."""
        return _project(x, x.mean(0), _directions(x)[:k]) - x.mean(0)

    def smallest_variances_kept(x: Tensor, k: int):
        """torch.linalg.eigh sorts ascending: the first columns are the directions of the smallest
        variance. Take the last k."""
        _, vectors = torch.linalg.eigh((x - x.mean(0)).T @ (x - x.mean(0)))
        return _project(x, x.mean(0), vectors[:, :k].T)

    def rows_of_the_eigenvector_matrix(x: Tensor, k: int):
        """The eigenvectors of torch.linalg.eigh are the columns of its matrix; you took rows. (The
        rows are right for the Vh of an SVD.)"""
        _, vectors = torch.linalg.eigh((x - x.mean(0)).T @ (x - x.mean(0)))
        return _project(x, x.mean(0), vectors.flip(1)[:k])

    def codes_instead_of_copies(x, k):
        """You return the k numbers of each point. The decoder is missing: multiply with the
        directions again and add the mean."""
        return (x - x.mean(0)) @ _directions(x)[:k].T

    def whitened_codes(x: Tensor, k: int):
        """You divided the codes by their standard deviation and decoded them as if you had not.
        Undo every scaling before decoding."""
        codes = (x - x.mean(0)) @ _directions(x)[:k].T
        scale = codes.square().mean(0).sqrt()
        return x.mean(0) + codes / torch.where(scale > 0, scale, 1.0) @ _directions(x)[:k]
