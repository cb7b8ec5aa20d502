"""Errata on generated data, balance and features: the wrong form fails, the right form passes."""

import math

import pytest
import torch
import torch.nn.functional as F
from sklearn.feature_selection import SelectKBest, f_classif
from torch import nn

from course_utils.checks.gans_for_data.affine_matrix import affine_matrix
from course_utils.checks.gans_for_data.mixed_step import mixed_step
from course_utils.models.dcgan import DCGANConfig, Discriminator, Generator


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(n=8):
    return torch.rand(n, 1, 16, 16, generator=rng())


def image_to_image():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Flatten(), nn.Linear(256, 256), nn.Sigmoid(), nn.Unflatten(1, (1, 16, 16))
    )


def from_noise():
    torch.manual_seed(0)
    return Generator(DCGANConfig(z_dim=8, width=4)).eval()


# R32: the noise is a picture


def test_r032_a_picture_in_the_place_of_noise_gives_one_output():
    net, x = image_to_image(), pictures(1)
    draws = torch.stack([net(x) for _ in range(20)])
    assert draws.var(0).max() == 0
    many = net(pictures(8).repeat(10, 1, 1, 1)).detach()
    assert len(many.flatten(1).unique(dim=0)) == 8  # no more than went in


def test_r032_noise_gives_as_many_pictures_as_you_like():
    drawn = from_noise()(torch.randn(80, 8, generator=rng())).detach()
    assert drawn.var(0).max() > 0
    assert len(drawn.flatten(1).unique(dim=0)) == 80


# R33: nothing steps


def weights(net):
    return nn.utils.parameters_to_vector(net.parameters()).clone()


def test_r033_without_backward_and_step_no_weight_moves():
    net = nn.Sequential(nn.Flatten(), nn.Linear(256, 10))
    x, y = pictures(), torch.arange(8)
    before = weights(net)
    for _ in range(5):
        F.cross_entropy(net(x), y)  # as printed: computed, and dropped
    assert torch.equal(weights(net), before)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    losses = [mixed_step(net, opt, x, y, x, y, 0.5).item() for _ in range(5)]
    assert not torch.equal(weights(net), before)
    assert losses[-1] < losses[0]


# R34: a result that hides its function


def test_r034_a_name_that_hides_its_function_stops_the_second_round():
    printed = "for x in (1.0, 2.0):\n    generator_loss = generator_loss(x)\n    seen.append(x)\n"
    mended = printed.replace("generator_loss = ", "loss = ")
    seen = []
    with pytest.raises(TypeError, match="not callable"):
        exec(printed, {"generator_loss": math.exp, "seen": seen})
    assert seen == [1.0]
    seen = []
    exec(mended, {"generator_loss": math.exp, "seen": seen})
    assert seen == [1.0, 2.0]


# R161: balanced by augmenting everything


def test_r161_augmenting_everything_leaves_the_shares():
    labels = torch.tensor([0] * 90 + [1] * 10)
    as_printed = torch.cat([labels] * 8)  # the pictures and seven changed copies of each
    assert len(as_printed) == 800
    assert as_printed.double().mean() == pytest.approx(0.10)
    mended = torch.cat([labels, torch.ones(80, dtype=torch.long)])
    assert mended.bincount().tolist() == [90, 90]


def test_r161_plus_adds_pixels_cat_appends():
    x, new = pictures(8), pictures(8)
    assert (x + new).shape == x.shape
    assert (x + new).max() > 1
    assert torch.cat([x, new]).shape == (16, 1, 16, 16)
    assert torch.cat([x, new]).max() <= 1


# R162: a knob that noise does not have


def test_r162_a_generator_of_noise_takes_no_angle_a_transform_does():
    z = torch.randn(4, 8, generator=rng())
    with pytest.raises(TypeError, match="angle"):
        from_noise()(z, angle=math.pi / 2)
    x = pictures(4)
    matrix = affine_matrix(torch.full((4,), math.pi / 2), torch.ones(4), torch.zeros(4, 2))
    grid = F.affine_grid(matrix, x.shape, align_corners=False)
    turned = F.grid_sample(x, grid, align_corners=False)
    assert torch.allclose(turned, torch.rot90(x, 1, (2, 3)), atol=1e-4)


# R164: features of G, and a selection without a question


def table(n=400):
    """Ten features of equal variance; the label is the sign of the first or of the second."""
    x = torch.randn(n, 10, generator=rng())
    return x, (x[:, 0] > 0).long(), (x[:, 1] > 0).long()


def without_labels(x, k=1):
    """As printed: the "best" features of x alone, here the k of the largest variance."""
    return x.var(0).topk(k).indices.tolist()


def test_r164_a_selection_without_labels_cannot_depend_on_the_question():
    x, first, second = table()
    assert without_labels(x) not in ([0], [1])
    for y, right in ((first, 0), (second, 1)):
        kept = SelectKBest(f_classif, k=1).fit(x.numpy(), y.numpy()).get_support()
        assert kept.tolist() == [k == right for k in range(10)]


def test_r164_adding_features_selects_none():
    x, y, _ = table()
    auxiliary = torch.randn(400, 5, generator=rng(1))
    as_printed = torch.cat([x, auxiliary], dim=1)
    assert as_printed.shape[1] > x.shape[1]
    kept = SelectKBest(f_classif, k=3).fit_transform(as_printed.numpy(), y.numpy())
    assert kept.shape[1] == 3


def test_r164_a_generator_refuses_pictures_a_discriminator_describes_them():
    x = 2 * pictures(6) - 1
    with pytest.raises(RuntimeError):
        from_noise()(x)
    disc = Discriminator(DCGANConfig(width=4)).eval()
    assert disc.body[:-1](x).flatten(1).shape == (6, 128)
