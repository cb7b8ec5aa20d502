import math

import pytest
import torch

from course_utils import judging


def points(n, d=2, seed=0, shift=0.0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed)).double() + shift


def by_the_loop(x, y, kernel, biased):
    """MMD^2 straight from the definition, pair by pair."""

    def mean(a, b, same):
        values = [
            kernel(u, v) for i, u in enumerate(a) for j, v in enumerate(b) if not (same and i == j)
        ]
        return sum(values) / len(values)

    return mean(x, x, not biased) + mean(y, y, not biased) - 2 * mean(x, y, False)


@pytest.mark.parametrize("biased", [False, True])
def test_mmd_is_the_double_loop(biased):
    x, y, width = points(7), points(9, seed=1, shift=0.5), 0.8

    def kernel(u, v):
        return math.exp(-((u - v) ** 2).sum().item() / (2 * width**2))

    ours = judging.mmd2(x, y, bandwidth=width, biased=biased)
    assert ours == pytest.approx(by_the_loop(x, y, kernel, biased), abs=1e-12)


def test_mmd_of_two_gaussians_is_the_closed_form():
    # E k over N(a, 1), N(b, 1) with width s: s / sqrt(s^2 + 2) * exp(-(a - b)^2 / (2 (s^2 + 2)))
    s, shift = 1.3, 1.0

    def mean_kernel(gap):
        return s / math.sqrt(s * s + 2) * math.exp(-(gap**2) / (2 * (s * s + 2)))

    exact = 2 * mean_kernel(0) - 2 * mean_kernel(shift)
    values = [
        judging.mmd2(points(500, 1, 2 * k), points(500, 1, 2 * k + 1, shift), bandwidth=s)
        for k in range(20)
    ]
    spread = torch.tensor(values).std().item() / math.sqrt(20)
    assert sum(values) / 20 == pytest.approx(exact, abs=4 * spread)
    assert 4 * spread < 0.15 * exact  # the test has teeth


def test_unbiased_mmd_scatters_around_zero_and_the_biased_one_does_not():
    unbiased = [judging.mmd2(points(60, seed=k), points(60, seed=k + 100)) for k in range(20)]
    biased = [
        judging.mmd2(points(60, seed=k), points(60, seed=k + 100), biased=True) for k in range(20)
    ]
    assert min(unbiased) < 0 < max(unbiased)
    assert min(biased) > 0


def test_median_distance_is_numpys():
    import numpy as np
    from scipy.spatial.distance import pdist

    x, y = points(8), points(7, seed=1)  # 105 distances: one in the middle
    assert judging.median_distance(x, y) == pytest.approx(np.median(pdist(torch.cat([x, y]))))


def test_points_that_coincide_have_no_width():
    with pytest.raises(ValueError, match="bandwidth"):
        judging.mmd2(torch.zeros(5, 2), torch.zeros(5, 2))
    with pytest.raises(ValueError, match="> 0"):
        judging.mmd2(points(5), points(5), bandwidth=0.0)
