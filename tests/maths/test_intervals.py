import numpy as np
import pytest
import torch
from scipy import stats

from course_utils import interval, std_error, wilson
from course_utils.maths.checking import fisher, newcombe, ratio_interval

VALUES = [1.0, 2.0, 4.0, 8.0]


def test_std_error_is_scipys():
    assert std_error(torch.tensor(VALUES)) == pytest.approx(stats.sem(VALUES), rel=1e-12)


def test_interval_is_scipys():
    expected = stats.t.interval(0.9, 3, loc=np.mean(VALUES), scale=stats.sem(VALUES))
    assert interval(VALUES, level=0.9) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("k", "n"), [(0, 10), (3, 10), (10, 10), (499, 500)])
def test_wilson_is_scipys(k, n):
    expected = stats.binomtest(k, n).proportion_ci(method="wilson")
    assert wilson(k, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_the_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(0)
    hits = 0
    for row in rng.normal(size=(2000, 5)):
        low, high = interval(row)
        hits += low <= 0 <= high
    assert 0.935 < hits / 2000 < 0.965


@pytest.mark.parametrize("values", [[], [1.0], [1.0, float("nan")], [1.0, float("inf")]])
def test_useless_values_get_a_sentence(values):
    for function in (std_error, interval):
        with pytest.raises(ValueError, match=r"needs at least 2|NaN or infinite"):
            function(values)


@pytest.mark.parametrize(("k", "n"), [(1, 0), (-1, 5), (6, 5)])
def test_impossible_shares_get_a_sentence(k, n):
    with pytest.raises(ValueError, match="successes"):
        wilson(k, n)


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_is_a_share(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        interval(VALUES, level=level)


def test_wilson_reaches_its_ends_exactly():
    for n in (1, 7, 1621, 10_000):  # rounding alone stops short of 1 at some of these
        assert wilson(n, n)[1] == 1.0
        assert wilson(0, n)[0] == 0.0
        assert 0 < wilson(n, n)[0] < 1


def test_a_ratio_is_a_difference_of_logarithms():
    ours, baseline = np.array(VALUES), np.array([2.0, 1.0, 5.0, 4.0])
    logs = np.log(ours / baseline)
    expected = stats.t.interval(0.9, 3, loc=logs.mean(), scale=stats.sem(logs))
    found = ratio_interval(torch.tensor(ours), baseline, level=0.9)
    assert found == pytest.approx(np.exp(expected), rel=1e-12)
    low, high = ratio_interval(baseline, ours, level=0.9)  # the sides exchanged
    assert (1 / high, 1 / low) == pytest.approx(found, rel=1e-12)


def test_newcombe_is_the_published_table():
    """Newcombe 1998, table II, method 10, examples (a) and (d)."""
    assert newcombe((56, 70), (48, 80)) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe((9, 10), (3, 10)) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert newcombe((10, 10), (0, 10))[1] == 1.0
    low, high = newcombe((5, 20), (7, 30))
    assert newcombe((7, 30), (5, 20)) == pytest.approx((-high, -low), abs=1e-12)


def test_fisher_is_scipys():
    x, y = np.random.default_rng(0).normal(size=(2, 12))
    found = stats.pearsonr(x, x + y)
    expected = found.confidence_interval(0.9)
    assert fisher(found.statistic, 12, level=0.9) == pytest.approx(expected, rel=1e-12)


def cover(draw, truth, n=2000):
    """Share of n simulated intervals that hold the truth. draw(rng) -> (low, high)."""
    rng = np.random.default_rng(0)
    spans = [draw(rng) for _ in range(n)]
    return np.mean([low <= truth <= high for low, high in spans])


def test_the_other_intervals_cover_as_often_as_they_say():
    def ratio(rng):
        return ratio_interval(2 * np.exp(rng.normal(size=5)), np.exp(rng.normal(size=5)))

    def shares(rng):
        return newcombe((rng.binomial(80, 0.9), 80), (rng.binomial(60, 0.7), 60))

    def correlation(rng):
        x, noise = rng.normal(size=(2, 30))
        return fisher(np.corrcoef(x, 0.6 * x + 0.8 * noise)[0, 1], 30)

    for draw, truth in ((ratio, 2), (shares, 0.2), (correlation, 0.6)):
        assert 0.935 < cover(draw, truth) < 0.965, draw.__name__


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ratio_interval([1.0, 0.0], [1.0, 1.0]), "positive numbers, the smallest is 0"),
        (lambda: ratio_interval([1.0, 2.0], [1.0, 1.0, 1.0]), "2 values stand over 3"),
        (lambda: ratio_interval([1.0, float("nan")], [1.0, 1.0]), "NaN"),
        (lambda: newcombe((3, 2), (1, 2)), "successes"),
        (lambda: fisher(1.0, 10), "-1 < r < 1 of at least 4 pairs"),
        (lambda: fisher(0.5, 3), "at least 4 pairs"),
    ],
)
def test_impossible_comparisons_get_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()
