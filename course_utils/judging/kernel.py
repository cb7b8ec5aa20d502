"""A kernel distance between two sets: MMD with a Gaussian kernel."""

import torch
from torch import Tensor

from course_utils.judging.inputs import as_two_sets, squared_distances

FOR_MEDIAN = 2000  # points of each set are plenty for a median, and bound the memory


@torch.no_grad()
def median_distance(x: Tensor, y: Tensor) -> float:
    """Return the median Euclidean distance over the pooled points, the usual kernel width.

    x: (N, ...), y: (M, ...), the first 2,000 of each. Distances of a point to itself are left
    out. Raises ValueError for unusable sets, or where more than half of all distances are 0.
    """
    a, b = as_two_sets(x, y, names=("x", "y"))
    points = torch.cat([a[:FOR_MEDIAN], b[:FOR_MEDIAN]])
    rows, columns = torch.triu_indices(len(points), len(points), offset=1)
    median = squared_distances(points, points)[rows, columns].median().sqrt().item()
    if median == 0:
        raise ValueError("more than half of all points coincide: pass a bandwidth yourself")
    return median


@torch.no_grad()
def mmd2(x: Tensor, y: Tensor, *, bandwidth: float | None = None, biased: bool = False) -> float:
    """Return the squared maximum mean discrepancy with the kernel exp(-|x-y|^2 / (2 bandwidth^2)).

    x: (N, ...), y: (M, ...), N, M >= 2. Unbiased by default (Gretton et al. 2012, J. Mach. Learn.
    Res. 13, eq. 3), so it scatters around 0, below it too, where the distributions agree;
    ``biased`` (eq. 5) is never negative. bandwidth: in the unit of x, by default the median
    distance; fix it wherever several figures are to be compared.
    Raises ValueError for unusable sets or a bandwidth <= 0.
    """
    a, b = as_two_sets(x, y, names=("x", "y"))
    if bandwidth is None:
        bandwidth = median_distance(a, b)
    if not bandwidth > 0:
        raise ValueError(f"bandwidth must be > 0, in the unit of x, got {bandwidth}")

    def gaussian(u: Tensor, v: Tensor) -> Tensor:
        return (-squared_distances(u, v) / (2 * bandwidth**2)).exp()

    return _discrepancy(a, b, gaussian, biased=biased)


def _discrepancy(a: Tensor, b: Tensor, kernel, *, biased: bool) -> float:
    """E k(a, a') + E k(b, b') - 2 E k(a, b)."""
    within = _within(a, kernel, biased) + _within(b, kernel, biased)
    return (within - 2 * kernel(a, b).mean()).item()


def _within(a: Tensor, kernel, biased: bool) -> Tensor:
    k, n = kernel(a, a), len(a)
    if biased:
        return k.mean()
    return (k.sum() - k.diagonal().sum()) / (n * (n - 1))  # a point is not compared with itself
