"""Lesson 14: LayerNorm over the last dimension. x: (..., D), weight, bias: (D,) -> (..., D);"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, normal

ABOUT = About(see="14, step 11", difficulty=2, minutes=5)
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
    return [
        (normal(rng, 1, 4), 1 + 0.2 * normal(rng, 4), normal(rng, 4)),
        (normal(rng, 3, 4) + 2, 1 + 0.2 * normal(rng, 4), normal(rng, 4)),
        (0.05 * normal(rng, 2, 3, 5), 1 + 0.2 * normal(rng, 5), normal(rng, 5)),
    ]


def _ln(x, w, b, *, dims=-1, correction=0, eps_in=True, centre=True, affine=True):
    mean = x.mean(dims, keepdim=True) if centre else 0.0
    var = (
        x.var(dims, correction=correction, keepdim=True)
        if centre
        else x.square().mean(dims, keepdim=True)
    )
    scale = (var + 1e-5).sqrt() if eps_in else var.sqrt() + 1e-5
    out = (x - mean) / scale
    return w * out + b if affine else out


class Properties:
    def every_example_for_itself(f, rng):
        x, one, zero = normal(rng, 4, 6), torch.ones(6).double(), torch.zeros(6).double()
        together = f(x, one, zero)
        alone = torch.cat([f(row[None], one, zero) for row in x])
        worst = float((together - alone).abs().max())
        if not worst < 1e-9:
            raise Fails(
                "an example's output must not depend on its neighbours in the batch; computed alone, "
                f"yours differs by {worst:.3g}."
            )

    def rows_leave_standardised(f, rng):
        x, one, zero = 2 * normal(rng, 3, 50) + 7, torch.ones(50).double(), torch.zeros(50).double()
        out = f(x, one, zero)
        mean, var = float(out.mean(-1).abs().max()), float(out.var(-1, correction=0)[0])
        if not (mean < 1e-6 and abs(var - 1) < 1e-4):
            raise Fails(
                f"each row should have mean 0 and variance 1; yours: up to {mean:.3g} and {var:.4g}."
            )


class Mistakes:
    def statistics_over_the_batch(x, weight, bias):
        """You normalise over dimension 0, the batch, as BatchNorm does. LayerNorm takes the last
        dimension, so every example stands for itself."""
        return _ln(x, weight, bias, dims=0)

    def statistics_over_everything(x, weight, bias):
        """You took one mean and variance for the whole tensor. Use dim=-1, keepdim=True."""
        return _ln(x, weight, bias, dims=tuple(range(x.ndim)))

    def unbiased_variance(x, weight, bias):
        """You divided by D - 1 (the default of .var and .std). LayerNorm divides by D:
        correction=0."""
        return _ln(x, weight, bias, correction=1)

    def eps_outside_the_root(x, weight, bias):
        """The 1e-5 belongs under the root, to the variance."""
        return _ln(x, weight, bias, eps_in=False)

    def mean_not_subtracted(x, weight, bias):
        """You divide by the root mean square without subtracting the mean: that is RMSNorm."""
        return _ln(x, weight, bias, centre=False)

    def weight_and_bias_forgotten(x, weight, bias):
        """The learnt weight and bias are missing at the end."""
        return _ln(x, weight, bias, affine=False)
