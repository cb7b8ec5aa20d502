"""Every metric of two sets says in one sentence what is wrong with its input."""

import pytest
import torch

from course_utils import judging
from course_utils.judging.inputs import squared_distances


def points(n, d=3, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def spoiled(n=30, d=3):
    x = points(n, d)
    x[n // 2, 0] = torch.nan
    return x


TWO_SETS = {
    "mmd2": judging.mmd2,
    "frechet_distance": judging.frechet_distance,
    "precision_recall": judging.precision_recall,
    "density_coverage": judging.density_coverage,
    "c2st": judging.c2st,
    "median_distance": judging.median_distance,
    "nearest_distance": judging.nearest_distance,
    "memorisation_test": lambda x, y: judging.memorisation_test(x, y, y),
}
BAD = {
    "empty": (points(0), "at least"),
    "nan": (spoiled(), "1 of 30 samples .* NaN"),
    "infinite": (points(30) / 0, "NaN or infinity"),
    "integer images": (torch.randint(256, (30, 3), dtype=torch.uint8), r"x\.float\(\) / 255"),
    "no tensor": ([[0.0, 1.0, 2.0]] * 30, "must be a tensor"),
    "numbers without an axis": (torch.rand(30), r"x\[:, None\]"),
    "no pixels": (torch.rand(30, 0), "at least"),
}


@pytest.mark.parametrize("metric", TWO_SETS.values(), ids=TWO_SETS.keys())
@pytest.mark.parametrize(("bad", "sentence"), BAD.values(), ids=BAD.keys())
def test_bad_sets_get_a_sentence(metric, bad, sentence):
    good = points(30, seed=1)
    for pair in ((bad, good), (good, bad)):
        with pytest.raises(ValueError, match=sentence):
            metric(*pair)


@pytest.mark.parametrize("name", [n for n in TWO_SETS if n not in {"frechet_distance"}])
def test_sets_of_different_shape_get_a_sentence(name):
    with pytest.raises(ValueError, match="one shape"):
        TWO_SETS[name](points(30), points(30, 4))


def test_features_of_different_width_get_a_sentence():
    with pytest.raises(ValueError, match="expected"):
        judging.frechet_distance(points(30), points(30, 4))


@pytest.mark.parametrize("name", [n for n in TWO_SETS if n != "nearest_distance"])
def test_one_sample_gets_a_sentence(name):
    with pytest.raises(ValueError, match="at least"):
        TWO_SETS[name](points(1), points(30))


@pytest.mark.parametrize("metric", TWO_SETS.values(), ids=TWO_SETS.keys())
def test_inputs_stay_as_they_were_and_take_images(metric):
    x, y = torch.rand(30, 1, 4, 4), torch.rand(25, 1, 4, 4)
    before = x.clone(), y.clone()
    metric(x.requires_grad_(), y)
    assert torch.equal(x, before[0])
    assert torch.equal(y, before[1])
    assert x.grad is None


def test_features_must_be_rows():
    with pytest.raises(ValueError, match="one row a sample"):
        judging.frechet_distance(points(30), points(30), features=lambda x: x.mean())
    with pytest.raises(ValueError, match="one row a sample"):
        judging.frechet_distance(points(30), points(30), features=lambda x: x[None])


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_distances_survive_a_far_away_origin(offset):
    a, b = points(40).double() + offset, points(50, seed=1).double() + offset
    exact = ((a[:, None] - b[None]) ** 2).sum(-1)
    assert (squared_distances(a, b) - exact).abs().max() < 1e-8
