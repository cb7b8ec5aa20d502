"""Samplers of diffusion models: on a bell, where the way is known."""

import math

import pytest
import torch

from course_utils.maths import sampling

SD = 0.5
ALL = (
    sampling.euler,
    sampling.heun,
    sampling.multistep,
    sampling.multistep_x_0,
    sampling.ancestral,
    sampling.sde_euler,
)


def bell(x, sigma):
    """The perfect denoiser of N(0, SD^2)."""
    return x * SD**2 / (SD**2 + sigma**2)


def start(n):
    rng = torch.Generator().manual_seed(0)
    return 20 * torch.randn(n, 1, generator=rng, dtype=torch.double)


@pytest.mark.parametrize("sample", ALL, ids=lambda f: f.__name__)
def test_many_steps_draw_the_data(sample):
    torch.manual_seed(1)
    drawn = sample(bell, start(20_000), sampling.levels(300, 0.02, 20.0))
    assert drawn.std().item() == pytest.approx(SD, abs=0.02)


@pytest.mark.parametrize(
    ("sample", "order"),
    [(sampling.euler, 1), (sampling.heun, 2), (sampling.multistep, 2), (sampling.multistep_x_0, 2)],
    ids=lambda x: getattr(x, "__name__", x),
)
def test_the_order_of_the_error(sample, order):
    """Twice the steps: half the error, or a quarter."""
    x = start(20)
    exact = x * math.sqrt((SD**2 + 1) / (SD**2 + 400))
    errors = []
    for n in (40, 80):
        sigmas = sampling.levels(n, 1.0, 20.0)[:-1]
        errors.append((sample(bell, x, sigmas) - exact).abs().mean().item())
    assert math.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.2)


@pytest.mark.parametrize(("sample", "calls"), [(f, 9 if f is sampling.heun else 5) for f in ALL])
def test_calls_are_what_they_should_be(sample, calls):
    asked = []

    def counted(x, sigma):
        asked.append(sigma)
        return bell(x, sigma)

    sample(counted, start(3), sampling.levels(5, 0.02, 20.0))
    assert len(asked) == calls
    assert min(asked) > 0


@pytest.mark.parametrize("schedule", sampling.SCHEDULES)
@pytest.mark.parametrize("n", [1, 2, 9])
def test_levels_fall_from_highest_to_lowest_and_0(schedule, n):
    found = sampling.levels(n, 0.02, 20.0, schedule)
    assert len(found) == n + 1
    assert found[0] == pytest.approx(20.0)
    assert n == 1 or found[-2] == pytest.approx(0.02)
    assert found == sorted(found, reverse=True)
    assert found[-1] == 0


def test_cosine_levels_are_even_angles_and_linear_ones_even_roots():
    cosine = torch.tensor(sampling.levels(9, 0.02, 20.0, "cosine")[:-1]).double().atan()
    assert cosine.diff().std() < 1e-6
    linear = torch.tensor(sampling.levels(9, 0.02, 20.0, "linear")[:-1]).double()
    assert linear.square().log1p().sqrt().diff().std() < 1e-6


@pytest.mark.parametrize("schedule", sampling.SCHEDULES)
def test_random_levels_stay_inside_and_follow_their_generator(schedule):
    one, same = (
        sampling.random_levels(5000, 0.02, 20.0, schedule, rng=torch.Generator().manual_seed(3))
        for _ in range(2)
    )
    assert torch.equal(one, same)
    assert one.dtype == torch.float32
    assert one.min() >= 0.02 - 1e-6
    assert one.max() <= 20.0 + 1e-4
    assert one.log10().std() > 0.2
