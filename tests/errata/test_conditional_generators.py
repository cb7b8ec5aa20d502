"""Errata of the articles on conditional GANs: the wrong form fails, the right form passes."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal

from course_utils.checks.conditional_generators.info_bound import info_bound

MEANS = torch.tensor([-3.0, 0.0, 3.0])  # three styles on a line, standard deviation 1


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(asked):
    """An obedient generator: a picture of the style that was asked for. (B,) -> (B,)."""
    return MEANS[asked] + torch.randn(len(asked), generator=rng())


def read(x):
    """The independent classifier: the nearest style."""
    return (x[:, None] - MEANS).abs().argmin(1)


def loss_of_best_d(x, told):
    """D's loss on fakes x with the best D against reals; told: the label that stands beside each.

    The generator is known: it draws the style ``told`` as it is asked, or another one. The best D
    compares the density of the data with that of the fakes. None: D never sees a label.
    """
    if told is None:  # the mixtures of data and fakes are the same
        return F.softplus(torch.zeros_like(x)).mean()
    real = Normal(MEANS[told], 1.0).log_prob(x)
    fake = Normal(MEANS[read(x)], 1.0).log_prob(x)
    return F.softplus(real - fake).mean()


# R36: the discriminator of a conditional GAN never receives the labels


def test_r036_a_d_that_is_not_told_cannot_tell_a_disobedient_generator():
    asked = torch.arange(3000) % 3
    obedient, swapped = pictures(asked), pictures((asked + 1) % 3)
    assert (read(obedient) == asked).double().mean() > 0.85
    assert (read(swapped) == asked).double().mean() < 0.1
    untold = [loss_of_best_d(x, None) for x in (obedient, swapped)]
    assert untold[0] == untold[1]  # as printed: no loss knows the difference
    told = [loss_of_best_d(x, asked) for x in (obedient, swapped)]
    assert told[0].item() == pytest.approx(math.log(2), abs=0.15)
    assert told[1] < 0.5 * told[0]  # told: the disobedient one is found out


# R166: expressions at will, from a GAN that was never told one


def test_r166_an_untold_generator_grants_wishes_at_the_base_rate():
    share = torch.tensor([0.7, 0.2, 0.1])
    drawn = torch.multinomial(share, 30_000, replacement=True, generator=rng())
    asked = torch.multinomial(share, 30_000, replacement=True, generator=rng(1))
    base_rate = (share**2).sum().item()
    untold = (read(MEANS[drawn]) == asked).double().mean().item()
    assert untold == pytest.approx(base_rate, abs=0.01)
    assert untold < 0.6
    assert (read(MEANS[asked]) == asked).all()  # told, and obedient


# R200: InfoGAN "generates diversity and distribution"; FCN as "fully connected"


def test_r200_what_is_maximised_is_the_information_about_the_code():
    c = torch.arange(3000) % 3
    diverse = pictures(torch.randint(3, (3000,), generator=rng()))  # all styles, deaf to the code
    points = MEANS[c]  # three single points: no diversity at all
    assert diverse.var() > 4
    assert points.unique().numel() == 3

    def proved(x):
        return info_bound(-((x[:, None] - MEANS) ** 2) / 2, c).item()

    assert proved(diverse) < 0.05
    assert proved(points) == pytest.approx(math.log(3), abs=0.05)


def test_r200_a_fully_convolutional_network_takes_any_size_dense_layers_do_not():
    convolutional = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, 1, 1))
    dense = nn.Sequential(nn.Flatten(), nn.Linear(64, 4), nn.ReLU(), nn.Linear(4, 64))
    for side in (8, 12):
        assert convolutional(torch.zeros(1, 1, side, side)).shape[-1] == side
    assert dense(torch.zeros(1, 1, 8, 8)).shape == (1, 64)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        dense(torch.zeros(1, 1, 12, 12))
