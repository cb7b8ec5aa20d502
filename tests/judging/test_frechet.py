import numpy as np
import pytest
import scipy.linalg
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import judging


def points(n, d, seed=0, scale=1.0):
    return scale * torch.randn(n, d, generator=torch.Generator().manual_seed(seed)).double()


def textbook(x, y):
    """The formula with a general matrix root, as most implementations compute it."""
    mu_x, mu_y = x.mean(0).numpy(), y.mean(0).numpy()
    cov_x, cov_y = np.cov(x.numpy().T), np.cov(y.numpy().T)
    root = scipy.linalg.sqrtm(cov_x @ cov_y)
    return ((mu_x - mu_y) ** 2).sum() + np.trace(cov_x + cov_y - 2 * root.real)


def test_it_is_the_textbook_formula_where_that_is_well_behaved():
    x, y = points(300, 6), points(200, 6, seed=1, scale=1.7) + 0.4
    assert judging.frechet_distance(x, y) == pytest.approx(textbook(x, y), rel=1e-9)


def test_it_is_torchmetrics_with_the_same_features():
    from torchmetrics.image.fid import FrechetInceptionDistance

    class Flat(torch.nn.Module):
        num_features = 12

        def forward(self, x):
            return x.flatten(1).double() / 255

    x, y = (torch.rand(60, 3, 2, 2, generator=torch.Generator().manual_seed(k)) for k in (0, 1))
    x, y = (255 * x).byte(), (255 * y**2).byte()
    theirs = FrechetInceptionDistance(feature=Flat(), input_img_size=(3, 2, 2))
    theirs.set_dtype(torch.double)
    theirs.update(x, real=True)
    theirs.update(y, real=False)
    ours = judging.frechet_distance(x, y, features=Flat())
    assert ours == pytest.approx(theirs.compute().item(), rel=1e-6)


def test_a_shift_and_a_scale_have_closed_forms():
    x = points(400, 3)
    assert judging.frechet_distance(x, x + 2) == pytest.approx(3 * 4)
    spread = torch.cov(x.T).trace().item()  # tr(S + 4 S - 2 * 2 S) = tr(S), and the means move too
    mean = x.mean(0).square().sum().item()
    assert judging.frechet_distance(x, 2 * x) == pytest.approx(spread + mean)


@pytest.mark.parametrize("n", [2, 5, 20])
def test_fewer_samples_than_features_are_no_problem(n):
    x = points(n, 64)
    assert judging.frechet_distance(x, x) == pytest.approx(0, abs=1e-10)
    y = points(n, 64, seed=1)
    distance = judging.frechet_distance(x, y)
    # exact for singular covariances: the nuclear norm of the product of the centred data
    a, b = (s - s.mean(0) for s in (x, y))
    cross = torch.linalg.matrix_norm(a @ b.T, "nuc").item() / (n - 1)
    total = (a.square().sum() + b.square().sum()).item() / (n - 1)
    mean = (x.mean(0) - y.mean(0)).square().sum().item()
    assert distance == pytest.approx(mean + total - 2 * cross, rel=1e-9)


def test_the_textbook_root_fails_where_ours_does_not():
    x, y = points(5, 64), points(5, 64, seed=1)
    ours = judging.frechet_distance(x, y)
    with np.errstate(all="ignore"):
        theirs = textbook(x, y)
    assert np.isfinite(ours)
    assert not abs(theirs - ours) < 1e-9 * ours  # nan, or wrong in the first digits


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 12), st.integers(1, 8), st.integers(0, 100), st.floats(1e-3, 1e3))
def test_it_is_a_symmetric_distance_that_scales_with_the_square(n, d, seed, scale):
    x, y = points(n, d, seed), points(n + 1, d, seed + 1)
    forth, back = judging.frechet_distance(x, y), judging.frechet_distance(y, x)
    assert forth >= 0
    assert forth == pytest.approx(back, rel=1e-8, abs=1e-10)
    scaled = judging.frechet_distance(scale * x, scale * y)
    assert scaled == pytest.approx(scale**2 * forth, rel=1e-6, abs=1e-9 * scale**2)


def test_float32_features_are_computed_in_float64():
    x = (points(500, 8) + 1000).float()  # far from the origin, where float32 loses the spread
    assert judging.frechet_distance(x, x) < 1e-6
    assert judging.gaussian_statistics(x)[1].dtype == torch.double


def test_no_gradient_is_kept():
    net = torch.nn.Linear(3, 2)
    x = torch.rand(20, 3, requires_grad=True)
    mu, cov = judging.gaussian_statistics(x)
    assert not mu.requires_grad
    assert not cov.requires_grad
    assert isinstance(judging.frechet_distance(x, x + 1, features=net), float)
    assert net.weight.grad is None


def test_one_feature_is_enough():
    x, y = points(50, 1), points(60, 1, seed=1, scale=3.0)
    exact = (x.mean() - y.mean()) ** 2 + (x.std() - y.std()) ** 2
    assert judging.frechet_distance(x, y) == pytest.approx(exact.item())


@pytest.mark.parametrize(
    ("cov", "sentence"),
    [
        (torch.tensor([[1.0, 2.0], [0.0, 1.0]]), "symmetric"),
        (torch.tensor([[1.0, 2.0], [2.0, 1.0]]), "semi-definite"),
        (torch.tensor([[torch.nan, 0.0], [0.0, 1.0]]), "NaN"),
        (torch.ones(3, 3), "expected"),
    ],
)
def test_what_is_no_covariance_gets_a_sentence(cov, sentence):
    mu = torch.zeros(2)
    with pytest.raises(ValueError, match=sentence):
        judging.frechet_from_statistics(mu, torch.eye(2), mu, cov)
