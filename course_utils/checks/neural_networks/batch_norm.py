"""Lesson 14: BatchNorm in training. x: (B, C, H, W); weight, bias, mean, var: (C,), the last"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, normal

ABOUT = About(see="14, step 10", difficulty=3, minutes=12)
HINTS = (
    "One mean and one variance per channel: which three dimensions do you average over?",
    "Normalise with x.var((0, 2, 3), correction=0); remember correction=1. "
    "new = (1 - momentum) · old + momentum · batch.",
)


def batch_norm(
    x: Tensor, weight: Tensor, bias: Tensor, mean: Tensor, var: Tensor, momentum: float
) -> tuple[Tensor, Tensor, Tensor]:
    """BatchNorm in training. x: (B, C, H, W); weight, bias, mean, var: (C,), the last two running.

    -> (out (B, C, H, W), new running mean (C,), new running var (C,)); eps = 1e-5.
    """
    n = x.numel() // x.shape[1]  # values per channel: B H W
    batch_mean = x.mean((0, 2, 3))
    batch_var = x.var((0, 2, 3), correction=0)  # divided by n: this one normalises
    out = (x - batch_mean[:, None, None]) / (batch_var[:, None, None] + 1e-5).sqrt()
    out = weight[:, None, None] * out + bias[:, None, None]
    unbiased = batch_var * n / (n - 1)  # divided by n - 1: this one is remembered
    new_mean = (1 - momentum) * mean + momentum * batch_mean
    new_var = (1 - momentum) * var + momentum * unbiased
    return out, new_mean, new_var


def cases(rng):
    return [
        _bn_case(rng, 1, 2, 3, 0.1),
        _bn_case(rng, 3, 2, 2, 0.1),
        _bn_case(rng, 5, 3, 4, 0.3),
        _bn_case(rng, 3, 3, 2, 0.1, scale=0.05),
    ]


def _bn(
    x, w, b, mean, var, m, *, dims=(0, 2, 3), use=0, keep=1, running=False, eps_in=True, turn=0
):
    bm = x.mean((0, 2, 3))
    if running:
        bm_use, bv_use = mean[:, None, None], var[:, None, None]
    else:
        bm_use, bv_use = x.mean(dims, keepdim=True), x.var(dims, correction=use, keepdim=True)
    scale = (bv_use + 1e-5).sqrt() if eps_in else bv_use.sqrt() + 1e-5
    out = w[:, None, None] * (x - bm_use) / scale + b[:, None, None]
    kept = x.var((0, 2, 3), correction=keep)
    a = 1 - m if turn else m
    return out, (1 - a) * mean + a * bm, (1 - a) * var + a * kept


def _bn_case(rng, b, c, s, momentum, scale=1.0):
    return (
        scale * normal(rng, b, c, s, s) + 0.5,
        1 + 0.3 * normal(rng, c),
        normal(rng, c),
        normal(rng, c),
        1 + normal(rng, c).abs(),
        momentum,
    )


class Properties:
    def every_channel_leaves_standardised(f, rng):
        x = 3 * normal(rng, 8, 2, 4, 4) + 5
        one, zero = torch.ones(2).double(), torch.zeros(2).double()
        out = f(x, one, zero, zero, one, 0.1)[0]
        mean, var = out.mean((0, 2, 3)), out.var((0, 2, 3), correction=0)
        if not (mean.abs().max() < 1e-6 and (var - 1).abs().max() < 1e-4):
            raise Fails(
                "with weight 1 and bias 0 every channel leaves with mean 0 and variance 1; yours have "
                f"means {[round(v, 4) for v in mean.tolist()]} and variances "
                f"{[round(v, 4) for v in var.tolist()]}."
            )

    def the_remembered_variance_is_unbiased(f, rng):
        one, zero = torch.ones(1).double(), torch.zeros(1).double()
        x = torch.tensor([-1.0, 1.0], dtype=torch.double).reshape(2, 1, 1, 1)
        got = float(f(x, one, zero, zero, one, 1.0)[2])
        if abs(got - 2) > 1e-9:
            raise Fails(
                f"of the two values -1 and 1 the remembered variance is 2 (divided by n - 1 = 1) at "
                f"momentum 1, you return {got:.4g}."
            )


class Mistakes:
    def biased_running_variance(*a):
        """You remember the variance divided by n. For the running variance torch divides by n - 1:
        it estimates the variance of data to come."""
        return _bn(*a, keep=0)

    def unbiased_variance_in_the_output(*a):
        """You normalise with the variance divided by n - 1. The batch itself is standardised with
        n; n - 1 is for the running variance only."""
        return _bn(*a, use=1)

    def running_statistics_used_in_training(*a):
        """You normalised with the running statistics: that is the eval mode. In training the
        batch's own are used, and the running ones are only updated."""
        return _bn(*a, running=True)

    def each_image_on_its_own(*a):
        """You normalise each image by itself (instance norm). The statistics of a channel are taken
        over batch, height and width."""
        return _bn(*a, dims=(2, 3))

    def all_channels_together(*a):
        """You took one mean and one variance for all channels. Each channel has its own."""
        return _bn(*a, dims=(0, 1, 2, 3))

    def momentum_turned(*a):
        """In torch the momentum is the share of the new value: 0.9 old + 0.1 new, not the reverse."""
        return _bn(*a, turn=1)

    def running_statistics_replaced(x, w, b, mean, var, m):
        """You replaced the running statistics by the batch's. They move by the share momentum."""
        return _bn(x, w, b, mean, var, 1.0)

    def weight_and_bias_forgotten(x, w, b, mean, var, m):
        """The learnt weight and bias of each channel are missing at the end."""
        return _bn(x, torch.ones_like(w), torch.zeros_like(b), mean, var, m)

    def eps_outside_the_root(*a):
        """The 1e-5 belongs under the root, to the variance."""
        return _bn(*a, eps_in=False)
