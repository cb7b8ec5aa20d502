import pytest
import torch

from course_utils.models.vae import VAE, VAEConfig


@pytest.mark.parametrize("b", [1, 3])
def test_shapes(b):
    net = VAE(VAEConfig(z_dim=5, n_hidden=2))
    mu, logvar = net.encode(torch.rand(b, 1, 16, 16))
    assert mu.shape == logvar.shape == (b, 5)
    assert net.decode(mu).shape == (b, 256)
    assert net.decode(torch.randn(7, b, 5)).shape == (7, b, 256)


def test_examples_do_not_mix():
    net, x = VAE(), torch.rand(4, 256)
    alone = torch.cat([net.encode(row[None])[0] for row in x])
    assert torch.allclose(net.encode(x)[0], alone, atol=1e-6)


def test_the_sizes_of_the_classic_example():
    # 784-400-20: 784 * 400 + 400, 400 * 40 + 40, 20 * 400 + 400, 400 * 784 + 784
    net = VAE(VAEConfig(x_dim=784, z_dim=20, d_hidden=400))
    assert sum(p.numel() for p in net.parameters()) == 314_000 + 16_040 + 8_400 + 314_384


@pytest.mark.parametrize("name", ["x_dim", "z_dim", "d_hidden", "n_hidden"])
def test_impossible_sizes_get_a_sentence(name):
    with pytest.raises(ValueError, match=name):
        VAEConfig(**{name: 0})
