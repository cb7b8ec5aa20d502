import pytest
import torch

from course_utils import judging


def points(n, d=2, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed)).double()


def by_the_loop(real, fake, k):
    """Precision, recall, density and coverage, ball by ball."""

    def radius(set_, i):
        return sorted((set_[i] - set_[j]).norm().item() for j in range(len(set_)) if j != i)[k - 1]

    def hits(x, centres):
        """[i][j]: x[i] lies in the ball of centres[j]."""
        r = [radius(centres, j) for j in range(len(centres))]
        return [[(u - c).norm().item() <= rj for c, rj in zip(centres, r, strict=True)] for u in x]

    fake_in_real, real_in_fake = hits(fake, real), hits(real, fake)
    precision = sum(map(any, fake_in_real)) / len(fake)
    recall = sum(map(any, real_in_fake)) / len(real)
    density = sum(map(sum, fake_in_real)) / (k * len(fake))
    covered = sum(any(row[j] for row in fake_in_real) for j in range(len(real)))
    return precision, recall, density, covered / len(real)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_all_four_are_the_double_loop(k):
    real, fake = points(30), 1.5 * points(25, seed=1) + 0.5
    found = *judging.precision_recall(real, fake, k=k), *judging.density_coverage(real, fake, k=k)
    assert found == pytest.approx(by_the_loop(real, fake, k))


def test_precision_sees_outliers_and_recall_sees_missing_modes():
    real = torch.cat([points(100), points(100, seed=1) + 20])
    half = points(100, seed=2)
    precision, recall = judging.precision_recall(real, half)
    assert precision > 0.8
    assert recall < 0.6
    both_and_noise = torch.cat([points(100, seed=3), points(100, seed=4) + 20, points(50) - 40])
    precision, recall = judging.precision_recall(real, both_and_noise)
    assert precision < 0.9
    assert recall > 0.8


def test_a_perfect_model_covers_what_theory_says():
    found = [
        judging.density_coverage(points(400, seed=k), points(400, seed=k + 50)) for k in range(5)
    ]
    density, coverage = torch.tensor(found).mean(0).tolist()
    assert density == pytest.approx(1, abs=0.05)
    assert coverage == pytest.approx(1 - 2**-5, abs=0.02)


def test_copies_lie_inside():
    x = points(50)
    assert judging.precision_recall(x, x) == (1, 1)
    assert judging.density_coverage(x, x)[1] == 1


def test_duplicated_real_points_touch_each_other():
    x = points(20).repeat(6, 1)  # every point six times: its 5 nearest lie at distance 0
    assert judging.precision_recall(x, x, k=3) == (1, 1)


def test_more_than_one_block_of_rows(monkeypatch):
    from course_utils.judging import manifold

    real, fake = points(40), points(30, seed=1)
    whole = judging.precision_recall(real, fake), judging.density_coverage(real, fake)
    monkeypatch.setattr(manifold, "ROWS", 7)
    assert (judging.precision_recall(real, fake), judging.density_coverage(real, fake)) == whole


@pytest.mark.parametrize("k", [0, -1, 30])
def test_an_impossible_k_gets_a_sentence(k):
    with pytest.raises(ValueError, match="k must be"):
        judging.precision_recall(points(30), points(40), k=k)
    with pytest.raises(ValueError, match="k must be"):
        judging.density_coverage(points(30), points(40), k=k)
