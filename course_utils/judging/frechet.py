"""The Frechet distance between two sets: both replaced by the Gaussians of their features."""

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.judging.inputs import as_points, through


def frechet_distance(
    x: Tensor, y: Tensor, *, features: Callable[[Tensor], Tensor] | None = None
) -> float:
    """Return the squared Frechet distance of the Gaussians fitted to features of x and y.

    x: (N, ...), y: (M, ...), at least 2 samples each; features: any callable (N, ...) -> (N, F),
    by default the flattened samples themselves. With Inception features it is FID (Heusel et al.
    2017, arXiv:1706.08500, eq. 6); with the course's judge, classifier-FID. Fewer samples than F
    are allowed (the covariances are then singular), but the figure is biased upwards for small N:
    compare only equal N, and give the floor of real against real beside it.
    Raises ValueError for unusable samples or features.
    """
    a = gaussian_statistics(through(features, x, name="x"))
    b = gaussian_statistics(through(features, y, name="y"))
    return frechet_from_statistics(*a, *b)


def gaussian_statistics(features: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean (F,) and covariance (F, F), divisor N - 1, in float64. features: (N, F)."""
    points = as_points(features, name="features")
    return points.mean(0), torch.cov(points.T).reshape(points.shape[1], points.shape[1])


@torch.no_grad()
def frechet_from_statistics(mu_x: Tensor, cov_x: Tensor, mu_y: Tensor, cov_y: Tensor) -> float:
    """Return |mu_x - mu_y|^2 + tr(cov_x + cov_y - 2 (cov_x cov_y)^(1/2)), never below 0.

    mu: (F,), cov: (F, F) symmetric, positive semi-definite. The trace of the root is computed as
    the sum of the singular values of cov_x^(1/2) cov_y^(1/2), the two roots by an eigen-solver for
    symmetric matrices: no root of a non-symmetric product, which fails or turns complex for
    singular covariances, and no root of a rounding error.
    Raises ValueError where shapes differ, or a matrix is not a covariance.
    """
    means = [mu.detach().double() for mu in (mu_x, mu_y)]
    covs = [cov.detach().double() for cov in (cov_x, cov_y)]
    width = means[0].numel()
    if any(mu.shape != (width,) for mu in means) or any(c.shape != (width, width) for c in covs):
        shapes = [tuple(t.shape) for t in (mu_x, cov_x, mu_y, cov_y)]
        raise ValueError(f"expected (F,), (F, F), (F,), (F, F), got {shapes}")
    root_x, root_y = (_root(cov) for cov in covs)
    cross = torch.linalg.svdvals(root_x @ root_y).sum()
    total = sum(cov.diagonal().sum() for cov in covs)
    distance = ((means[0] - means[1]) ** 2).sum() + total - 2 * cross
    return max(0.0, distance.item())


def _root(cov: Tensor) -> Tensor:
    """Symmetric square root of a positive semi-definite matrix."""
    if not torch.isfinite(cov).all():
        raise ValueError("a covariance holds NaN or infinity: find out why")
    scale = max(cov.abs().max().item(), 1e-300)
    if (cov - cov.T).abs().max() > 1e-8 * scale:
        raise ValueError("a covariance must be symmetric; compute it with gaussian_statistics")
    values, vectors = torch.linalg.eigh((cov + cov.T) / 2)
    if values.min() < -1e-6 * scale:
        raise ValueError(
            f"a covariance must be positive semi-definite, its smallest eigenvalue is "
            f"{values.min().item():.3g}"
        )
    return vectors * values.clamp_min(0).sqrt() @ vectors.T
