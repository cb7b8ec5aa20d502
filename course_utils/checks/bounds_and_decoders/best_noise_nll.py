"""Exercise of laboratory 31b: the likelihood of grey pixels with the noise that fits best."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal, uniform

ABOUT = About(see="31b, step 7", difficulty=3, minutes=8)
HINTS = (
    "Write -log N summed over D pixels with variance v, and set its slope in v to zero.",
    "The best v is the mean squared error; put it back: D/2 · (log(2 pi v) + 1).",
)


def best_noise_nll(x: Tensor, x_hat: Tensor) -> Tensor:
    """-log N(x | x_hat, v I) per example, with the one variance v that makes it smallest.

    x, x_hat: (B, D) -> scalar, nats: sum over pixels, mean over examples. v is the mean squared
    error over all pixels of all examples.
    """
    d = x.shape[-1]
    v = (x - x_hat).square().mean()
    return 0.5 * d * (torch.log(2 * math.pi * v) + 1)


def cases(rng):
    yield d([1.0, 0.0, 0.5]), d([0.5, 0.2, 0.1])
    yield normal(rng, 1, 4), normal(rng, 1, 4)
    yield normal(rng, 3, 5), normal(rng, 3, 5)
    x = uniform(rng, 5, 7)
    yield x, x + 0.01 * normal(rng, 5, 7)  # good copies: v = 1e-4


def hard_cases(rng):
    x = uniform(rng, 128, 256)
    for noise in (0.01, 0.05, 0.5):
        yield x.float(), (x + noise * normal(rng, 128, 256)).float()


class Properties:
    def no_other_variance_does_better(f, rng):
        x, x_hat = normal(rng, 2, 4, 5)
        v = torch.linspace(0.2, 6, 2001).double()
        error = (x - x_hat).square().sum(-1).mean()
        tried = (0.5 * (error / v + 5 * torch.log(2 * math.pi * v))).min()
        says = "of 2,001 variances the best gives {right} nats; you return {got}."
        close(f(x, x_hat), tried, says, 1e-3)

    def errors_twice_as_large_cost_D_log_2(f, rng):
        x, x_hat = normal(rng, 2, 3, 7)
        says = "errors twice as large cost D log 2 = {right} nats more; in yours {got}."
        close(f(2 * x, 2 * x_hat) - f(x, x_hat), 7 * math.log(2), says)


class Mistakes:
    def a_variance_for_each_example(x, x_hat):
        """You gave every example its own variance. Asked is one for all: average first, take the
        logarithm afterwards."""
        v = (x - x_hat).square().mean(-1)
        return (0.5 * x.shape[-1] * (torch.log(2 * math.pi * v) + 1)).mean()

    def a_variance_for_each_pixel(x, x_hat):
        """You gave every pixel its own variance. Asked is one for all pixels of all examples:
        average over both, take the logarithm afterwards."""
        v = (x - x_hat).square().mean(0)
        return (0.5 * (torch.log(2 * math.pi * v) + 1)).sum()

    def standard_deviation_for_the_variance(x, x_hat):
        """You took the root of the mean squared error: that is sigma, and the logarithm asks for
        sigma²."""
        sigma = (x - x_hat).square().mean().sqrt()
        return 0.5 * x.shape[-1] * (torch.log(2 * math.pi * sigma) + 1)

    @named("squared error left out")
    def error_left_out(x, x_hat):
        """At the best variance the squared errors divided by v add up to D, so they leave D/2."""
        return best_noise_nll(x, x_hat) - x.shape[-1] / 2

    def variance_1(x, x_hat):
        """That is the NLL with v = 1: noise as large as the whole range of a pixel. Put the best v
        in."""
        v = (x - x_hat).square().mean()
        return 0.5 * x.shape[-1] * (v + math.log(2 * math.pi))
