"""Exercise of lesson 16: the squared Frechet distance of two Gaussians."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="16, step 1", difficulty=3, minutes=8, gradient=False)
HINTS = (
    "First a root of each covariance: eigenvalues and eigenvectors (torch.linalg.eigh), root "
    "of the eigenvalues, back.",
    "vectors * values.clamp(min=0).sqrt() @ vectors.T is the root; then "
    "torch.linalg.svdvals(root_x @ root_y).sum() is the trace you need, twice.",
)


def frechet_gaussians(mu_x: Tensor, cov_x: Tensor, mu_y: Tensor, cov_y: Tensor) -> Tensor:
    """Squared Frechet distance of two Gaussians, |mu_x - mu_y|^2 + tr(cov_x + cov_y) - 2 tr root.

    mu: (F,), cov: (F, F) symmetric, may be singular -> scalar. The trace of the root of
    cov_x cov_y is the sum of the singular values of cov_x^(1/2) cov_y^(1/2).
    """

    def root(cov: Tensor) -> Tensor:
        values, vectors = torch.linalg.eigh(cov)
        return vectors * values.clamp(min=0).sqrt() @ vectors.T

    cross = torch.linalg.svdvals(root(cov_x) @ root(cov_y)).sum()
    return (mu_x - mu_y).square().sum() + cov_x.trace() + cov_y.trace() - 2 * cross


def cases(rng):
    yield d(1.0), d([4.0]), d(-1.0), d([0.25])  # on a line: 2² + (2 - 0.5)²
    yield d(0.0, 1.0), d([4.0, 0.0], [0.0, 1.0]), d(1.0, 1.0), d([1.0, 0.0], [0.0, 9.0])
    yield d(0.0, 1.0), d([2.0, 1.0], [1.0, 2.0]), d(0.5, 1.0), d([1.0, 0.5], [0.5, 2.0])
    yield *gaussian(rng, 3, 5), *gaussian(rng, 3, 4)
    yield *gaussian(rng, 4, 2), *gaussian(rng, 4, 1)  # singular


def hard_cases(rng):
    yield *gaussian(rng, 64, 20), *gaussian(rng, 64, 20)  # features of 20 pictures
    yield *gaussian(rng, 64, 500), *gaussian(rng, 64, 500)


def gaussian(rng: torch.Generator, width: int, n: int) -> tuple[Tensor, Tensor]:
    """A mean (width,) and a covariance (width, width) of rank at most n."""
    half = normal(rng, width, n) / n**0.5
    return normal(rng, width), half @ half.T


class Properties:
    def no_distance_from_itself(f, rng):
        mu, cov = gaussian(rng, 4, 6)
        close(f(mu, cov, mu, cov), 0, "a Gaussian is at distance 0 from itself, yours at {got}.")


class Mistakes:
    def root_entry_by_entry(mu_x, cov_x, mu_y, cov_y):
        """You took the root of each entry (the trace keeps the diagonal). A matrix root R has R @ R
        = C; the two agree for diagonal matrices only."""
        roots = cov_x.diagonal().sqrt() - cov_y.diagonal().sqrt()
        return (mu_x - mu_y).square().sum() + roots.square().sum()

    @named("root of the product, entry by entry")
    def root_of_the_product_entry_by_entry(mu_x, cov_x, mu_y, cov_y):
        """You multiplied the covariances rightly, but then took the root of each entry. It has to
        be a matrix root; its trace is a sum of singular values."""
        cross = (cov_x @ cov_y).diagonal().clamp(min=0).sqrt().sum()
        return (mu_x - mu_y).square().sum() + cov_x.trace() + cov_y.trace() - 2 * cross

    def trace_of_the_product_of_the_roots(mu_x, cov_x, mu_y, cov_y):
        """The product of two symmetric roots is not symmetric, so its trace is less than the sum of
        its singular values (equal only where the covariances commute)."""
        roots = []
        for cov in (cov_x, cov_y):
            values, vectors = torch.linalg.eigh(cov)
            roots.append(vectors * values.clamp(min=0).sqrt() @ vectors.T)
        outside = (mu_x - mu_y).square().sum() + cov_x.trace() + cov_y.trace()
        return outside - 2 * (roots[0] @ roots[1]).trace()

    def missing_factor_2(mu_x, cov_x, mu_y, cov_y):
        """The cross term counts twice, as in (a-b)² = a² + b² - 2ab. Yours is not 0 for equal
        Gaussians."""
        outside = (mu_x - mu_y).square().sum() + cov_x.trace() + cov_y.trace()
        return (outside + frechet_gaussians(mu_x, cov_x, mu_y, cov_y)) / 2

    def means_not_squared(mu_x, cov_x, mu_y, cov_y):
        """You added the distance of the means; the formula holds its square, in the unit of a
        variance."""
        return (mu_x - mu_y).norm() + frechet_gaussians(mu_x, cov_x, mu_x, cov_y)
