"""Exercise of lesson 14b: layer norm over the last dimension."""

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.exercises.spec import About, d, named, normal, sizes, uniform

ABOUT = About(see="14b, step 6", difficulty=2, minutes=5)
HINTS = (
    "Which dimension holds the features of one example? Keep it for broadcasting.",
    "mean and var over dim -1 with keepdim=True and correction=0; then weight · ... + bias.",
)


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """LayerNorm over the last dimension. x: (..., D), weight, bias: (D,) -> (..., D); eps 1e-5."""
    mean = x.mean(-1, keepdim=True)
    var = x.var(-1, correction=0, keepdim=True)
    return weight * (x - mean) / (var + 1e-5).sqrt() + bias


def cases(rng):
    yield d([1.0, 2.0, 3.0], [4.0, 4.0, 4.0]), d(1.0, 2.0, 1.0), d(0.0, 0.0, 5.0)
    for shape in (*sizes(2), *sizes(3), (5,)):
        yield normal(rng, *shape) + 2, 0.5 + uniform(rng, shape[-1]), normal(rng, shape[-1])
    yield 0.01 * normal(rng, 4, 3), 0.5 + uniform(rng, 3), normal(rng, 3)


def hard_cases(rng):
    x, weight, bias = (torch.randn(*s, generator=rng) for s in ((8, 16, 64), (64,), (64,)))
    yield x, weight, bias
    yield 30 + 0.1 * x, weight, bias  # a mean far above the spread


class Mistakes:
    def statistics_over_the_batch(x, weight, bias):
        """You normalise over dimension 0, the batch, as BatchNorm does. LayerNorm takes the last
        dimension, so every example stands for itself."""
        var, mean = torch.var_mean(x, 0, correction=0)
        return weight * (x - mean) / (var + 1e-5).sqrt() + bias

    @named("statistics over all but the batch")
    def statistics_over_all_but_the_batch(x, weight, bias):
        """You took one mean and variance for all positions of an example. Every vector of D
        features has its own: dim=-1, keepdim=True."""
        dims = tuple(range(1, x.ndim)) or (0,)
        var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
        return weight * (x - mean) / (var + 1e-5).sqrt() + bias

    def unbiased_variance(x, weight, bias):
        """You divided by D - 1 (the default of .var and .std). LayerNorm divides by D:
        correction=0."""
        var, mean = torch.var_mean(x, -1, keepdim=True)
        return weight * (x - mean) / (var + 1e-5).sqrt() + bias

    def eps_outside_the_root(x, weight, bias):
        """The 1e-5 belongs under the root, to the variance."""
        std, mean = torch.std_mean(x, -1, correction=0, keepdim=True)
        return weight * (x - mean) / (std + 1e-5) + bias

    def mean_not_subtracted(x, weight, bias):
        """You divide by the root mean square without subtracting the mean: that is RMSNorm."""
        return F.rms_norm(x, weight.shape, weight, 1e-5) + bias
