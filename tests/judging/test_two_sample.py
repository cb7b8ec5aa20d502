import pytest
import torch

from course_utils import judging


def points(n, seed, shift=0.0):
    return torch.randn(n, 3, generator=torch.Generator().manual_seed(seed)) + shift


def test_equal_distributions_cannot_be_told_apart():
    low = [judging.c2st(points(200, k), points(200, k + 50), seed=k).p_value for k in range(6)]
    assert sum(p < 0.05 for p in low) <= 2


def test_a_shift_is_found_at_about_the_best_possible_rate():
    found = judging.c2st(points(600, 0), points(600, 1, shift=1.0))
    # the best rule for two unit Gaussians sqrt(3) apart is right with probability Phi(sqrt(3) / 2)
    best = torch.distributions.Normal(0.0, 1.0).cdf(torch.tensor(3**0.5 / 2)).item()
    assert found.interval[0] - 0.02 < best < found.interval[1] + 0.04
    assert found.p_value < 1e-10
    assert found.n_test == 600


def test_the_larger_set_is_cut_so_that_one_half_is_chance():
    found = judging.c2st(points(60, 0), points(600, 1))
    assert found.n_test == 60
    assert found.accuracy < 0.75  # "always say fake" would reach 0.91 without the cut


def test_the_seed_decides():
    x, y = points(80, 0), points(80, 1, shift=0.3)
    assert judging.c2st(x, y, seed=3) == judging.c2st(x, y, seed=3)


def test_any_classifier_can_be_the_judge():
    from sklearn.neighbors import KNeighborsClassifier

    found = judging.c2st(
        points(100, 0), points(100, 1, shift=4.0), classifier=KNeighborsClassifier()
    )
    assert found.accuracy > 0.95


def test_few_samples_get_a_sentence():
    with pytest.raises(ValueError, match="at least 20"):
        judging.c2st(points(19, 0), points(50, 1))
