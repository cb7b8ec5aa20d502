"""Errata of the articles on diffusion: the wrong form fails, the right form passes."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.maths import diffusion, sampling


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def two_point_net(schedule):
    """The perfect noise prediction for data that is -1 or +1."""

    def net(x_t, t):
        left = diffusion.at(schedule.alpha_bars, t, x_t)
        guess = torch.tanh(left.sqrt() * x_t / (1 - left))
        return (x_t - left.sqrt() * guess) / (1 - left).sqrt()

    return net


def near_data(x: Tensor) -> float:
    """Share within 0.1 of -1 or +1."""
    return ((x.abs() - 1).abs() < 0.1).double().mean().item()


CHAIN = diffusion.cosine_schedule(50)


# R89: generation "adds" noise


@pytest.mark.parametrize(("sign", "reaches"), [(-1.0, False), (1.0, True)])
def test_r089_only_removing_the_predicted_noise_reaches_the_data(sign, reaches):
    net = two_point_net(CHAIN)
    x = diffusion.ancestral_sample(
        lambda x_t, t: sign * net(x_t, t), (2000, 1), CHAIN, generator=rng(), clip=(-3, 3)
    )
    assert (near_data(x) > 0.95) is reaches


# R90: x_t is "the noise", and its formula a standard deviation


def test_r090_the_chain_gives_the_closed_form_with_roots_and_not_without():
    n, last = 50_000, 20
    x, generator = torch.full((n,), 1.5, dtype=torch.double), rng()
    for beta in CHAIN.betas[: last + 1]:
        eps = torch.randn(n, generator=generator, dtype=torch.double)
        x = (1 - beta).sqrt() * x + beta.sqrt() * eps
    left = CHAIN.alpha_bars[last]
    tol = 4 / math.sqrt(n)
    assert abs(x.mean() - 1.5 * left.sqrt()) < tol
    assert abs(x.var() - (1 - left)) < 2 * tol
    assert abs(x.mean() - 1.5 * left) > tol  # the share itself is not the factor
    assert abs(x.std() - (1 - left)) > 2 * tol  # 1 - alpha_bar is a variance, not a deviation


def test_r090_x_t_holds_data_until_the_end():
    x_0, eps = torch.randn(2, 20_000, generator=rng(), dtype=torch.double)

    def with_data_and_noise(t):
        x_t = diffusion.q_sample(x_0, torch.full((20_000,), t), eps, CHAIN)
        return [torch.corrcoef(torch.stack([x_t, o]))[0, 1].item() for o in (x_0, eps)]

    data, noise = with_data_and_noise(10)
    assert data > 0.9 > noise
    data, noise = with_data_and_noise(49)
    assert abs(data) < 0.05
    assert noise > 0.99


# R91: the "sampler" is the forward step


def article_sampler(x: Tensor, generator: torch.Generator) -> Tensor:
    for beta in diffusion.linear_schedule(1000).betas.flip(0):
        x = (1 - beta).sqrt() * x + beta.sqrt() * torch.randn(x.shape, generator=generator)
    return x


def test_r091_the_articles_sampler_stays_standard_normal():
    generator = rng()
    x = article_sampler(torch.randn(20_000, 1, generator=generator), generator)
    assert abs(x.mean()) < 0.03
    assert abs(x.std() - 1) < 0.02
    assert abs((x**4).mean() - 3) < 0.3
    assert near_data(x) < 0.15


def test_r091_wherever_it_starts():
    x = article_sampler(torch.ones(20_000, 1), rng())  # even begun at the data
    assert abs(x.mean()) < 0.05
    assert near_data(x) < 0.15


def test_r091_ancestral_sampling_reaches_the_data():
    x = diffusion.ancestral_sample(two_point_net(CHAIN), (4000, 1), CHAIN, generator=rng())
    assert near_data(x) > 0.99
    assert abs((x > 0).double().mean() - 0.5) < 0.04


@pytest.mark.parametrize(("trap", "clean"), [(0.0, True), (1.0, False)])
def test_r091_noise_at_the_last_step_is_never_removed(trap, clean):
    short = diffusion.cosine_schedule(10)
    generator = rng()
    x = diffusion.ancestral_sample(two_point_net(short), (4000, 1), short, generator=generator)
    x = x + trap * short.betas[0].sqrt() * torch.randn(x.shape, generator=generator)
    assert (near_data(x) > 0.95) is clean


# R92: cross-entropy for noise


def test_r092_cross_entropy_refuses_noise_on_either_side():
    noise, inside = torch.randn(9, generator=rng()), torch.rand(9, generator=rng())
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        nn.BCELoss()(noise, inside)
    with pytest.raises(RuntimeError):
        nn.BCELoss()(inside, noise)


def test_r092_with_logits_it_has_no_floor_and_the_squared_error_has():
    target = torch.tensor(2.0)
    bce = [
        F.binary_cross_entropy_with_logits(torch.tensor(v), target).item()
        for v in (1.0, 10.0, 100.0)
    ]
    assert bce == pytest.approx([-0.69, -10, -100], abs=0.01)
    mse = [F.mse_loss(torch.tensor(v), target).item() for v in (1.0, 2.0, 10.0, 100.0)]
    assert min(mse) == mse[1] == 0


# R93: an auto-encoder under another name


class Stateless(nn.Module):
    """What the article's model amounts to: t is accepted and ignored."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 2))

    def forward(self, x, t):
        return self.layers(x)


