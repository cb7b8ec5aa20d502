"""Lesson 31: -log N(x | x_hat, v I) per example, with the one variance v that makes it small"""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="31, step 13", difficulty=3, minutes=8)
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
    return [
        (d([1.0, 0.0, 0.5]), d([0.5, 0.2, 0.1])),
        (normal(rng, 1, 4), normal(rng, 1, 4)),
        (normal(rng, 3, 5), normal(rng, 3, 5)),
    ]


def _with(form):
    """A mistake that differs in what is done with D and the mean squared error."""
    return lambda x, x_hat: form(x.shape[-1], (x - x_hat).square().mean())


class Properties:
    def no_other_variance_does_better(f, rng):
        x, x_hat = normal(rng, 4, 5), normal(rng, 4, 5)
        got, best = float(f(x, x_hat)), math.inf
        for v in torch.linspace(0.2, 6, 2001, dtype=torch.double):
            log_prob = -0.5 * ((x - x_hat) ** 2 / v + torch.log(2 * math.pi * v)).sum(-1)
            best = min(best, float(-log_prob.mean()))
        if not abs(got - best) < 1e-3:
            raise Fails(
                f"trying 2,001 variances, the smallest NLL is {best:.4f} nats; you return {got:.4f}."
            )

    def errors_twice_as_large_cost_D_log_2(f, rng):
        x, x_hat = normal(rng, 3, 7), normal(rng, 3, 7)
        gain = float(f(2 * x, 2 * x_hat) - f(x, x_hat))
        if not abs(gain - 7 * math.log(2)) < 1e-9:
            raise Fails(
                f"errors twice as large cost D log 2 = 4.852 nats more; in yours {gain:.4f}."
            )


class Mistakes:
    @named("per pixel, not per picture")
    def per_pixel_not_per_picture(x, x_hat):
        """You return nats per pixel. Beside a KL summed over units that is D times too weak: R83 in
        a new dress."""
        return (_with(lambda d, v: 0.5 * (torch.log(2 * math.pi * v) + 1)))(x, x_hat)

    def missing_2_pi(x, x_hat):
        """The density has 1 / sqrt(2 pi v) in front. (Its gradient does not mind, its nats do.)"""
        return (_with(lambda d, v: 0.5 * d * (torch.log(v) + 1)))(x, x_hat)

    @named("missing 1/2")
    def missing_half(x, x_hat):
        """Both parts of -log N carry a 1/2."""
        return (_with(lambda d, v: d * (torch.log(2 * math.pi * v) + 1)))(x, x_hat)

    def standard_deviation_for_the_variance(x, x_hat):
        """You took the root of the mean squared error: that is sigma, and the logarithm asks for
        sigma²."""
        return (_with(lambda d, v: 0.5 * d * (torch.log(2 * math.pi * v.sqrt()) + 1)))(x, x_hat)

    def squared_error_left_out(x, x_hat):
        """At the best variance the squared errors divided by v add up to D, so they leave D/2."""
        return (_with(lambda d, v: 0.5 * d * torch.log(2 * math.pi * v)))(x, x_hat)

    def variance_1(x, x_hat):
        """That is the NLL with v = 1: noise as large as the whole range of a pixel. Put the best v
        in."""
        return (_with(lambda d, v: 0.5 * d * (v + math.log(2 * math.pi))))(x, x_hat)

    def a_variance_for_each_example(x, x_hat):
        """You gave every example its own variance. Asked is one for all: average first, take the
        logarithm afterwards."""
        return (
            0.5 * x.shape[-1] * (torch.log(2 * math.pi * (x - x_hat).square().mean(-1)) + 1).mean()
        )

    def sum_over_the_batch(x, x_hat):
        """Yours grows with the batch: average over examples."""
        return len(x) * best_noise_nll(x, x_hat)

    def mean_squared_error(x, x_hat):
        """That is v itself. The NLL is D/2 · (log(2 pi v) + 1)."""
        return (_with(lambda d, v: v))(x, x_hat)
