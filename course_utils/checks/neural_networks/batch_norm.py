"""Exercise of lesson 14: batch norm in training."""

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.checks.shared.layers import slope
from course_utils.exercises.spec import About, close, d, normal, sizes, uniform

# the running statistics carry no gradient in torch, so the slope is asked for as a property
ABOUT = About(see="14, step 7", difficulty=3, minutes=12, gradient=False)
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
    x = d(1.0, 3.0, 5.0, 7.0).reshape(2, 1, 1, 2)
    yield x, d(2.0), d(1.0), d(0.0), d(1.0), 0.1
    for k, shape in enumerate(sizes(4)):
        x = (1.0, 0.01)[k % 2] * normal(rng, *shape) + 0.5  # eps counts where the spread is small
        yield x, *channels(rng, shape[1]), (0.1, 0.3)[k % 2]


def hard_cases(rng):
    x = torch.randn(16, 6, 8, 9, generator=rng)
    for pixels in (x, 30 + 0.1 * x):  # a mean far above the spread
        yield pixels, *(c.float() for c in channels(rng, 6)), 0.1


def channels(rng, n: int):
    """Weight, bias, running mean and running variance of n channels."""
    return 0.5 + uniform(rng, n), normal(rng, n), normal(rng, n), 0.5 + uniform(rng, n)


class Properties:
    def the_slope_goes_through_the_statistics_too(f, rng):
        x = normal(rng, 4, 2, 3, 5).requires_grad_()
        out = f(x, d(1.0, 2.0), d(0.0, 0.0), d(0.0, 0.0), d(1.0, 1.0), 0.1)[0]
        says = (
            "a channel's outputs always sum to n · bias, so that sum has slope 0 in every pixel; "
        )
        close(slope(out.sum(), x), 0, says + "yours is {got}: are mean and variance detached?")


class Mistakes:
    def biased_running_variance(x, weight, bias, mean, var, momentum):
        """You remember the variance divided by n. For the running variance torch divides by n - 1:
        it estimates the variance of data to come."""
        out, new_mean, _ = batch_norm(x, weight, bias, mean, var, momentum)
        biased = x.var((0, 2, 3), correction=0)
        return out, new_mean, (1 - momentum) * var + momentum * biased

    def unbiased_variance_in_the_output(x, weight, bias, *running):
        """You normalise with the variance divided by n - 1. The batch itself is standardised with
        n; n - 1 is for the running variance only."""
        out = F.batch_norm(x, x.mean((0, 2, 3)), x.var((0, 2, 3)), weight, bias)
        return out, *batch_norm(x, weight, bias, *running)[1:]

    def running_statistics_used_in_training(x, weight, bias, mean, var, momentum):
        """You normalised with the running statistics: that is the eval mode. In training the
        batch's own are used, and the running ones are only updated."""
        new = batch_norm(x, weight, bias, mean, var, momentum)[1:]
        return F.batch_norm(x, mean, var, weight, bias), *new

    def each_image_on_its_own(x, weight, bias, *running):
        """You normalise each image by itself (instance norm). The statistics of a channel are taken
        over batch, height and width."""
        out = F.instance_norm(x, weight=weight, bias=bias)
        return out, *batch_norm(x, weight, bias, *running)[1:]

    def momentum_turned(x, weight, bias, mean, var, momentum):
        """In torch the momentum is the share of the new value: 0.9 old + 0.1 new, not the
        reverse."""
        return batch_norm(x, weight, bias, mean, var, 1 - momentum)