class Timed(Stateless):
    def forward(self, x, t):
        return self.layers(x) * (1 + t[:, None] / 50)


@pytest.mark.parametrize(("model", "uses_t"), [(Stateless, False), (Timed, True)])
def test_r093_permuting_t_must_change_the_output(model, uses_t):
    torch.manual_seed(0)
    net, x, t = model(), torch.randn(5, 2, generator=rng()), torch.arange(0, 50, 10)
    assert (not torch.equal(net(x, t), net(x, t.flip(0)))) is uses_t


def test_r093_the_identity_wins_the_articles_loss_and_loses_the_right_one():
    x_0 = torch.randn(4000, 1, generator=rng(), dtype=torch.double).sign()
    eps = torch.randn(4000, 1, generator=rng(1), dtype=torch.double)
    t = torch.randint(50, (4000,), generator=rng(2))
    x_t = diffusion.q_sample(x_0, t, eps, CHAIN)
    assert F.mse_loss(x_0, x_0) == 0  # no noise in, input as target: nothing to learn
    identity, perfect = F.mse_loss(x_t, eps), F.mse_loss(two_point_net(CHAIN)(x_t, t), eps)
    assert perfect < 0.5 * identity


# R94: layers that do not chain, and a class for an object


@pytest.mark.parametrize("fits", [False, True])
def test_r094_the_second_layer_takes_what_the_first_gives(fits):
    net = nn.Sequential(nn.Linear(512, 2048), nn.Linear(2048 if fits else 512, 512))
    x = torch.zeros(3, 512)
    if fits:
        assert net(x).shape == (3, 512)
    else:
        with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
            net(x)


def test_r094_an_activation_is_an_object():
    x = torch.tensor([0.0, 1.0])
    with pytest.raises(TypeError):
        nn.Tanh(x)
    torch.testing.assert_close(nn.Tanh()(x), x.tanh())


# R95: pictures into a layer for vectors


def test_r095_colour_pictures_must_be_flattened_to_their_own_length():
    faces = torch.rand(4, 3, 32, 32, generator=rng())
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        nn.Linear(512, 64)(faces)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        nn.Linear(512, 64)(faces.flatten(1))  # flat, but 3,072 numbers
    assert nn.Linear(3 * 32 * 32, 64)(faces.flatten(1)).shape == (4, 64)


# R96: diffusion as the compute-efficient generator


@pytest.mark.parametrize(("calls", "data"), [(1, False), (20, True)])
def test_r096_one_call_draws_the_mean_and_twenty_draw_data(calls, data):
    """Where one call were enough, a sample would cost as little as a GAN's."""
    asked = []

    def perfect(x, sigma):  # for data -1 and +1
        asked.append(sigma)
        return torch.tanh(x / sigma**2)

    x = 20 * torch.randn(2000, 1, generator=rng(), dtype=torch.double)
    drawn = sampling.euler(perfect, x, sampling.levels(calls, 0.02, 20.0))
    assert len(asked) == calls
    assert (near_data(drawn) > 0.95) is data
    assert (drawn.abs().mean() < 0.1) is not data
