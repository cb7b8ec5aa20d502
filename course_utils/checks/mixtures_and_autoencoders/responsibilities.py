"""Lesson 15: Posterior p(k | x) of a mixture: how much of each point belongs to each compone"""

import math

import torch
from torch import Tensor

from course_utils.checks.mixtures_and_autoencoders.shared import _simplex
from course_utils.exercises.spec import About, Fails, d, normal

ABOUT = About(see="15, step 3", difficulty=2, minutes=5)
HINTS = (
    "Bayes' rule: p(k | x) is w_k p(x | k) over the sum of these. What does the product become "
    "in logarithms?",
    "log_joint = log_density + weights.log(); a softmax over the components (dim=1) is exp and "
    "normalisation in one, without underflow.",
)


def responsibilities(log_density: Tensor, weights: Tensor) -> Tensor:
    """Posterior p(k | x) of a mixture: how much of each point belongs to each component.

    log_density: (N, K) log p(x | k), nats; weights: (K,) summing to 1 -> (N, K), rows sum to 1.
    """
    log_joint = log_density + weights.log()  # (N, K): log p(x, k)
    log_evidence = torch.logsumexp(log_joint, dim=1, keepdim=True)  # (N, 1): log p(x)
    return (log_joint - log_evidence).exp()


def cases(rng):
    return [
        (d([-1.0, -2.0], [-3.0, -0.5], [0.2, 0.1]), d(0.8, 0.2)),
        (normal(rng, 1, 3), _simplex(rng, 3)),
        (40 * normal(rng, 3, 4) - 900, _simplex(rng, 4)),
    ]


_UNDERFLOW = (
    "exp(-2000) is 0 for a computer, and 0/0 is NaN. Stay with logarithms: subtract the logsumexp "
    "of each row, and take exp at the very end."
)


class Properties:
    def rows_sum_to_1(f, rng):
        rows = f(normal(rng, 5, 3), _simplex(rng, 3)).sum(-1)
        worst = float((rows - 1).abs().max())
        if not worst < 1e-9:
            raise Fails(f"a row of yours sums to {float(rows[0]):.4f}, not to 1.")

    def the_weights_decide_between_equal_densities(f, rng):
        weights = d(0.7, 0.2, 0.1)
        got = f(torch.zeros(2, 3, dtype=torch.double), weights)[0]
        if not (got - weights).abs().max() < 1e-9:
            mine = [round(v, 3) for v in got.tolist()]
            raise Fails(
                f"where all densities are equal the weights [0.7, 0.2, 0.1] decide; you say {mine}."
            )

    def no_underflow(f, rng):
        got = f(d([-2000.0, -2001.0]), d(0.5, 0.5)).flatten()
        right = 1 / (1 + math.exp(-1))
        if not abs(float(got[0]) - right) < 1e-6:
            raise Fails(
                f"log densities of -2000 and -2001 (usual for a picture) give {right:.4f} and "
                f"{1 - right:.4f}, you return {float(got[0]):.4g} for the first."
            )


class Mistakes:
    def exp_before_the_division(log_density, weights):
        __doc__ = _UNDERFLOW
        return (weights * log_density.exp()) / (weights * log_density.exp()).sum(1, keepdim=True)

    def forgotten_weights(log_density, weights):
        """You compared the densities only. Bayes' rule multiplies each by its weight: a rare
        component needs a larger density to claim a point."""
        return log_density.softmax(1)

    def weights_added_outside_the_logarithm(log_density, weights):
        """You added w to a log density. In logarithms the factor w becomes + log w."""
        return (log_density + weights).softmax(1)

    def normalised_over_the_points(log_density, weights):
        """Your columns sum to 1. Each point is shared out among the components, so each row must
        sum to 1."""
        return (log_density + weights.log()).softmax(0)

    def still_logarithms(log_density, weights):
        """You return log p(k | x). The M-step needs shares between 0 and 1: one exp is missing."""
        return (log_density + weights.log()).log_softmax(1)

    def not_normalised(log_density, weights):
        """You return the joint density w_k p(x | k). Divide by its sum over k, the evidence."""
        return (log_density + weights.log()).exp()

    def hard_choice(log_density, weights):
        """You gave each point to its best component: that is k-means. EM shares points, and only
        shares make the bound touch the likelihood."""
        return torch.nn.functional.one_hot(
            (log_density + weights.log()).argmax(1), len(weights)
        ).to(log_density)
