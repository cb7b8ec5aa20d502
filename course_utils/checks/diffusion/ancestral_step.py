"""Lesson 41: One step back from x_t to x_{t-1} (Ho et al. 2020, algorithm 2, posterior varia"""

import torch
from torch import Tensor

from course_utils.checks.diffusion.shared import _bars, _betas, _far
from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="41, step 6", difficulty=4, minutes=10)
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
    return [
        (normal(rng, 1, 1), 2, normal(rng, 1, 1), normal(rng, 1, 1), _betas(4)),
        (normal(rng, 3, 2), 0, normal(rng, 3, 2), normal(rng, 3, 2), _betas()),
        (
            normal(rng, 2, 1, 2, 2),
            5,
            normal(rng, 2, 1, 2, 2),
            normal(rng, 2, 1, 2, 2),
            _betas(),
        ),
    ]


def _step(mean=None, variance=None, always: bool = False):
    """A wrong step: other mean(x, e, beta, alpha, bar) or variance(beta, before, bar)."""

    def wrong(x_t, t, eps_hat, z, betas):
        bars = (1 - betas).cumprod(0)
        beta, alpha, bar = betas[t], 1 - betas[t], bars[t]
        if mean is None:
            m = (x_t - beta / (1 - bar).sqrt() * eps_hat) / alpha.sqrt()
        else:
            m = mean(x_t, eps_hat, beta, alpha, bar)
        if t == 0 and not always:
            return m
        before = bars[t - 1]
        v = beta * (1 - before) / (1 - bar) if variance is None else variance(beta, before, bar)
        return m + v.sqrt() * z

    return wrong


class Properties:
    def no_noise_at_the_last_step(f, rng):
        x, e = normal(rng, 3, 2), normal(rng, 3, 2)
        a, b = (f(x, 0, e, normal(rng, 3, 2), _betas()) for _ in range(2))
        if _far(a, b):
            raise Fails(
                "at t = 0 two different z must give the same result, the sample; yours differ by up to "
                f"{float((a - b).abs().max()):.3f}."
            )

    def the_true_noise_leads_home(f, rng):
        x_0, eps, bars = normal(rng, 3, 2), normal(rng, 3, 2), _bars()
        x_1 = bars[0].sqrt() * x_0 + (1 - bars[0]).sqrt() * eps
        got = f(x_1, 0, eps, torch.zeros_like(eps), _betas())
        if _far(got, x_0):
            raise Fails(
                "told the true noise, the last step must return x_0 exactly; yours is off by up to "
                f"{float((got - x_0).abs().max()):.3f}."
            )


class Mistakes:
    @named("noise at the last step, too")
    def noise_at_the_last_step_too(x_t, t, eps_hat, z, betas):
        """You add noise of variance beta at every step, t = 0 included. What leaves step 0 is the
        sample: noise there is never removed again."""
        return (_step(variance=lambda beta, before, bar: beta, always=True))(
            x_t, t, eps_hat, z, betas
        )

    @named("alpha_bars[t - 1] at t = 0")
    def alpha_bars_t_1_at_t_0(x_t, t, eps_hat, z, betas):
        """At t = 0 you read alpha_bars[-1], the last entry, and so add noise to the finished
        sample. Before the first step alpha_bar is 1, and the variance 0."""
        return (_step(always=True))(x_t, t, eps_hat, z, betas)

    @named("beta as the variance", see="41, step 3")
    def beta_as_the_variance(x_t, t, eps_hat, z, betas):
        """sigma^2 = beta_t is the other choice of Ho et al. (right for data of variance 1). The
        posterior variance is asked: beta_t (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t)."""
        return (_step(variance=lambda beta, before, bar: beta))(x_t, t, eps_hat, z, betas)

    @named("the forward step once more", see="41, find the bug 1")
    def the_forward_step_once_more(x_t, t, eps_hat, z, betas):
        """That is the noising step: it shrinks x and adds noise, and the net is not asked at all.
        Repeated a thousand times it stays noise (erratum R91)."""
        return (1 - betas[t]).sqrt() * x_t + betas[t].sqrt() * z

    def variance_instead_of_standard_deviation(x_t, t, eps_hat, z, betas):
        """z is multiplied by the standard deviation: take the root of the variance."""
        return (_step(variance=lambda beta, before, bar: (beta * (1 - before) / (1 - bar)) ** 2))(
            x_t, t, eps_hat, z, betas
        )

    @named("the root of alpha_bar instead of alpha")
    def the_root_of_alpha_bar_instead_of_alpha(x_t, t, eps_hat, z, betas):
        """You divided by sqrt(alpha_bar_t), which undoes all steps at once. One step back divides
        by sqrt(alpha_t)."""
        return (
            _step(
                mean=lambda x, e, beta, alpha, bar: (x - beta / (1 - bar).sqrt() * e) / bar.sqrt()
            )
        )(x_t, t, eps_hat, z, betas)

    def not_divided_by_the_root_of_alpha(x_t, t, eps_hat, z, betas):
        """The noising step shrank x by sqrt(alpha_t); going back, divide by it."""
        return (_step(mean=lambda x, e, beta, alpha, bar: x - beta / (1 - bar).sqrt() * e))(
            x_t, t, eps_hat, z, betas
        )

    def noise_added_instead_of_removed(x_t, t, eps_hat, z, betas):
        """You added the predicted noise. Generation removes it (erratum R89)."""
        return (
            _step(
                mean=lambda x, e, beta, alpha, bar: (x + beta / (1 - bar).sqrt() * e) / alpha.sqrt()
            )
        )(x_t, t, eps_hat, z, betas)

    def all_of_the_noise_removed_at_once(x_t, t, eps_hat, z, betas):
        """That is the predicted x_0. One step back removes only the share beta_t / sqrt(1 -
        alpha_bar_t) of the predicted noise."""
        return (_step(mean=lambda x, e, beta, alpha, bar: (x - (1 - bar).sqrt() * e) / bar.sqrt()))(
            x_t, t, eps_hat, z, betas
        )

    def no_noise_at_all(x_t, t, eps_hat, z, betas):
        """Without z every step returns the mean, and the samples are too alike. Add sqrt(var_t) z
        for t > 0."""
        return ancestral_step(x_t, t, eps_hat, 0 * z, betas)
