"""Lesson 16: Squared Frechet distance of two Gaussians, |mu_x - mu_y|^2 + tr(cov_x + cov_y)"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="16, step 2", difficulty=3, minutes=8)
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
    return [
        (d(1.0), d([4.0]), d(-1.0), d([0.25])),
        (d(0.0, 1.0), d([4.0, 0.0], [0.0, 1.0]), d(1.0, 1.0), d([1.0, 0.5], [0.5, 2.0])),
        (normal(rng, 3), _cov(rng, 3, 3), normal(rng, 3), _cov(rng, 3, 4)),
        (normal(rng, 4), _cov(rng, 4, 2), normal(rng, 4), _cov(rng, 4, 1)),  # singular
    ]


def _cross(cov_x, cov_y):
    roots = []
    for cov in (cov_x, cov_y):
        values, vectors = torch.linalg.eigh(cov)
        roots.append(vectors * values.clamp(min=0).sqrt() @ vectors.T)
    return torch.linalg.svdvals(roots[0] @ roots[1]).sum()


def _means(mu_x, mu_y):
    return (mu_x - mu_y).square().sum()


def _traces(cov_x, cov_y):
    return cov_x.trace() + cov_y.trace()


def _cov(rng: torch.Generator, width: int, rank: int) -> Tensor:
    half = normal(rng, width, rank)
    return half @ half.T


class Properties:
    def known_on_a_line(f, rng):
        got = float(f(d(3.0), d([4.0]), d(0.0), d([9.0])))
        if not abs(got - 10) < 1e-6:
            raise Fails(
                f"on a line, N(3, 2²) against N(0, 3²): (3-0)² + (2-3)² = 10, you return {got:.4f}. "
                "cov holds variances."
            )

    @named("0 from itself")
    def is_0_from_itself(f, rng):
        mu, cov = normal(rng, 4), _cov(rng, 4, 4)
        got = float(f(mu, cov, mu, cov))
        if not (abs(got) < 1e-6):
            raise Fails(f"a Gaussian is at distance 0 from itself, you return {got:.4g}.")


class Mistakes:
    def root_entry_by_entry(mu_x, cov_x, mu_y, cov_y):
        """You took the root of each entry (the trace keeps the diagonal). A matrix root R has R @ R
        = C; the two agree for diagonal matrices only."""
        return (
            _means(mu_x, mu_y)
            + _traces(cov_x, cov_y)
            - 2 * (cov_x.diagonal() * cov_y.diagonal()).sqrt().sum()
        )

    @named("root of the product, entry by entry")
    def root_of_the_product_entry_by_entry(mu_x, cov_x, mu_y, cov_y):
        """You multiplied the covariances rightly, but then took the root of each entry. It has to
        be a matrix root; its trace is a sum of singular values."""
        return (
            _means(mu_x, mu_y)
            + _traces(cov_x, cov_y)
            - 2 * (cov_x @ cov_y).diagonal().clamp(min=0).sqrt().sum()
        )

    def missing_factor_2(mu_x, cov_x, mu_y, cov_y):
        """The cross term counts twice, as in (a-b)² = a² + b² - 2ab. Yours is not 0 for equal
        Gaussians."""
        return _means(mu_x, mu_y) + _traces(cov_x, cov_y) - _cross(cov_x, cov_y)

    def no_root_at_all(mu_x, cov_x, mu_y, cov_y):
        """You summed the singular values of cov_x @ cov_y. Take the roots of both first; otherwise
        units do not match (variance times variance)."""
        return (
            _means(mu_x, mu_y)
            + _traces(cov_x, cov_y)
            - 2 * torch.linalg.svdvals(cov_x @ cov_y).sum()
        )

    def means_not_squared(mu_x, cov_x, mu_y, cov_y):
        """You added the distance of the means; the formula holds its square, in the unit of a
        variance."""
        return _means(mu_x, mu_y).sqrt() + _traces(cov_x, cov_y) - 2 * _cross(cov_x, cov_y)

    def means_forgotten(mu_x, cov_x, mu_y, cov_y):
        """Where is |mu_x - mu_y|²? Two clouds of equal shape far apart would be at distance 0."""
        return _traces(cov_x, cov_y) - 2 * _cross(cov_x, cov_y)

    def covariances_taken_for_standard_deviations(mu_x, cov_x, mu_y, cov_y):
        """You compared the covariances entry by entry and squared, as if they were sigmas. On a
        line the term is (sigma_x - sigma_y)², with sigma the root of the entry."""
        return _means(mu_x, mu_y) + (cov_x - cov_y).square().sum()

    def square_root_of_the_whole(mu_x, cov_x, mu_y, cov_y):
        """That is the distance. The score called FID is its square."""
        return (_means(mu_x, mu_y) + _traces(cov_x, cov_y) - 2 * _cross(cov_x, cov_y)).sqrt()
