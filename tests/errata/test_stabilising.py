"""Errata of the articles on stabilising GANs: the wrong form fails, the right form passes."""

import math

import pytest
import torch
from torch import nn

from course_utils.checks.cures_compared.mix_with_past import mix_with_past
from course_utils.checks.stabilising_gans.gradient_penalty import gradient_penalty


def normal(*shape, seed=0):
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=rng, dtype=torch.double)


REAL, FAKE = 1 + normal(400, 1, seed=1), -1 + normal(400, 1, seed=2)


def trained(loss, n_steps=400, lr=0.05):
    """A straight critic, trained with a loss of (critic, real, fake). -> critic."""
    critic = nn.Linear(1, 1).double()
    nn.init.zeros_(critic.weight)
    nn.init.zeros_(critic.bias)
    opt = torch.optim.SGD(critic.parameters(), lr)
    for _ in range(n_steps):
        opt.zero_grad()
        loss(critic, REAL, FAKE).backward()
        opt.step()
    return critic


def accuracy(critic):
    """Share of pairs in which the real point has the higher score."""
    return (critic(REAL) > critic(FAKE)).double().mean().item()


def printed(critic, real, fake):
    return critic(real).mean() - critic(fake).mean()


def turned(critic, real, fake):
    return -printed(critic, real, fake)


def with_penalty(critic, real, fake):
    t = torch.linspace(0, 1, len(real), dtype=torch.double)[:, None]
    return turned(critic, real, fake) + 10 * gradient_penalty(critic, real, fake, t)


def test_r024_the_printed_sign_ranks_fakes_above_reals():
    assert accuracy(trained(printed)) < 0.1
    assert accuracy(trained(turned)) > 0.9


def test_r025_without_a_bound_the_scores_grow_for_ever():
    slopes = [trained(turned, n_steps=n).weight.item() for n in (200, 400, 800)]
    assert slopes[1] == pytest.approx(2 * slopes[0], rel=1e-6)
    assert slopes[2] == pytest.approx(2 * slopes[1], rel=1e-6)
    bounded = [trained(with_penalty, n_steps=n).weight.item() for n in (400, 800)]
    gap = (REAL.mean() - FAKE.mean()).item()
    assert bounded == pytest.approx([1 + gap / 20] * 2, abs=1e-6)  # 1 + g / (2 lambda)


def generator_after(detach):
    """Mean score of a generator's points before and after a step of the joint optimiser."""
    torch.manual_seed(0)
    gen, critic = nn.Linear(2, 1).double(), nn.Linear(1, 1).double()
    z, frozen = normal(50, 2, seed=3), critic.weight.detach().clone()
    opt = torch.optim.SGD([*gen.parameters(), *critic.parameters()], 0.1)
    fake = gen(z)
    turned(critic, REAL, fake.detach() if detach else fake).backward()
    before = (fake @ frozen.T).mean().item()
    opt.step()
    return before, (gen(z) @ frozen.T).mean().item()


def test_r027_the_critics_loss_moves_an_attached_generator_the_wrong_way():
    before, after = generator_after(detach=False)
    assert after < before - 1e-4  # the fakes' scores fall, which is the critic's wish
    before, after = generator_after(detach=True)
    assert after == before


def test_r043_half_a_gap_is_turned_unbounded_and_saturates_behind_a_sigmoid():
    def half_a_gap(critic, real, fake):
        return printed(critic, real, fake) / 2

    assert accuracy(trained(half_a_gap)) < 0.1  # descended, it calls reals low
    slopes = [trained(half_a_gap, n_steps=n).weight.item() for n in (200, 400)]
    assert slopes[1] == pytest.approx(2 * slopes[0], rel=1e-6)  # and never comes to rest
    scores = torch.tensor([-20.0, 20.0], dtype=torch.double, requires_grad=True)
    (slope,) = torch.autograd.grad(scores.sigmoid().sum() / 2, scores)
    assert slope.max() < 1e-8  # behind a sigmoid neither player is pulled
    (slope,) = torch.autograd.grad(scores.sum() / 2, scores)
    assert slope.tolist() == [0.5, 0.5]


def best_answer(p_here, q_here):
    return p_here / (p_here + q_here)


def test_r138_minimising_the_risk_of_today_forgets_what_replay_remembers():
    past, today = torch.full((6, 1), -3.0), torch.full((4, 1), 3.0)  # the generator has moved
    rows = torch.tensor([0, 4])
    replayed, _ = mix_with_past(today, past, rows)
    p_at_past = 0.2  # the data have some mass where the generator was
    shares = [(batch < 0).double().mean().item() for batch in (today, replayed)]
    assert shares == [0.0, 0.5]
    assert best_answer(p_at_past, shares[0]) == 1.0  # empirical risk: "there, all is real"
    assert best_answer(p_at_past, shares[1]) < 0.3  # replay: "there, fakes have been seen"


def test_r149_turning_the_reals_alone_is_learnt_turning_both_is_not():
    p = torch.tensor([1.0, 0, 0, 0], dtype=torch.double)  # all digits upright
    chance = torch.tensor([0.7, 0.1, 0.1, 0.1], dtype=torch.double)  # of no, 1, 2, 3 quarter turns
    turn = torch.stack([chance.roll(k) for k in range(4)])  # row: from, column: to

    def js(a, b):
        m = (a + b) / 2
        return (torch.xlogy(a, a / m) + torch.xlogy(b, b / m)).sum().item() / 2

    assert js(p @ turn, p) > 0.1  # an upright generator is caught ...
    assert js(p @ turn, p @ turn) == pytest.approx(0, abs=1e-12)  # ... a turned one is not
    assert (p @ turn)[1:].sum() == pytest.approx(0.3)  # 3 of 10 samples are turned
    assert js(p @ turn, p @ turn @ turn) > 0.01  # both turned: now the turned one is caught
    assert torch.linalg.det(turn).abs() > 0.1  # so upright is the only solution
    evenly = torch.full((4, 4), 0.25, dtype=torch.double)
    assert js(p @ evenly, p.roll(2) @ evenly) == 0  # unless all turns are alike: 6 and 9


def test_r150_heaps_are_lost_with_exact_densities_and_no_data_to_learn_by_heart():
    angles = 2 * math.pi * torch.arange(8) / 8
    centres = 2 * torch.stack([angles.cos(), angles.sin()], 1).double()

    def log_density(x, heaps):
        square = torch.cdist(x, centres[heaps]).square()
        return torch.logsumexp(-square / (2 * 0.6**2), 1) - math.log(len(heaps))

    everywhere, crowded = list(range(8)), [0, 1, 2, 3]
    which = torch.tensor(crowded).repeat(25)
    points = centres[which] + 0.6 * normal(100, 2)
    for _ in range(300):  # follow the exact best D of this moment, which then stands still
        points = points.detach().requires_grad_()
        logit = log_density(points, everywhere) - log_density(points, crowded)
        (slope,) = torch.autograd.grad(logit.sum(), points)
        points = points + 0.02 * slope / (1e-30 + slope.norm(dim=1, keepdim=True))
    on = torch.cdist(points.detach(), centres).argmin(1)
    assert set(on.tolist()) & set(crowded) == set()  # the four heaps that it had are lost
