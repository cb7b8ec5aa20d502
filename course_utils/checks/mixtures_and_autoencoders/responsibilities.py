"""Exercise of lesson 15: the E-step of a mixture."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from course_utils.exercises.spec import About, d, normal, simplex, sizes

ABOUT = About(see="15, step 3", difficulty=2, minutes=5, gradient=False)
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
    yield d([-1.0, -2.0], [-3.0, -0.5], [0.0, 0.0]), d(0.8, 0.2)
    for n, k in (*sizes(2), (7, 3)):
        yield normal(rng, n, k), simplex(rng, k)


def hard_cases(rng):
    log_density = 3 * torch.randn(400, 5, generator=rng)
    weights = torch.tensor([0.5, 0.3, 0.15, 0.05, 0.0])  # an empty component
    yield log_density - 30, weights
    yield log_density - torch.linspace(10, 600, 400)[:, None], weights  # of pictures


class Mistakes:
    def exp_before_the_division(log_density, weights):
        """exp(-200) is 0 in float32, and 0/0 is NaN. Stay with logarithms: subtract the logsumexp
        of each row, and take exp at the very end."""
        joint = weights * log_density.exp()
        return joint / joint.sum(1, keepdim=True)

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

    def hard_choice(log_density, weights):
        """You gave each point to its best component: that is k-means. EM shares points, and only
        shares make the bound touch the likelihood."""
        best = (log_density + weights.log()).argmax(1)
        return one_hot(best, len(weights)).to(log_density)
