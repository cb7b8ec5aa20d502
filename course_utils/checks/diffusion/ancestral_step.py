"""Exercise of lesson 41: one step of the sampler."""

import torch
from torch import Tensor

from course_utils.checks.diffusion.shared import left, rising
from course_utils.exercises.spec import About, close, d, named, normal
from course_utils.maths.diffusion import cosine_schedule, linear_schedule

ABOUT = About(see="41, step 6", difficulty=4, minutes=10, gradient=False)
HINTS = (
    "Write the mean first: subtract beta_t / sqrt(1 - alpha_bar_t) times eps_hat, then divide "
    "by sqrt(alpha_t). t is a plain int, so `if t == 0` works.",
    "var_t = beta_t (1 - alpha_bars[t - 1]) / (1 - alpha_bars[t]) for t > 0; at t = 0 return "
    "the mean alone.",
)


def ancestral_step(x_t: Tensor, t: int, eps_hat: Tensor, z: Tensor, betas: Tensor) -> Tensor:
    """One step back from x_t to x_{t-1} (Ho et al. 2020, algorithm 2, posterior variance).

    [x_t - beta_t / sqrt(1 - alpha_bar_t) eps_hat] / sqrt(alpha_t) + sqrt(var_t) z, where
    var_t = beta_t (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t) for t > 0, and 0 at t = 0.
    x_t, eps_hat, z: (B, ...), t: int, betas: (n_timesteps,) -> (B, ...).
    """
    alpha_bars = (1 - betas).cumprod(0)
    beta, alpha, left = betas[t], 1 - betas[t], alpha_bars[t]
    mean = (x_t - beta / (1 - left).sqrt() * eps_hat) / alpha.sqrt()
    if t == 0:
        return mean  # this is the sample: no noise any more
    variance = beta * (1 - alpha_bars[t - 1]) / (1 - left)
    return mean + variance.sqrt() * z


def cases(rng):
    yield d([1.0, -2.0]), 1, d([0.5, 0.0]), d([1.0, -1.0]), d(0.36, 0.5, 0.75)
    yield d([1.0, -2.0]), 0, d([0.5, 0.0]), d([1.0, -1.0]), d(0.36, 0.5, 0.75)
    for shape, t in (((3, 2), 0), ((3, 2), 1), ((2, 1, 4, 3), 5), ((5,), 2)):
        x_t, eps_hat, z = normal(rng, 3, *shape)
        yield x_t, t, eps_hat, z, rising()


def hard_cases(rng):
    for t in (0, 1, 500, 999):
        x_t, eps_hat, z = normal(rng, 3, 16, 28).float()
        yield x_t, t, eps_hat, z, linear_schedule(1000).betas  # float64, as in the lesson
    x_t, eps_hat, z = normal(rng, 3, 20_000, 1).float()
    yield x_t, 10, eps_hat, z, cosine_schedule(20).betas


class Properties:
    def the_true_noise_leads_home(f, rng):
        x_0, eps = normal(rng, 2, 3, 2)
        x_1 = left()[0].sqrt() * x_0 + (1 - left()[0]).sqrt() * eps
        says = "told the true noise, the last step must return x_0, here {right}; yours is {got}."
        close(f(x_1, 0, eps, torch.zeros_like(eps), rising()), x_0, says)


def variance_at(t, betas):
    """The posterior variance; before the first step alpha_bar is 1."""
    bars = (1 - betas).cumprod(0)
    return betas[t] * (1 - bars[t - 1]) / (1 - bars[t]) if t > 0 else 0 * betas[0]


class Mistakes:
    @named("alpha_bars[t - 1] at t = 0")
    def last_for_first(x_t, t, eps_hat, z, betas):
        """At t = 0 you read alpha_bars[-1], the last entry, and so add noise to the finished
        sample. Before the first step alpha_bar is 1, and the variance 0."""
        bars = (1 - betas).cumprod(0)
        variance = betas[t] * (1 - bars[t - 1]) / (1 - bars[t])
        return ancestral_step(x_t, t, eps_hat, 0 * z, betas) + variance.sqrt() * z

    @named("beta as the variance", see="41, step 4")
    def beta_as_the_variance(x_t, t, eps_hat, z, betas):
        """sigma^2 = beta_t is the other choice of Ho et al. (right for data of variance 1). The
        posterior variance is asked: beta_t (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t)."""
        noise = betas[t].sqrt() * z if t > 0 else 0 * z
        return ancestral_step(x_t, t, eps_hat, 0 * z, betas) + noise

    def variance_instead_of_standard_deviation(x_t, t, eps_hat, z, betas):
        """z is multiplied by the standard deviation: take the root of the variance."""
        return ancestral_step(x_t, t, eps_hat, 0 * z, betas) + variance_at(t, betas) * z

    @named("the root of alpha_bar instead of alpha")
    def root_of_alpha_bar(x_t, t, eps_hat, z, betas):
        """You divided by sqrt(alpha_bar_t), which undoes all steps at once. One step back divides
        by sqrt(alpha_t)."""
        bar = (1 - betas).cumprod(0)[t]
        mean = (x_t - betas[t] / (1 - bar).sqrt() * eps_hat) / bar.sqrt()
        return mean + variance_at(t, betas).sqrt() * z

    def all_of_the_noise_removed_at_once(x_t, t, eps_hat, z, betas):
        """That is the predicted x_0. One step back removes only the share beta_t / sqrt(1 -
        alpha_bar_t) of the predicted noise."""
        bar = (1 - betas).cumprod(0)[t]
        mean = (x_t - (1 - bar).sqrt() * eps_hat) / bar.sqrt()
        return mean + variance_at(t, betas).sqrt() * z
