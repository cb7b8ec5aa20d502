"""Small generators told the label: they obey, repeat bit by bit, and a hidden label is silent."""

import pytest
import torch

from course_utils.runs.told import ToldGAN, train_diffusion, train_gan, train_vae

STEPS = {train_gan: 150, train_vae: 150, train_diffusion: 120}


def black_and_white(n=20):
    """Two classes that nobody can mistake: dark pictures (0) and bright ones (1)."""
    rng = torch.Generator().manual_seed(0)
    y = torch.arange(n) % 2
    x = 0.15 + 0.7 * y.float()[:, None, None, None] + 0.05 * torch.rand(n, 1, 16, 16, generator=rng)
    return x, y


def trained(train, n_steps, seed=0):
    made = train(*black_and_white(), n_classes=2, n_steps=n_steps, seed=seed)
    return made[0] if isinstance(made, tuple) else made


@pytest.mark.slow
@pytest.mark.parametrize("train", STEPS, ids=lambda f: f.__name__)
def test_it_draws_what_it_is_asked_for(train):
    draw = trained(train, STEPS[train])
    pictures = draw(torch.arange(40) % 2)
    assert pictures.shape == (40, 1, 16, 16)
    assert pictures.min() >= 0
    assert pictures.max() <= 1
    assert not pictures.requires_grad
    light = pictures.mean((1, 2, 3))
    assert light[1::2].min() > light[::2].max()


@pytest.mark.parametrize("train", STEPS, ids=lambda f: f.__name__)
def test_the_same_seed_gives_the_same_bits_and_another_one_does_not(train):
    one, other = (trained(train, 3)(torch.tensor([0, 1, 1])) for _ in range(2))
    assert torch.equal(one, other)
    assert not torch.equal(one, trained(train, 3, seed=1)(torch.tensor([0, 1, 1])))


@pytest.mark.parametrize("train", STEPS, ids=lambda f: f.__name__)
def test_one_picture_is_enough_to_train_on(train):
    x, y = black_and_white()
    made = train(x[:1], y[:1], n_classes=2, n_steps=2, seed=0)
    draw = made[0] if isinstance(made, tuple) else made
    assert draw(torch.zeros(1, dtype=torch.long)).shape == (1, 1, 16, 16)


def test_a_hidden_label_adds_nothing_to_the_logit_and_learns_nothing():
    x, y = black_and_white()
    hidden = torch.full_like(y, 2)
    _draw, gan = train_gan(x, torch.where(y == 0, y, hidden), n_classes=2, n_steps=5, seed=0)
    gan.eval()
    untold = gan.last(gan.body(x)).flatten()
    assert torch.equal(gan.logit(x, hidden), untold)
    assert not torch.equal(gan.logit(x, y * 0), untold)
    assert torch.equal(gan.logit(x, y * 0 + 1), untold)  # no 1 was ever told


def test_at_the_start_the_label_says_nothing():
    gan = ToldGAN(3)
    gan.eval()
    x = torch.rand(4, 1, 16, 16)
    assert torch.equal(gan.logit(x, torch.arange(4) % 3), gan.logit(x, torch.zeros(4).long()))
    assert gan.features(x).shape == (4, gan.last.weight.numel())
