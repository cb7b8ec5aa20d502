"""Exercise of lesson 16b: the peak signal-to-noise ratio of each pair."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, named, sizes, uniform

ABOUT = About(see="16b, step 4", difficulty=2, minutes=5, gradient=False)
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
    pair = d(0.0, 1.0).reshape(1, 1, 1, 2), d(0.1, 0.9).reshape(1, 1, 1, 2)
    yield *pair, 1.0  # an error of a tenth: 20 dB
    for shape, data_range in zip(sizes(4), (2.0, 255.0, 1.0, 20.0), strict=True):
        x, y = data_range * (uniform(rng, 2, *shape) - 0.5)
        yield x, y, data_range
    yield x, torch.cat([x[:1], y[1:]]), 20.0  # equal pictures: no noise, infinitely many dB


def hard_cases(rng):
    x, noise = torch.rand(2, 40, 3, 16, 20, generator=rng)
    yield x, x + 0.001 * noise, 1.0  # nearly equal
    yield 255 * x, 255 * noise, 255.0


class Mistakes:
    @named("20 instead of 10")
    def twenty_instead_of_10(x, y, data_range):
        """20 log10 is for a ratio of amplitudes; the squares are already inside."""
        return 2 * psnr(x, y, data_range)

    def absolute_error(x, y, data_range):
        """You averaged |x - y|. The noise is a power: average the squares."""
        return 10 * torch.log10(data_range**2 / (x - y).abs().mean((1, 2, 3)))

    def sum_instead_of_mean(x, y, data_range):
        """You summed the squared errors: a larger picture would look worse. Take the mean."""
        return 10 * torch.log10(data_range**2 / (x - y).square().sum((1, 2, 3)))

    def one_error_for_the_whole_batch(x, y, data_range):
        """You averaged the squared error over the batch. Each pair has its own MSE: mean over (1,
        2, 3)."""
        return 10 * torch.log10(data_range**2 / (x - y).square().mean()).expand(len(x))

    def mean_of_the_channels_ratios(x, y, data_range):
        """You took the decibels of each channel and averaged those. Average the squared errors of
        all channels first: a mean of logarithms is not the logarithm of a mean."""
        mse = (x - y).square().mean((2, 3))
        return 10 * torch.log10(data_range**2 / mse).mean(1)
