from itertools import pairwise

import pytest
import torch
from torch import nn

from course_utils.models.dcgan import DCGANConfig, Discriminator, Generator


@pytest.mark.parametrize("size", [8, 16, 32, 64])
@pytest.mark.parametrize("spectral", [False, True])
def test_generator_and_discriminator_fit(size, spectral):
    config = DCGANConfig(img_size=size, in_channels=3, z_dim=7, width=4, spectral=spectral)
    x = Generator(config)(torch.randn(3, 7))
    assert x.shape == (3, 3, size, size)
    assert x.abs().max() <= 1
    assert Discriminator(config)(x).shape == (3,)


def test_one_image_at_a_time_in_eval_mode():
    config = DCGANConfig()
    gen, disc = Generator(config).eval(), Discriminator(config).eval()
    assert disc(gen(torch.randn(1, 32))).shape == (1,)


def test_the_start_is_the_papers():
    gen = Generator(DCGANConfig(width=64))
    weights = [m.weight for m in gen.modules() if isinstance(m, nn.ConvTranspose2d)]
    assert all(w.std().item() == pytest.approx(0.02, rel=0.1) for w in weights)
    scales = [m.weight for m in gen.modules() if isinstance(m, nn.BatchNorm2d)]
    assert all(s.mean().item() == pytest.approx(1, abs=0.02) for s in scales)


def test_no_bias_before_a_norm_that_would_remove_it():
    for net in (Generator(), Discriminator()):
        for layer, following in pairwise(net.body):
            if isinstance(following, nn.BatchNorm2d):
                assert layer.bias is None


def test_spectral_norm_bounds_every_layer():
    disc = Discriminator(DCGANConfig(spectral=True))
    x = torch.randn(4, 1, 16, 16)
    for _ in range(30):  # each forward in training mode is one power iteration
        disc(x)
    for layer in disc.body:
        if isinstance(layer, nn.Conv2d):
            assert torch.linalg.matrix_norm(layer.weight.flatten(1), 2).item() < 1.05
    assert not any(isinstance(m, nn.BatchNorm2d) for m in disc.modules())


@pytest.mark.parametrize("bad", [{"img_size": 28}, {"img_size": 4}, {"z_dim": 0}, {"width": -1}])
def test_impossible_sizes_get_a_sentence(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        DCGANConfig(**bad)
