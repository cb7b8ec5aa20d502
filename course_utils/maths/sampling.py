"""Samplers of diffusion models as plain functions ``sample(denoise, x, sigmas)``.

x = x_0 + sigma * noise; ``denoise(x, sigma)`` guesses x_0; sigmas fall, and the last one is 0. The
slope of the probability-flow ODE is (x - denoise(x, sigma)) / sigma (Karras et al. 2022,
arXiv:2206.00364, eq. 1 and 3). Lesson 42 derives them.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor

Denoise = Callable[[Tensor, float], Tensor]


def edm(share: Tensor, lowest: float, highest: float, rho: float = 7.0) -> Tensor:
    """Even steps of sigma^(1/7): short ones where the noise is low (Karras et al. 2022, eq. 5)."""
    low, high = lowest ** (1 / rho), highest ** (1 / rho)
    return (low + share * (high - low)) ** rho


def cosine(share: Tensor, lowest: float, highest: float) -> Tensor:
    """Even angles: alpha_bar = 1 / (1 + sigma^2) is a squared cosine (Nichol and Dhariwal 2021)."""
    low, high = math.atan(lowest), math.atan(highest)
    return (low + share * (high - low)).tan()


def linear(share: Tensor, lowest: float, highest: float) -> Tensor:
    """Even times of a chain whose betas rise evenly from 0 (Ho et al. 2020).

    There -log alpha_bar grows as the square of time, so that sigma^2 = exp(time^2) - 1.
    """
    low, high = (math.sqrt(math.log1p(level**2)) for level in (lowest, highest))
    return (low + share * (high - low)).square().expm1().sqrt()


SCHEDULES = {"edm": edm, "cosine": cosine, "linear": linear}


def levels(n: int, lowest: float, highest: float, schedule: str = "edm") -> list[float]:
    """n noise levels from highest to lowest, evenly along a schedule, then 0."""
    share = torch.linspace(1, 0, n, dtype=torch.double)
    return [*SCHEDULES[schedule](share, lowest, highest).tolist(), 0.0]


def random_levels(
    n: int, lowest: float, highest: float, schedule: str = "edm", *, rng: torch.Generator
) -> Tensor:
    """n noise levels to train at, float32 on the CPU.

    "edm": a bell in log sigma, around the noise at which a digit gets its shape; the others:
    evenly along the schedule.
    """
    if schedule == "edm":
        return torch.randn(n, generator=rng).exp().clamp(lowest, highest)
    return SCHEDULES[schedule](torch.rand(n, generator=rng), lowest, highest)


def euler(denoise: Denoise, x: Tensor, sigmas: Sequence[float]) -> Tensor:
    """Euler's method, which is DDIM (Song et al. 2020): one call a step."""
    for now, then in pairwise(sigmas):
        x = x + (then - now) * (x - denoise(x, now)) / now
    return x


def heun(denoise: Denoise, x: Tensor, sigmas: Sequence[float]) -> Tensor:
    """Heun's method (Karras et al. 2022, algorithm 1): two calls a step, one at the last."""
    for now, then in pairwise(sigmas):
        slope = (x - denoise(x, now)) / now
        trial = x + (then - now) * slope
        if then > 0:
            slope = (slope + (trial - denoise(trial, then)) / then) / 2
        x = x + (then - now) * slope
    return x


def multistep(denoise: Denoise, x: Tensor, sigmas: Sequence[float]) -> Tensor:
    """Adams-Bashforth of second order (Liu et al. 2022): the last slope but one for nothing."""
    before = slope_before = None
    for now, then in pairwise(sigmas):
        slope = (x - denoise(x, now)) / now
        mean = slope
        if before is not None and then > 0:
            mean = slope + (slope - slope_before) * (then - now) / (2 * (now - before))
        before, slope_before = now, slope
        x = x + (then - now) * mean
    return x


def multistep_x_0(denoise: Denoise, x: Tensor, sigmas: Sequence[float]) -> Tensor:
    """DPM-Solver++ (2M) (Lu et al. 2022): the same idea for the guess of x_0, in log sigma."""
    before = guess_before = None
    for now, then in pairwise(sigmas):
        guess = denoise(x, now)
        mean = guess
        if before is not None and then > 0:
            ratio = math.log(now / then) / math.log(before / now)
            mean = guess + (guess - guess_before) * ratio / 2
        before, guess_before = now, guess
        x = then / now * x + (1 - then / now) * mean
    return x


def ancestral(denoise: Denoise, x: Tensor, sigmas: Sequence[float], *, rng=None) -> Tensor:
    """Algorithm 2 of Ho et al. 2020 with the posterior variance, between any noise levels."""
    for now, then in pairwise(sigmas):
        kept = (then / now) ** 2  # the share of the noise, in variance, that stays
        noise = torch.randn(x.shape, generator=rng).to(x)
        guess = denoise(x, now)
        x = guess + kept * (x - guess) + then * math.sqrt(1 - kept) * noise
    return x


def sde_euler(denoise: Denoise, x: Tensor, sigmas: Sequence[float], *, rng=None) -> Tensor:
    """Euler-Maruyama on the reverse SDE (Song et al. 2021); the last step has no noise."""
    for now, then in pairwise(sigmas):
        drop = now**2 - then**2
        x = x + drop * (denoise(x, now) - x) / now**2
        if then > 0:
            x = x + math.sqrt(drop) * torch.randn(x.shape, generator=rng).to(x)
    return x
