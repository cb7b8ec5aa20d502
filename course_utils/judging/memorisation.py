"""Has the model copied? Distances to the nearest training example, against what is natural."""

from typing import NamedTuple

import torch
from torch import Tensor

from course_utils.judging.inputs import ROWS, as_points, as_two_sets, squared_distances


@torch.no_grad()
def nearest_distance(x: Tensor, reference: Tensor) -> tuple[Tensor, Tensor]:
    """Return the Euclidean distance of each x to its nearest reference point, and its index.

    x: (N, ...), reference: (M, ...) of the same trailing shape -> (N,) float32, (N,) long.
    A generator whose samples lie much nearer to the training set than fresh data do has copied.
    Raises ValueError for empty sets, NaN, or shapes that differ.
    """
    a, b = as_two_sets(x, reference, names=("x", "reference"), least=1)
    index = torch.cat([squared_distances(part, b).argmin(1) for part in a.split(ROWS)])
    distance = (a - b[index]).norm(dim=1)  # anew and exactly: a copy is at distance 0
    return distance.float(), index


class Memorisation(NamedTuple):
    """What :func:`memorisation_test` found."""

    nearer: float  # P(a sample lies nearer to the training set than a test example does), 0..1
    p_value: float  # of "samples are no nearer than test examples", one-sided
    n_copies: int  # samples nearer to a training example than any test example is


def memorisation_test(samples: Tensor, train: Tensor, test: Tensor) -> Memorisation:
    """Test whether samples lie nearer to the training set than fresh data of the same kind do.

    samples: (N, ...), train: (M, ...), test: (K, ...) that the model never saw. Both samples and
    test examples look for their nearest training example; the two lists of distances are compared
    by rank (Meehan et al. 2020, arXiv:2004.05675; Mann-Whitney). ``nearer`` is 0.5 for a perfect
    model, near 1 for one that copies, and near 0 for one whose samples are unlike any data: a
    small p-value says "copied", a large one does not say "good".
    Raises ValueError for unusable sets.
    """
    from scipy.stats import mannwhitneyu

    for name, points in (("samples", samples), ("train", train), ("test", test)):
        as_points(points, name=name)
    of_samples = nearest_distance(samples, train)[0].double()
    of_test = nearest_distance(test, train)[0].double()
    result = mannwhitneyu(of_samples.cpu(), of_test.cpu(), alternative="less")
    nearer = 1 - result.statistic / (len(of_samples) * len(of_test))
    copies = int((of_samples < of_test.min()).sum())
    return Memorisation(float(nearer), float(result.pvalue), copies)
