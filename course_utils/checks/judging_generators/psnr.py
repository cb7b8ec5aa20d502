"""Lesson 16: Peak signal-to-noise ratio of each pair, 10 log10(data_range^2 / MSE)."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="16, step 7", difficulty=2, minutes=5)
HINTS = (
    "One mean squared error for each pair: over channels, rows and columns.",
    "10 * torch.log10(data_range**2 / mse) with mse = (x - y).square().mean((1, 2, 3)).",
)


def psnr(x: Tensor, y: Tensor, data_range: float) -> Tensor:
    """Peak signal-to-noise ratio of each pair, 10 log10(data_range^2 / MSE).

    x, y: (N, C, H, W) floats; data_range: largest minus smallest possible value -> (N,), dB.
    """
    mse = (x - y).square().mean(dim=(1, 2, 3))  # one per pair
    return 10 * torch.log10(data_range**2 / mse)


def cases(rng):
    return [
        (_images(rng, 1, 1, 2, 2), _images(rng, 1, 1, 2, 2), 1.0),
        (2 * _images(rng, 3, 1, 5, 4) - 1, 2 * _images(rng, 3, 1, 5, 4) - 1, 2.0),
        (255 * _images(rng, 2, 3, 4, 4), 255 * _images(rng, 2, 3, 4, 4), 255.0),
    ]


def _images(rng, *shape):
    return torch.rand(*shape, generator=rng, dtype=torch.double)


class Properties:
    @named("20 dB for an error of a tenth")
    def is_20_dB_for_an_error_of_a_tenth(f, rng):
        x = 0.5 * _images(rng, 1, 1, 3, 3)
        got = float(f(x, x + 0.1, 1.0)[0])
        if not abs(got - 20) < 1e-6:
            raise Fails(
                f"an error of a tenth of the range everywhere is 20 dB (a hundredth of the power), "
                f"you return {got:.3f}."
            )

    @named("the same in 0..1 and 0..255")
    def the_same_in_0_1_and_0_255(f, rng):
        x, y = _images(rng, 2, 1, 4, 4), _images(rng, 2, 1, 4, 4)
        a, b = f(x, y, 1.0), f(255 * x, 255 * y, 255.0)
        if not (a - b).abs().max() < 1e-6:
            raise Fails(
                f"the same pictures in 0..1 and in 0..255 must score alike; yours differ by "
                f"{float((a - b).abs().max()):.2f} dB."
            )

    def each_pair_by_itself(f, rng):
        x, y = _images(rng, 3, 1, 4, 4), _images(rng, 3, 1, 4, 4)
        together, alone = f(x, y, 1.0), f(x[1:2], y[1:2], 1.0)
        if together.shape != (3,) or not (together[1] - alone[0]).abs() < 1e-9:
            raise Fails("a pair's score must not depend on the other pairs of the batch.")


class Mistakes:
    def range_forgotten(x, y, data_range):
        """You left out data_range, as if it were 1. An error of 1 is nothing among 255 grey values
        and everything among 0..1."""
        return -10 * torch.log10((x - y).square().mean((1, 2, 3)))

    def range_not_squared(x, y, data_range):
        """The MSE is a power, so the peak must be one, too: data_range²."""
        return 10 * torch.log10(data_range / (x - y).square().mean((1, 2, 3)))

    @named("20 instead of 10")
    def is_20_instead_of_10(x, y, data_range):
        """20 log10 is for a ratio of amplitudes; the squares are already inside."""
        return 20 * torch.log10(data_range**2 / (x - y).square().mean((1, 2, 3)))

    def root_of_the_MSE_under_a_squared_range(x, y, data_range):
        """You divided a power by an amplitude. Either MSE with data_range², or 20 log10(data_range
        / RMSE)."""
        return 10 * torch.log10(data_range**2 / (x - y).square().mean((1, 2, 3)).sqrt())

    def natural_logarithm(x, y, data_range):
        """Decibels are tenths of powers of ten: log10, not log."""
        return 10 * torch.log(data_range**2 / (x - y).square().mean((1, 2, 3)))

    def upside_down(x, y, data_range):
        """Signal over noise: a better picture must have more decibels."""
        return 10 * torch.log10((x - y).square().mean((1, 2, 3)) / data_range**2)

    def one_error_for_the_whole_batch(x, y, data_range):
        """You averaged the squared error over the batch. Each pair has its own MSE: mean over (1,
        2, 3)."""
        return 10 * torch.log10(data_range**2 / (x - y).square().mean()).expand(len(x))

    def one_number_for_the_whole_batch(x, y, data_range):
        """You averaged the squared error over the batch and return one number. Each pair has its
        own MSE: mean over (1, 2, 3)."""
        return 10 * torch.log10(data_range**2 / (x - y).square().mean())

    def sum_instead_of_mean(x, y, data_range):
        """You summed the squared errors: a larger picture would look worse. Take the mean."""
        return 10 * torch.log10(data_range**2 / (x - y).square().sum((1, 2, 3)))
