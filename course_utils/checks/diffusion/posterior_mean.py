"""Exercise of lesson 41: one step back, if the data were known."""

import torch
from torch import Tensor

from course_utils.checks.diffusion.shared import left, rising
from course_utils.exercises.spec import About, close, d, named, normal
from course_utils.maths.diffusion import linear_schedule

# the lesson keeps its schedule in float64 and compares to 9 digits and more
ABOUT = About(see="41, step 4", difficulty=3, minutes=8, gradient=False, tol=1e-9)
HINTS = (
    "alpha_bars = (1 - betas).cumprod(0). What is alpha_bar before the first step? Mind t = 0, "
    "where alpha_bars[t - 1] would be the last entry.",
    "before = alpha_bars[t - 1] if t > 0 else torch.tensor(1.0). Then (sqrt(before) beta_t x_0 + "
    "sqrt(alpha_t) (1 - before) x_t) / (1 - alpha_bars[t]).",
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
    yield d([1.0, -2.0]), d([0.0, 1.0]), 1, d(0.36, 0.5, 0.75)
    yield d([1.0, -2.0]), d([0.0, 1.0]), 0, d(0.36, 0.5, 0.75)
    for shape, t in (((3, 2), 0), ((2, 1, 4, 3), 5), ((4, 3), 2), ((5,), 1)):
        yield normal(rng, *shape), normal(rng, *shape), t, rising()


def hard_cases(rng):
    for t in (0, 1, 500, 999):
        x_0, x_t = normal(rng, 2, 16, 28).float()
        yield x_0, x_t, t, linear_schedule(1000).betas  # betas stay float64, as in the lesson


class Properties:
    def from_mean_to_mean(f, rng):
        x_0, bars = normal(rng, 3, 2), left()
        says = (
            "where x_t is its mean sqrt(alpha_bar_t) x_0, the step before must be its own mean, "
            "here {right}; yours is {got}."
        )
        close(f(x_0, bars[3].sqrt() * x_0, 3, rising()), bars[2].sqrt() * x_0, says)


def mixed(x_0, x_t, t, betas, before=None, of_x_0=None, of_x_t=None):
    """The formula with some of its parts replaced."""
    bars = (1 - betas).cumprod(0)
    if before is None:
        before = bars[t - 1] if t > 0 else torch.ones_like(bars[0])
    of_x_0 = before.sqrt() if of_x_0 is None else of_x_0(before, bars[t])
    of_x_t = (1 - betas[t]).sqrt() if of_x_t is None else of_x_t(1 - betas[t], bars[t])
    return (of_x_0 * betas[t] * x_0 + of_x_t * (1 - before) * x_t) / (1 - bars[t])


class Mistakes:
    @named("alpha_bars[t - 1] at t = 0")
    def last_for_first(x_0, x_t, t, betas):
        """At t = 0 you read alpha_bars[-1], which in Python is the last entry: almost pure noise.
        Before the first step alpha_bar is 1. A sampler with this bug ruins its last step without
        an error message."""
        return mixed(x_0, x_t, t, betas, before=(1 - betas).cumprod(0)[t - 1])

    @named("alpha_bars[0] before the first step")
    def first_step_kept(x_0, x_t, t, betas):
        """At t = 0 you took alpha_bars[0], which is what is left after the first step. Before it
        nothing is destroyed: alpha_bar is 1, and the mean is x_0."""
        return mixed(x_0, x_t, t, betas, before=(1 - betas).cumprod(0)[max(t - 1, 0)])

    def no_square_roots(x_0, x_t, t, betas):
        """The factors of x_0 and x_t need sqrt(alpha_bar_{t-1}) and sqrt(alpha_t)."""
        return mixed(x_0, x_t, t, betas, None, lambda before, _: before, lambda alpha, _: alpha)

    @named("alpha_bar for alpha in the factor of x_t")
    def bar_for_alpha(x_0, x_t, t, betas):
        """x_t is one step from x_{t-1}: its factor holds sqrt(alpha_t) of that step, not
        sqrt(alpha_bar_t) of them all."""
        return mixed(x_0, x_t, t, betas, of_x_t=lambda _, bar: bar.sqrt())

    @named("alpha_bar of t in the factor of x_0")
    def present_bar(x_0, x_t, t, betas):
        """x_{t-1} holds sqrt(alpha_bar_{t-1}) of x_0, one step earlier; only the denominator has
        alpha_bar of t."""
        return mixed(x_0, x_t, t, betas, of_x_0=lambda _, bar: bar.sqrt())
