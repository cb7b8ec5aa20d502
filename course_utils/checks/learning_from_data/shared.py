"""What several exercises of lesson 11b use."""

import math

from torch import Tensor

LEARNING = "11b_learning_from_data"


def gaussian_log_prob_reference(x: Tensor, mu: float, sigma: float) -> Tensor:
    """Log density of N(mu, sigma^2). x: (B,), sigma > 0 a standard deviation -> (B,), nats."""
    z = (x - mu) / sigma
    return -0.5 * z**2 - math.log(sigma) - 0.5 * math.log(2 * math.pi)
