"""Exercise of lesson 41b: how much each step's error counts in the bound."""

import torch
from torch import Tensor

from course_utils.checks.diffusion.shared import left, rising
from course_utils.exercises.spec import About, close, d, named, uniform
from course_utils.maths.diffusion import cosine_schedule, linear_schedule

# the lesson keeps its schedule in float64 and compares to 9 digits and more
ABOUT = About(see="41b, step 3", difficulty=3, minutes=6, gradient=False, tol=1e-9)
HINTS = (
    "Line 3 divides the squared distance of the means by 2 var_t; line 4 says that distance in "
    "eps: beta_t / sqrt(alpha_t (1 - alpha_bar_t)) times the error.",
    "alpha_bars[1:] is alpha_bar_t, alpha_bars[:-1] is alpha_bar_{t-1}; betas[1:] fits both.",
)


def bound_weights(betas: Tensor) -> Tensor:
    """Factor of |eps - eps_hat|^2 in the bound, in nats, for t = 1 .. n_timesteps - 1.

    beta_t^2 / (2 var_t alpha_t (1 - alpha_bar_t)) with the posterior variance var_t =
    beta_t (1 - alpha_bar_{t-1}) / (1 - alpha_bar_t). betas: (n,) -> (n - 1,).
    """
    alphas = 1 - betas
    alpha_bars = alphas.cumprod(0)
    beta, alpha, left, before = betas[1:], alphas[1:], alpha_bars[1:], alpha_bars[:-1]
    variance = beta * (1 - before) / (1 - left)
    return beta**2 / (2 * variance * alpha * (1 - left))


def cases(rng):
    yield (d(0.1, 0.4),)
    yield (d(0.05, 0.325, 0.6),)
    yield (0.05 + 0.5 * uniform(rng, 8),)


def hard_cases(rng):
    yield (linear_schedule(1000).betas,)
    yield (cosine_schedule(20).betas,)


class Properties:
    @named("half the drop of the signal-to-noise ratio")
    def half_the_drop(f, rng):
        snr = left() / (1 - left())
        says = (
            "times SNR = alpha_bar / (1 - alpha_bar) it is half the SNR's drop, {right}, not {got}."
        )
        close(f(rising()) * snr[1:], (snr[:-1] - snr[1:]) / 2, says)


def weights(betas, variance=None, power=2, alphas=None):
    """The formula with some of its parts replaced."""
    bars = (1 - betas).cumprod(0)
    if variance is None:
        variance = betas[1:] * (1 - bars[:-1]) / (1 - bars[1:])
    alphas = 1 - betas if alphas is None else alphas
    return betas[1:] ** power / (2 * variance * alphas[1:] * (1 - bars[1:]))


class Mistakes:
    @named("beta as the variance", see="41, step 4")
    def beta_as_the_variance(betas):
        """You divided by beta_t. The posterior is narrower: beta_t (1 - alpha_bar_{t-1}) / (1 -
        alpha_bar_t)."""
        return weights(betas, variance=betas[1:])

    def beta_not_squared(betas):
        """The distance of the two means is beta/(...) times the error, and the bound holds its
        square: beta_t^2."""
        return weights(betas, power=1)

    def alpha_left_out(betas):
        """The mean holds 1 / sqrt(alpha_t), so its square holds 1 / alpha_t."""
        return weights(betas, alphas=torch.ones_like(betas))

    def alpha_bar_for_alpha(betas):
        """You divided by alpha_bar_t, the product over all steps. One step back holds 1 /
        sqrt(alpha_t), of this step alone."""
        return weights(betas, alphas=(1 - betas).cumprod(0))

    @named("weights of the x_0 error")
    def of_x_0(betas):
        """Those are the weights of |x_0 - x_0_hat|^2, half the drop of the SNR. For the error of
        the noise divide by the SNR."""
        bars = (1 - betas).cumprod(0)
        return bound_weights(betas) * (bars / (1 - bars))[1:]
