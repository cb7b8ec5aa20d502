import math

import pytest
import torch

from course_utils.maths import diffusion
from course_utils.maths.diffusion import Schedule, cosine_schedule, linear_schedule


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


SHORT = linear_schedule(20, 0.01, 0.3)


def test_the_closed_form_is_the_chain():
    x_0 = torch.tensor([1.5, -2.0], dtype=torch.double).repeat(50_000, 1)
    x, generator = x_0.clone(), rng()
    for t in range(12):
        beta = SHORT.betas[t]
        eps = torch.randn(x.shape, generator=generator, dtype=torch.double)
        x = (1 - beta).sqrt() * x + beta.sqrt() * eps
    left = SHORT.alpha_bars[11]
    assert torch.allclose(x.mean(0), left.sqrt() * x_0[0], atol=4 / math.sqrt(50_000))
    assert torch.allclose(x.var(0), 1 - left, atol=0.02)


def test_noising_and_solving_for_x_0_are_inverse():
    x_0, eps = torch.randn(2, 5, 1, 4, 4, generator=rng(), dtype=torch.double)
    t = torch.tensor([0, 3, 7, 12, 19])
    x_t = diffusion.q_sample(x_0, t, eps, SHORT)
    assert torch.allclose(diffusion.predict_x_0(x_t, t, eps, SHORT), x_0, atol=1e-12)


@pytest.mark.parametrize("t", [1, 5, 19])
def test_the_posterior_is_bayes_on_a_grid(t):
    x_0, x_t = 0.7, -0.4
    grid = torch.linspace(-8, 8, 40_001, dtype=torch.double)
    before, beta = SHORT.alpha_bars[t - 1], SHORT.betas[t]
    log_prior = -0.5 * (grid - before.sqrt() * x_0) ** 2 / (1 - before)
    log_like = -0.5 * (x_t - (1 - beta).sqrt() * grid) ** 2 / beta
    p = (log_prior + log_like).softmax(0)
    mean = (p * grid).sum()
    one = torch.ones(1, 1, dtype=torch.double)
    m, v = diffusion.posterior(x_0 * one, x_t * one, torch.tensor([t]), SHORT)
    assert m.item() == pytest.approx(mean.item(), abs=1e-6)
    assert v.item() == pytest.approx((p * (grid - mean) ** 2).sum().item(), abs=1e-6)


def test_the_last_step_adds_no_noise():
    x_0, x_t = torch.randn(2, 3, 2, generator=rng())
    mean, variance = diffusion.posterior(x_0, x_t, torch.zeros(3, dtype=torch.long), SHORT)
    assert torch.allclose(mean, x_0, atol=1e-6)
    assert (variance == 0).all()


def exact_net(schedule, mean, var):
    """The best prediction of the noise where the data is N(mean, var)."""

    def net(x_t, t):
        left = diffusion.at(schedule.alpha_bars, t, x_t)
        return (1 - left).sqrt() * (x_t - left.sqrt() * mean) / (left * var + 1 - left)

    return net


def test_sampling_with_the_exact_net_reaches_the_data():
    mean, var = 2.0, 0.25
    x = diffusion.ancestral_sample(exact_net(SHORT, mean, var), (20_000, 1), SHORT, generator=rng())
    assert x.mean().item() == pytest.approx(mean, abs=0.03)
    assert 0.1 < x.var().item() < 0.3  # few, coarse steps with the smaller variance: a little low


def test_many_small_steps_reach_the_variance_too():
    fine = cosine_schedule(400)
    x = diffusion.ancestral_sample(exact_net(fine, 2.0, 0.25), (20_000, 1), fine, generator=rng())
    assert x.mean().item() == pytest.approx(2.0, abs=0.03)
    assert x.var().item() == pytest.approx(0.25, abs=0.02)


def test_clipping_keeps_the_prediction_inside():
    seen = []
    x = diffusion.ancestral_sample(
        lambda x_t, t: -10 * torch.ones_like(x_t),
        (4, 3),
        SHORT,
        generator=rng(),
        clip=(-1, 1),
        on_step=lambda t, x: seen.append(t),
    )
    assert seen == list(reversed(range(20)))
    assert x.tolist() == [[1.0] * 3] * 4


def test_schedules_go_from_data_to_noise():
    for schedule in (linear_schedule(), cosine_schedule(1000), cosine_schedule(50)):
        left = schedule.alpha_bars
        assert (left.diff() < 0).all()
        assert left[0] > 0.97
        assert left[-1] < 1e-3
        assert schedule.betas.dtype == torch.double
    assert linear_schedule().betas[[0, -1]].tolist() == pytest.approx([1e-4, 0.02])
    u = (torch.arange(1, 50) / 50 + 0.008) / 1.008
    expected = (u * math.pi / 2).cos() ** 2 / math.cos(0.008 / 1.008 * math.pi / 2) ** 2
    assert cosine_schedule(50).alpha_bars[:-1].tolist() == pytest.approx(
        expected.tolist(), abs=1e-6
    )


def test_the_same_betas_in_fewer_steps_leave_signal():
    assert linear_schedule(100).alpha_bars[-1] > 0.3  # the trap the docstring names
    assert linear_schedule(100, 1e-3, 0.2).alpha_bars[-1] < 1e-4


@pytest.mark.parametrize(
    "betas",
    [torch.tensor([0.1]), torch.tensor([0.1, 1.0]), torch.tensor([0.0, 0.1]), torch.ones(2, 2) / 2],
)
def test_impossible_schedules_get_a_sentence(betas):
    with pytest.raises(ValueError, match="betas"):
        Schedule(betas)


def test_a_chain_of_one_step_gets_a_sentence():
    with pytest.raises(ValueError, match="at least 2"):
        cosine_schedule(1)
