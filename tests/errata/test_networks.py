"""Errata of the articles on networks: the wrong form fails, the right form passes."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


# R18: a view that does not look at the picture


def test_r018_a_batch_of_64_colour_images_does_not_fit():
    x = torch.zeros(64, 3, 32, 32)
    with pytest.raises(RuntimeError, match="invalid for input of size"):
        x.view(-1, 1, 28, 28)


def test_r018_with_49_images_it_fits_and_mixes_them():
    number = torch.arange(49.0).reshape(49, 1, 1, 1).expand(-1, 3, 32, 32).contiguous()
    wrong = number.view(-1, 1, 28, 28)
    assert len(wrong) == 192  # 49 pictures went in
    sources = [row.unique().numel() for row in wrong.flatten(1)]
    assert max(sources) == 2  # pixels of two pictures in one
    grey = number.mean(1, keepdim=True)
    right = F.interpolate(grey, size=(28, 28), mode="bilinear", antialias=True)
    assert right.shape == (49, 1, 28, 28)
    assert all(row.unique().numel() == 1 for row in right.flatten(1).round(decimals=3))
    assert torch.equal(right[:, 0, 0, 0].round(), torch.arange(49.0))


def test_r018_only_multiples_of_49_slip_through():
    slipped = []
    for n in range(1, 150):
        try:
            torch.zeros(n, 3, 32, 32).view(-1, 1, 28, 28)
            slipped.append(n)
        except RuntimeError:
            pass
    assert slipped == [49, 98, 147]


# R26 and R28: the two updates of a GAN


def players():
    torch.manual_seed(0)
    gen = nn.Linear(2, 3)
    disc = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
    opt_disc = torch.optim.SGD(disc.parameters(), lr=0.1)
    return gen, disc, opt_disc, gen(torch.randn(5, 2))


def test_r026_a_batch_of_scores_has_no_gradient_and_its_mean_has():
    _, disc, _, fake = players()
    score = disc(fake.detach())
    assert score.shape == (5, 1)
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        F.softplus(score).backward()
    F.softplus(score).mean().backward()
    assert all(p.grad is not None and p.grad.any() for p in disc.parameters() if p.ndim)


def test_r028_the_second_walk_finds_the_graph_freed():
    _, disc, opt_disc, fake = players()
    score = disc(fake)
    F.softplus(score).mean().backward()
    opt_disc.step()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        F.softplus(-score).mean().backward()


def test_r028_keeping_the_graph_meets_changed_weights():
    _, disc, opt_disc, fake = players()
    score = disc(fake)
    F.softplus(score).mean().backward(retain_graph=True)
    opt_disc.step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        F.softplus(-score).mean().backward()


def test_r028_a_fresh_score_gives_the_gradient_of_the_updated_discriminator():
    gen, disc, opt_disc, fake = players()
    F.softplus(disc(fake.detach())).mean().backward()
    assert gen.weight.grad is None  # detached: the generator is left alone
    opt_disc.step()
    loss = F.softplus(-disc(fake)).mean()
    (expected,) = torch.autograd.grad(loss, gen.weight, retain_graph=True)
    F.softplus(-disc(fake)).mean().backward()
    assert torch.equal(gen.weight.grad, expected)
    assert gen.weight.grad.norm() > 1e-4


# R45: a leak behind a ReLU


def stacked(x: Tensor) -> Tensor:
    return F.leaky_relu(F.relu(x), 0.2)


def leaky(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.2)


def test_r045_leaky_relu_behind_relu_is_relu():
    x = torch.randn(10_000, generator=rng())
    assert torch.equal(stacked(x), F.relu(x))
    assert not torch.equal(leaky(x), F.relu(x))


@pytest.mark.parametrize(("activation", "slope"), [(stacked, 0.0), (leaky, 0.2)])
def test_r045_only_the_leak_alone_lets_a_gradient_through(activation, slope):
    x = torch.tensor([-3.0, -0.1], requires_grad=True)
    (grad,) = torch.autograd.grad(activation(x).sum(), x)
    torch.testing.assert_close(grad, torch.full((2,), slope))


def test_r045_a_dead_unit_comes_back_only_with_the_leak():
    """A unit that is negative on every input; the target wants it positive."""
    ends = {}
    for activation in (stacked, leaky):
        x = torch.randn(50, 3, generator=rng())
        w, b = torch.ones(3, requires_grad=True), torch.tensor(-20.0, requires_grad=True)
        for _ in range(100):
            loss = (activation(x @ w + b) - 1).square().mean()
            grads = torch.autograd.grad(loss, (w, b))
            w, b = ((t - g).detach().requires_grad_() for t, g in zip((w, b), grads, strict=True))
        ends[activation] = (x @ w + b > 0).double().mean().item()
    assert ends[stacked] == 0.0
    assert ends[leaky] > 0.5


# R94: layers that do not chain, a class for a layer


def test_r094_widths_must_chain():
    d, x = 8, torch.randn(2, 8, generator=rng())
    wrong = nn.Sequential(nn.Linear(d, 4 * d), nn.Linear(d, d))
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        wrong(x)
    right = nn.Sequential(nn.Linear(d, 4 * d), nn.Tanh(), nn.Linear(4 * d, d))
    assert right(x).shape == x.shape


def test_r094_a_class_is_not_a_layer():
    x = torch.randn(2, 8, generator=rng())
    act = nn.Tanh
    with pytest.raises(TypeError, match="positional argument"):
        act(x)
    assert torch.equal(act()(x), x.tanh())


# R101: a softmax without a class


def article_share(z: Tensor) -> Tensor:
    return z.exp().sum(-1) / (1 + z.exp().sum(-1))


def test_r101_the_printed_fraction_is_no_distribution_over_classes():
    z = torch.randn(200, 10, generator=rng(), dtype=torch.double)
    wrong = article_share(z)[:, None].expand(-1, 10)  # the same number for every class
    assert (wrong.sum(-1) - 1).abs().min() > 1
    right = z.exp() / z.exp().sum(-1, keepdim=True)
    torch.testing.assert_close(right.sum(-1), torch.ones(200).double())
    torch.testing.assert_close(right, z.softmax(-1))


def test_r101_its_loss_falls_and_nothing_is_learnt():
    x, y = torch.randn(300, 5, generator=rng()), torch.arange(300) % 3
    x[torch.arange(300), y] += 3
    reads = {}
    for name, loss_of in (
        ("softmax", lambda z: F.cross_entropy(z, y)),
        ("article", lambda z: -article_share(z).log().mean()),
    ):
        w, b = torch.zeros(5, 3, requires_grad=True), torch.zeros(3, requires_grad=True)
        first = loss_of(x @ w + b).item()
        for _ in range(200):
            grads = torch.autograd.grad(loss_of(x @ w + b), (w, b))
            w, b = ((t - g).detach().requires_grad_() for t, g in zip((w, b), grads, strict=True))
        assert loss_of(x @ w + b).item() < 0.5 * first
        reads[name] = ((x @ w + b).argmax(-1) == y).double().mean().item()
    assert reads["softmax"] > 0.9
    assert reads["article"] < 0.4


# R143: a shifted range is not a simpler model


def test_r143_normalising_leaves_the_parameter_count_alone_and_sets_the_range():
    x = torch.rand(20, 1, 8, 8, generator=rng())
    normalised = (x - 0.5) / 0.5
    assert normalised.min() >= -1
    assert normalised.max() <= 1
    assert normalised.min() < -0.9  # a tanh generator reaches these values, [0, 1] data never would
    assert x.min() >= 0
    torch.manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 5))
    before = sum(p.numel() for p in net.parameters())
    for batch in (x, normalised):
        net(batch)
        assert sum(p.numel() for p in net.parameters()) == before


def test_r143_the_first_layer_can_undo_it_exactly():
    x = torch.rand(20, 64, generator=rng(), dtype=torch.double)
    torch.manual_seed(0)
    raw, folded = nn.Linear(64, 5).double(), nn.Linear(64, 5).double()
    with torch.no_grad():
        assert not torch.allclose(raw(x), raw(2 * x - 1))  # the layer must be adapted ...
        folded.weight.copy_(raw.weight / 2)
        folded.bias.copy_(raw.bias + raw.weight.sum(1) / 2)
        torch.testing.assert_close(folded(2 * x - 1), raw(x))  # ... and then says the same
