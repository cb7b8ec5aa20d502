import pytest
import torch

from course_utils import judging


def points(n, seed, d=8):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def test_nearest_distance_by_brute_force():
    rng = torch.Generator().manual_seed(0)
    x, reference = torch.rand(5, 1, 3, 3, generator=rng), torch.rand(7, 1, 3, 3, generator=rng)
    distance, index = judging.nearest_distance(x, reference)
    for k in range(5):
        all_distances = [(x[k] - r).square().sum().sqrt().item() for r in reference]
        assert distance[k].item() == pytest.approx(min(all_distances), rel=1e-5)
        assert index[k].item() == all_distances.index(min(all_distances))


def test_a_copy_has_distance_zero():
    x = 1000 + torch.rand(4, 6)
    distance, index = judging.nearest_distance(x, x)
    assert distance.tolist() == [0, 0, 0, 0]
    assert index.tolist() == [0, 1, 2, 3]


def test_fresh_samples_are_not_called_copies():
    p_values = []
    for seed in range(20):
        samples, train, test = (points(n, 3 * seed + k) for k, n in enumerate((100, 300, 100)))
        found = judging.memorisation_test(samples, train, test)
        assert 0.3 < found.nearer < 0.7
        p_values.append(found.p_value)
    assert 2 <= sum(p < 0.5 for p in p_values) <= 18  # the p-values are spread, not stuck


def test_copies_are_called_copies():
    train, test = points(300, 0), points(100, 1)
    noisy = train[:100] + 0.01 * points(100, 2)
    found = judging.memorisation_test(noisy, train, test)
    assert found.nearer == 1
    assert found.p_value < 1e-10
    assert found.n_copies == 100


def test_half_copied_lies_between():
    train, test = points(300, 0), points(200, 1)
    mixed = torch.cat([train[:50], points(50, 2)])
    found = judging.memorisation_test(mixed, train, test)
    assert 0.65 < found.nearer < 0.85
    assert 50 <= found.n_copies < 60


def test_samples_unlike_any_data_are_far_from_copies():
    found = judging.memorisation_test(10 + points(100, 2), points(300, 0), points(100, 1))
    assert found.nearer == 0
    assert found.p_value > 0.99
