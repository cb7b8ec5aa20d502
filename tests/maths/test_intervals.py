import numpy as np
import pytest
import torch
from scipy import stats

from course_utils import interval, std_error, wilson

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
