"""Lesson 41: Factor of |eps - eps_hat|^2 in the bound, in nats, for t = 1 .. n_timesteps - 1"""

import torch
from torch import Tensor

from course_utils.checks.diffusion.shared import _bars, _betas, _far
from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="41, line 4", difficulty=3, minutes=6)
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
    return [
        (_betas(3),),
        (torch.tensor([0.1, 0.4], dtype=torch.double),),
        (0.05 + 0.5 * torch.rand(8, generator=rng, dtype=torch.double),),
    ]


def _weights_with(power: int = 2, half: float = 0.5, posterior: bool = True, alpha_in: bool = True):
    def wrong(betas):
        bars = (1 - betas).cumprod(0)
        beta, alpha, left, before = betas[1:], 1 - betas[1:], bars[1:], bars[:-1]
        variance = beta * (1 - before) / (1 - left) if posterior else beta
        return half * beta**power / (variance * (alpha if alpha_in else 1) * (1 - left))

    return wrong


class Properties:
    @named("half the drop of the signal-to-noise ratio")
    def half_the_drop_of_the_signal_to_noise_ratio(f, rng):
        bars = _bars()
        snr = bars / (1 - bars)
        in_x_0 = f(_betas()) * snr[1:]  # |eps - eps_hat|^2 = SNR_t |x_0 - x_0_hat|^2
        right = (snr[:-1] - snr[1:]) / 2
        if _far(in_x_0, right, 1e-9):
            raise Fails(
                "times SNR_t = alpha_bar_t / (1 - alpha_bar_t) the weights must be half the drop of "
                f"the SNR, {right[:2].tolist()} ...; yours give {in_x_0.flatten()[:2].tolist()} ..."
            )


class Mistakes:
    def beta_not_squared(betas):
        """The distance of the two means is beta/(...) times the error, and the bound holds its
        square: beta_t^2."""
        return (_weights_with(power=1))(betas)

    @named("one half forgotten", see="41, line 3")
    def one_half_forgotten(betas):
        """The KL of two Gaussians of equal variance is the squared distance over TWICE the
        variance."""
        return (_weights_with(half=1.0))(betas)

    @named("beta as the variance", see="41, step 3")
    def beta_as_the_variance(betas):
        """You divided by beta_t. The posterior is narrower: beta_t (1 - alpha_bar_{t-1}) / (1 -
        alpha_bar_t)."""
        return (_weights_with(posterior=False))(betas)

    def alpha_left_out(betas):
        """The mean holds 1 / sqrt(alpha_t), so its square holds 1 / alpha_t."""
        return (_weights_with(alpha_in=False))(betas)

    @named("weights of the x_0 error")
    def weights_of_the_x_0_error(betas):
        """Those are the weights of |x_0 - x_0_hat|^2, half the drop of the SNR. For the error of
        the noise divide by the SNR."""
        return bound_weights(betas) * (1 / (1 / (1 - betas).cumprod(0) - 1))[1:]

    @named("all weights 1", see="41, line 5")
    def all_weights_1(betas):
        """That is the simple loss, which drops the weights. Here the bound's own are asked."""
        return torch.ones_like(betas[1:])
