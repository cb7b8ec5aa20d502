"""The denoiser of pictures and its two bodies."""

import pytest
import torch

from course_utils.models.denoiser import build
from course_utils.models.dit import DiT, DiTConfig

BODIES = ("unet", "dit")


@pytest.mark.parametrize("body", BODIES)
def test_an_untrained_one_is_the_best_straight_line(body):
    net = build(body, mean=-0.7, sd=0.5)
    x = torch.randn(3, 1, 16, 16)
    sigma = torch.tensor([0.1, 1.0, 10.0])
    share = (0.25 / (0.25 + sigma**2)).view(-1, 1, 1, 1)
    torch.testing.assert_close(net(x, sigma, torch.arange(3)), -0.7 + share * (x + 0.7))


@pytest.mark.parametrize("body", BODIES)
def test_level_and_label_change_the_answer_and_a_number_is_a_level_for_all(body):
    torch.manual_seed(0)
    net = build(body, mean=0.0, sd=0.5)
    for p in net.parameters():
        p.data += 0.05 * torch.randn_like(p)
    x, y = torch.randn(1, 1, 16, 16).expand(3, 1, 16, 16), torch.tensor([1, 1, 2])
    net.eval()
    with torch.no_grad():
        same = net(x, 1.0, y)
        torch.testing.assert_close(same, net(x, torch.ones(3), y))
        torch.testing.assert_close(same[0], same[1])
        assert (same[0] - same[2]).abs().max() > 1e-3
        clock = net.body(x, torch.tensor([0.1, 0.9, 0.9]), y)
    assert (clock[0] - clock[1]).abs().max() > 1e-3


@pytest.mark.parametrize("body", BODIES)
def test_it_learns_one_batch(body):
    torch.manual_seed(0)
    net = build(body, mean=0.0, sd=0.5)
    x_0, sigma, y = 0.5 * torch.randn(4, 1, 16, 16), torch.ones(4), torch.arange(4)
    x = x_0 + torch.randn_like(x_0)
    opt = torch.optim.AdamW(net.parameters(), lr=3e-3)
    losses = []
    for _ in range(25):
        loss = (net.weight(sigma) * (net(x, sigma, y) - x_0) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]


def test_the_weight_is_one_over_the_scale_of_the_layers():
    net = build("dit", mean=0.0, sd=0.5)
    sigma = torch.tensor([0.1, 2.0])
    scale = sigma * 0.5 / (sigma**2 + 0.25).sqrt()
    torch.testing.assert_close(net.weight(sigma).flatten(), 1 / scale**2)


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="does not divide img_size"):
        DiTConfig(img_size=15)
    with pytest.raises(ValueError, match="does not divide d_model"):
        DiTConfig(n_head=5)
    with pytest.raises(ValueError, match="unet"):
        build("mlp", mean=0.0, sd=1.0)
    assert DiT(DiTConfig(img_size=8))(torch.zeros(2, 1, 8, 8), torch.rand(2)).shape == (2, 1, 8, 8)
