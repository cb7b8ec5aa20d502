"""Lesson 41: Mean of q(x_{t-1} | x_t, x_0). x_0, x_t: (B, ...), betas: (n_timesteps,) -> (B,"""

import torch
from torch import Tensor

from course_utils.checks.diffusion.shared import _bars, _betas, _far
from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="41, step 3", difficulty=3, minutes=8)
HINTS = (
    "alpha_bars = (1 - betas).cumprod(0). What is alpha_bar before the first step? Mind t = 0, "
    "where alpha_bars[t - 1] would be the last entry.",
    "before = alpha_bars[t - 1] if t > 0 else 1. Then (sqrt(before) beta_t x_0 + sqrt(alpha_t) "
    "(1 - before) x_t) / (1 - alpha_bars[t]).",
)


def posterior_mean(x_0: Tensor, x_t: Tensor, t: int, betas: Tensor) -> Tensor:
    """Mean of q(x_{t-1} | x_t, x_0). x_0, x_t: (B, ...), betas: (n_timesteps,) -> (B, ...).

    sqrt(alpha_bar_{t-1}) beta_t x_0 + sqrt(alpha_t) (1 - alpha_bar_{t-1}) x_t, divided by
    1 - alpha_bar_t; with alpha_bar = 1 before the first step.
    """
    alpha_bars = (1 - betas).cumprod(0)
    before = alpha_bars[t - 1] if t > 0 else torch.ones_like(alpha_bars[0])
    of_x_0 = before.sqrt() * betas[t] / (1 - alpha_bars[t])
    of_x_t = (1 - betas[t]).sqrt() * (1 - before) / (1 - alpha_bars[t])
    return of_x_0 * x_0 + of_x_t * x_t


def cases(rng):
    return [
        (normal(rng, 1, 1), normal(rng, 1, 1), 2, _betas(4)),
        (normal(rng, 3, 2), normal(rng, 3, 2), 0, _betas()),
        (normal(rng, 2, 1, 2, 2), normal(rng, 2, 1, 2, 2), 5, _betas()),
    ]


def _parts(t: int, betas: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(alpha_bar before, alpha_bar, alpha, beta) at t."""
    bars = (1 - betas).cumprod(0)
    before = bars[t - 1] if t > 0 else torch.ones_like(bars[0])
    return before, bars[t], 1 - betas[t], betas[t]


class Properties:
    @named("x_0 itself at t = 0")
    def x_0_itself_at_t_0(f, rng):
        x_0, x_t = normal(rng, 3, 2), normal(rng, 3, 2)
        got = f(x_0, x_t, 0, _betas())
        if _far(got, x_0):
            raise Fails(
                "at t = 0 the step before is the data itself, so the mean must be x_0 whatever x_t is; "
                f"yours is off by up to {float((got - x_0).abs().max()):.3f}."
            )

    def from_mean_to_mean(f, rng):
        x_0, bars = normal(rng, 3, 2), _bars()
        got = f(x_0, bars[3].sqrt() * x_0, 3, _betas())
        if _far(got, bars[2].sqrt() * x_0):
            raise Fails(
                "where x_t is exactly its mean sqrt(alpha_bar_t) x_0, the step before must be exactly "
                "its own mean sqrt(alpha_bar_{t-1}) x_0; yours is not."
            )


class Mistakes:
    def the_two_factors_exchanged(x_0, x_t, t, betas):
        """The factor with beta_t belongs to x_0, the one with 1 - alpha_bar_{t-1} to x_t. Yours are
        exchanged."""
        return posterior_mean(x_t, x_0, t, betas)

    @named("alpha_bar of t instead of t - 1")
    def alpha_bar_of_t_instead_of_t_1(x_0, x_t, t, betas):
        """The two factors hold alpha_bar one step earlier; only the denominator has that of t."""
        _, bar, alpha, beta = _parts(t, betas)
        return (bar.sqrt() * beta * x_0 + alpha.sqrt() * (1 - bar) * x_t) / (1 - bar)

    @named("alpha_bars[t - 1] at t = 0")
    def alpha_bars_t_1_at_t_0(x_0, x_t, t, betas):
        """At t = 0 you read alpha_bars[-1], which in Python is the last entry: almost pure noise.
        Before the first step alpha_bar is 1. A sampler with this bug ruins its last step without
        an error message."""
        _, bar, alpha, beta = _parts(t, betas)
        before = (1 - betas).cumprod(0)[t - 1]
        return (before.sqrt() * beta * x_0 + alpha.sqrt() * (1 - before) * x_t) / (1 - bar)

    def no_square_roots(x_0, x_t, t, betas):
        """The factors of x_0 and x_t need sqrt(alpha_bar_{t-1}) and sqrt(alpha_t)."""
        before, bar, alpha, beta = _parts(t, betas)
        return (before * beta * x_0 + alpha * (1 - before) * x_t) / (1 - bar)

    @named("not divided by 1 - alpha_bar_t")
    def not_divided_by_1_alpha_bar_t(x_0, x_t, t, betas):
        """You left the denominator out. The mean is a sum of precisions times values divided by the
        total precision."""
        before, _, alpha, beta = _parts(t, betas)
        return before.sqrt() * beta * x_0 + alpha.sqrt() * (1 - before) * x_t

    def the_forward_mean(x_0, x_t, t, betas):
        """sqrt(1 - beta) x is the mean of the next, noisier step. You need the step before, given
        both ends."""
        return (1 - betas[t]).sqrt() * x_t

    @named("x_0 at every step")
    def x_0_at_every_step(x_0, x_t, t, betas):
        """You jump to the data at once. That is right at t = 0 only; before that x_t counts."""
        return x_0.clone()
