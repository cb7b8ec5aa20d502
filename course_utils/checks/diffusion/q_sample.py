"""Lesson 41: Jump from data to timestep t: sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps."""

import torch
from torch import Tensor

from course_utils.checks.diffusion.shared import _bars, _far, _per_image
from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="41, step 2", difficulty=2, minutes=5)
HINTS = (
    "alpha_bars[t] has shape (B,). To multiply images (B, C, H, W) it must be "
    "(B, 1, 1, 1): .view(-1, *[1] * (x_0.ndim - 1)).",
    "a.sqrt() * x_0 + (1 - a).sqrt() * eps, with the reshaped a.",
)


def q_sample(x_0: Tensor, t: Tensor, eps: Tensor, alpha_bars: Tensor) -> Tensor:
    """Jump from data to timestep t: sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps.

    x_0, eps: (B, ...), t: (B,) long, alpha_bars: (n_timesteps,) -> x_t (B, ...).
    """
    alpha_bar = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))  # (B, 1, ..., 1)
    return alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * eps


def cases(rng):
    return [
        (normal(rng, 1, 1), torch.tensor([2]), normal(rng, 1, 1), _bars(4)),
        (normal(rng, 3, 2), torch.tensor([0, 2, 5]), normal(rng, 3, 2), _bars()),
        (normal(rng, 2, 1, 2, 2), torch.tensor([5, 1]), normal(rng, 2, 1, 2, 2), _bars()),
    ]


def _mix(signal, noise):
    """A wrong q_sample: signal(alpha_bar) x_0 + noise(alpha_bar) eps."""

    def wrong(x_0, t, eps, alpha_bars):
        a = _per_image(alpha_bars[t], x_0)
        return signal(a) * x_0 + noise(a) * eps

    return wrong


class Properties:
    def variance_1_stays_variance_1(f, rng):
        n = 4000
        x_0, eps, t = normal(rng, n, 1), normal(rng, n, 1), torch.full((n,), 3)
        got = float(f(x_0, t, eps, _bars()).var())
        if not abs(got - 1) < 0.12:
            raise Fails(
                f"data of variance 1 and noise of variance 1 must mix to variance 1 (the squares of "
                f"the two factors add to 1); yours has {got:.3f}."
            )

    def every_row_has_its_own_t(f, rng):
        x_0, t = torch.ones(3, 2, dtype=torch.double), torch.tensor([0, 2, 5])
        got = f(x_0, t, torch.zeros_like(x_0), _bars())
        if _far(got, _bars()[t].sqrt()[:, None].expand(3, 2)):
            raise Fails(
                "with x_0 = 1, eps = 0 and t = [0, 2, 5] each row must show its own "
                f"sqrt(alpha_bar_t) = {_bars()[t].sqrt().tolist()}."
            )


class Mistakes:
    def no_square_roots(x_0, t, eps, alpha_bars):
        """You mixed with alpha_bar and 1 - alpha_bar. Those are shares of the variance; a variable
        is scaled by the square root of its share."""
        return (_mix(lambda a: a, lambda a: 1 - a))(x_0, t, eps, alpha_bars)

    def signal_and_noise_exchanged(x_0, t, eps, alpha_bars):
        """alpha_bar is the share that is left of the data. You gave it to the noise: your chain
        begins as noise and becomes data."""
        return (_mix(lambda a: (1 - a).sqrt(), lambda a: a.sqrt()))(x_0, t, eps, alpha_bars)

    @named("the data is not shrunk", see="41, step 1")
    def the_data_is_not_shrunk(x_0, t, eps, alpha_bars):
        """You added noise but kept all of x_0: the variance grows beyond 1, and the end of the
        chain is not N(0, 1). (A chain of that kind exists, with other formulas.)"""
        return (_mix(torch.ones_like, lambda a: (1 - a).sqrt()))(x_0, t, eps, alpha_bars)

    @named("1 minus the root instead of the root of 1 minus")
    def is_1_minus_the_root_instead_of_the_root_of_1_minus(x_0, t, eps, alpha_bars):
        """You took 1 - sqrt(alpha_bar) as the factor of the noise. Variances add to 1, not standard
        deviations: the factor is sqrt(1 - alpha_bar)."""
        return (_mix(lambda a: a.sqrt(), lambda a: 1 - a.sqrt()))(x_0, t, eps, alpha_bars)

    def the_root_of_the_noise_forgotten(x_0, t, eps, alpha_bars):
        """The factor of the data has its root, that of the noise has not."""
        return (_mix(lambda a: a.sqrt(), lambda a: 1 - a))(x_0, t, eps, alpha_bars)

    @named("the first image's t for all")
    def the_first_image_s_t_for_all(x_0, t, eps, alpha_bars):
        """Every image gets the noise level of the first one. t has one entry an image:
        alpha_bars[t] has shape (B,), reshaped to (B, 1, ..., 1)."""
        return q_sample(x_0, t[:1].expand(len(t)), eps, alpha_bars)

    def one_step_too_early(x_0, t, eps, alpha_bars):
        """You read alpha_bars[t - 1]. Timesteps count from 0 here: alpha_bars[t] is what is left
        after step t. (And alpha_bars[-1], which you read at t = 0, is the last entry.)"""
        return q_sample(x_0, t - 1, eps, alpha_bars)
