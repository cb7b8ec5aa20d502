"""Diffusion: schedules, the closed form of the noising chain, its posterior, ancestral sampling.

Follows Ho et al. 2020 (arXiv:2006.11239), with timesteps counted 0 .. n_timesteps - 1, so that
``alpha_bars[t]`` is the share of signal variance left after step t. Tables are computed in float64.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Schedule:
    """Noise levels of a chain; made by :func:`linear_schedule` or :func:`cosine_schedule`."""

    betas: Tensor  # (n_timesteps,) float64, variance added at each step

    def __post_init__(self) -> None:
        b = self.betas
        if b.ndim != 1 or len(b) < 2 or not ((b > 0) & (b < 1)).all():
            raise ValueError("betas must be a list of at least 2 variances between 0 and 1")

    @property
    def n_timesteps(self) -> int:
        """Length of the chain."""
        return len(self.betas)

    @property
    def alphas(self) -> Tensor:
        """1 - beta: (n_timesteps,), the share of variance one step keeps."""
        return 1 - self.betas

    @property
    def alpha_bars(self) -> Tensor:
        """Products of alphas: (n_timesteps,), the share of x_0's variance left after step t."""
        return self.alphas.cumprod(0)

    @property
    def alpha_bars_before(self) -> Tensor:
        """alpha_bars one step earlier: 1 before the first step."""
        return torch.cat([torch.ones(1, dtype=torch.double), self.alpha_bars[:-1]])


def linear_schedule(
    n_timesteps: int = 1000, beta_first: float = 1e-4, beta_last: float = 0.02
) -> Schedule:
    """Return evenly rising betas (Ho et al. 2020, sec. 4), which are meant for 1,000 steps.

    A shorter chain with the same betas stops before the data is noise: scale them by
    1000 / n_timesteps. Raises ValueError if a beta leaves (0, 1).
    """
    return Schedule(torch.linspace(beta_first, beta_last, n_timesteps, dtype=torch.double))


def cosine_schedule(n_timesteps: int, s: float = 0.008, largest: float = 0.999) -> Schedule:
    """Return the betas whose alpha_bars follow a squared cosine (Nichol and Dhariwal 2021,
    arXiv:2102.09672, eq. 17), for a chain of any length."""
    if n_timesteps < 2:
        raise ValueError(f"a chain needs at least 2 timesteps, got {n_timesteps}")
    u = torch.arange(n_timesteps + 1, dtype=torch.double) / n_timesteps
    f = ((u + s) / (1 + s) * torch.pi / 2).cos() ** 2
    return Schedule((1 - f[1:] / f[:-1]).clamp(max=largest))


def at(table: Tensor, t: Tensor, x: Tensor) -> Tensor:
    """Return table[t] shaped to broadcast over x. table: (n,), t: (B,) long, x: (B, ...)."""
    values = table.to(x.device)[t].to(x.dtype)
    return values.view(-1, *[1] * (x.ndim - 1))


def q_sample(x_0: Tensor, t: Tensor, eps: Tensor, schedule: Schedule) -> Tensor:
    """Jump to timestep t at once: sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps (eq. 4).

    x_0, eps: (B, ...), t: (B,) long -> x_t (B, ...).
    """
    alpha_bar = at(schedule.alpha_bars, t, x_0)
    return alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * eps


def predict_x_0(x_t: Tensor, t: Tensor, eps_hat: Tensor, schedule: Schedule) -> Tensor:
    """Solve q_sample for x_0, given the noise. x_t, eps_hat: (B, ...), t: (B,) long -> (B, ...)."""
    alpha_bar = at(schedule.alpha_bars, t, x_t)
    return (x_t - (1 - alpha_bar).sqrt() * eps_hat) / alpha_bar.sqrt()


def posterior(x_0: Tensor, x_t: Tensor, t: Tensor, schedule: Schedule) -> tuple[Tensor, Tensor]:
    """Return mean (B, ...) and variance (B, 1, ...) of q(x_{t-1} | x_t, x_0) (eq. 6-7).

    At t = 0 the mean is x_0 and the variance 0: the last step adds no noise.
    """
    before, left = schedule.alpha_bars_before, schedule.alpha_bars
    of_x_0 = before.sqrt() * schedule.betas / (1 - left)  # (n_timesteps,), in float64
    of_x_t = schedule.alphas.sqrt() * (1 - before) / (1 - left)
    mean = at(of_x_0, t, x_t) * x_0 + at(of_x_t, t, x_t) * x_t
    return mean, at(schedule.betas * (1 - before) / (1 - left), t, x_t)


@torch.no_grad()
def ancestral_sample(
    net: Callable[[Tensor, Tensor], Tensor],
    shape: tuple[int, ...],
    schedule: Schedule,
    *,
    generator: torch.Generator,
    device: torch.device | str = "cpu",
    clip: tuple[float, float] | None = None,
    on_step: Callable[[int, Tensor], None] | None = None,
) -> Tensor:
    """Walk the chain back from noise (Ho et al. 2020, algorithm 2, with the posterior variance).

    net(x_t, t) -> eps_hat with x_t: (B, ...), t: (B,) long; shape: (B, ...); generator: on the CPU,
    so that every device gets the same noise. clip: bounds for the predicted x_0 (the range of the
    data), which keeps early steps from running away. on_step(t, x) sees x_{t-1} after each step.
    """
    x = torch.randn(shape, generator=generator).to(device)
    for step in reversed(range(schedule.n_timesteps)):
        t = torch.full((shape[0],), step, dtype=torch.long, device=device)
        x_0 = predict_x_0(x, t, net(x, t), schedule)
        if clip is not None:
            x_0 = x_0.clamp(*clip)
        mean, variance = posterior(x_0, x, t, schedule)
        z = torch.randn(shape, generator=generator).to(device)
        x = mean + variance.sqrt() * z  # the variance is 0 at the last step
        if on_step is not None:
            on_step(step, x)
    return x
