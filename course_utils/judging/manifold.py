"""Two numbers instead of one: are samples good (precision, density), is all covered (recall,
coverage)?"""

import torch
from torch import Tensor

from course_utils.judging.inputs import ROWS, as_two_sets, squared_distances


@torch.no_grad()
def precision_recall(real: Tensor, fake: Tensor, *, k: int = 3) -> tuple[float, float]:
    """Return improved precision and recall (Kynkaanniemi et al. 2019, arXiv:1904.06991, eq. 1-3).

    Around every point of a set lies a ball that just reaches its k-th neighbour in its own set.
    Precision is the share of fakes inside some real ball, recall that of reals inside some fake
    ball. real: (N, ...), fake: (M, ...), in a feature space where distance means likeness.
    One far-away real point has a huge ball, which can welcome anything: read it beside
    :func:`density_coverage`. Raises ValueError for unusable sets or unless 1 <= k < N, M.
    """
    a, b = _sets(real, fake, k, both=True)
    return _inside_any(b, a, k), _inside_any(a, b, k)


@torch.no_grad()
def density_coverage(real: Tensor, fake: Tensor, *, k: int = 5) -> tuple[float, float]:
    """Return density and coverage (Naeem et al. 2020, arXiv:2002.09797, eq. 3-4).

    Density counts in how many real balls a fake lies, divided by k: 1 in expectation for a perfect
    model, and not bounded by 1. Coverage is the share of real balls that hold at least one fake;
    a perfect model with M = N reaches about 1 - 2^-k. Only real balls are used, so an odd fake
    cannot blow them up. real: (N, ...), fake: (M, ...).
    Raises ValueError for unusable sets or unless 1 <= k < N.
    """
    a, b = _sets(real, fake, k, both=False)
    radius2 = _radius2(a, k)
    hits, covered = 0, 0
    for part, r2 in zip(a.split(ROWS), radius2.split(ROWS), strict=True):
        inside = squared_distances(part, b) <= r2[:, None]
        hits += inside.sum().item()
        covered += inside.any(1).sum().item()
    return hits / (k * len(b)), covered / len(a)


def _sets(real: Tensor, fake: Tensor, k: int, *, both: bool) -> tuple[Tensor, Tensor]:
    a, b = as_two_sets(real, fake, names=("real", "fake"))
    if not 1 <= k < (min(len(a), len(b)) if both else len(a)):
        raise ValueError(
            f"k must be >= 1 and below the number of samples ({len(a)} real, {len(b)} fake), "
            f"got {k}"
        )
    return a, b


def _radius2(points: Tensor, k: int) -> Tensor:
    """Squared distance to the k-th neighbour in the same set, the point itself not counted. (N,)"""
    parts = []
    for start in range(0, len(points), ROWS):
        rows = torch.arange(start, min(start + ROWS, len(points)), device=points.device)
        d2 = squared_distances(points[rows], points)
        d2[torch.arange(len(rows)), rows] = torch.inf  # not itself, but a duplicate does count
        parts.append(d2.kthvalue(k, dim=1).values)
    # as much slack as the rounding of the distances, so that duplicates still touch
    spread = (points - points.mean(0)).square().sum(1).max()
    return torch.cat(parts) + 1e-14 * spread


def _inside_any(x: Tensor, centres: Tensor, k: int) -> float:
    """Share of x inside the ball of at least one centre."""
    radius2 = _radius2(centres, k)
    inside = [
        (squared_distances(part, centres) <= radius2).any(1).sum().item() for part in x.split(ROWS)
    ]
    return sum(inside) / len(x)
