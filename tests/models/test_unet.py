import pytest
import torch

from course_utils.models.unet import UNet, UNetConfig

SMALL = UNetConfig(img_size=8, widths=(8, 16), d_cond=16, n_groups=4)


def awake(config: UNetConfig, seed: int = 0) -> UNet:
    """A net whose zero-initialised layers say something."""
    torch.manual_seed(seed)
    net = UNet(config)
    for layer in (net.last, *(m.conv2 for m in net.modules() if hasattr(m, "conv2"))):
        torch.nn.init.normal_(layer.weight, std=0.1)
    return net


def inputs(config: UNetConfig, n: int, seed: int = 0):
    rng = torch.Generator().manual_seed(seed)
    x_t = torch.randn(n, config.in_channels, config.img_size, config.img_size, generator=rng)
    return x_t, torch.rand(n, generator=rng), torch.randint(config.n_classes, (n,), generator=rng)


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(
    "config",
    [
        SMALL,
        UNetConfig(),
        UNetConfig(img_size=28, patch=1, widths=(8, 8, 16)),
        UNetConfig(img_size=28, patch=2, widths=(8, 16)),
        UNetConfig(img_size=32, in_channels=3, widths=(8,), n_blocks=2),
        UNetConfig(img_size=16, widths=(8, 16), n_blocks=3, n_classes=1),
    ],
)
def test_the_answer_has_the_shape_of_the_image(config, n):
    x_t, t, y = inputs(config, n)
    assert UNet(config)(x_t, t, y).shape == x_t.shape


def test_gradients_reach_every_weight():
    net = awake(SMALL)
    x_t, t, _ = inputs(SMALL, 11)
    net(x_t, t, torch.arange(11)).square().sum().backward()
    silent = [k for k, p in net.named_parameters() if p.grad is None or not p.grad.any()]
    assert not silent


def test_a_fresh_net_says_zero_and_still_learns():
    torch.manual_seed(0)
    net = UNet(SMALL)
    x_t, t, y = inputs(SMALL, 8)
    assert not net(x_t, t, y).any()
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    first = None
    for _ in range(30):
        loss = (net(x_t, t, y) - x_t).square().mean()
        first = first or loss.item()
        opt.zero_grad()
        loss.backward()
        opt.step()
    assert loss.item() < 0.5 * first


def test_time_and_label_change_the_answer():
    net = awake(SMALL)
    x_t, t, y = inputs(SMALL, 3)
    out = net(x_t, t, y)
    assert not torch.allclose(out, net(x_t, (t + 0.5) % 1, y), atol=1e-4)
    assert not torch.allclose(out, net(x_t, t, (y + 1) % SMALL.n_classes), atol=1e-4)


def test_no_label_is_the_last_class():
    net = awake(SMALL)
    x_t, t, _ = inputs(SMALL, 3)
    assert SMALL.no_label == 10
    torch.testing.assert_close(net(x_t, t), net(x_t, t, torch.full((3,), 10)))


def test_images_of_a_batch_do_not_see_each_other():
    net = awake(SMALL)
    x_t, t, y = inputs(SMALL, 3)
    alone = torch.cat([net(x_t[k : k + 1], t[k : k + 1], y[k : k + 1]) for k in range(3)])
    torch.testing.assert_close(net(x_t, t, y), alone, rtol=1e-4, atol=1e-5)


def test_channels_last_gives_the_same_numbers():
    net = awake(SMALL)
    x_t, t, y = inputs(SMALL, 3)
    before = net(x_t, t, y)
    after = net.to(memory_format=torch.channels_last)(x_t, t, y)
    torch.testing.assert_close(before, after, rtol=1e-4, atol=1e-5)


def test_weights_survive_saving_without_the_constants():
    net, other = awake(SMALL, seed=0), awake(SMALL, seed=1)
    other.load_state_dict(net.state_dict())
    assert not any("frequencies" in name for name in net.state_dict())
    x_t, t, y = inputs(SMALL, 2)
    torch.testing.assert_close(net(x_t, t, y), other(x_t, t, y))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"img_size": 0}, "img_size must be >= 1, got 0"),
        ({"n_classes": 0}, "n_classes must be >= 1"),
        ({"widths": ()}, "widths must be multiples"),
        ({"widths": (48, 60)}, "multiples of n_groups = 8"),
        ({"img_size": 28, "widths": (8, 8, 8)}, "cannot be divided by 8"),
        ({"d_cond": 6}, "d_cond must be a multiple of 4"),
    ],
)
def test_impossible_sizes_get_a_sentence(bad, words):
    with pytest.raises(ValueError, match=words):
        UNetConfig(**bad)
