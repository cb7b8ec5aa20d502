"""What several exercises of lesson 12 use."""

import torch
from torch import Tensor


def _simplex(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double).softmax(-1)


_BASE_2 = "You used log2: your unit is the bit. One bit is log 2 = 0.693 nats; the course uses ln."


_MEAN = (
    "You averaged over the classes. The weights p already make an average; "
    "a mean divides by K once more."
)


def kl_categorical_reference(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) = sum p log(p / q). p, q: (..., K), rows sum to 1 -> (...), nats.

    Classes with p = 0 cost nothing; the value is inf where q = 0 < p.
    """
    happens = p > 0
    log_p = torch.where(happens, p, 1.0).log()
    log_q = torch.where(happens, q, 1.0).log()
    return (p * (log_p - log_q)).sum(-1)


_NO_HALF = "Your value is twice the KL: the 1/2 of the Gaussian exponent got lost while collecting."


_BATCH = (
    "You summed over the batch as well. Sum over the last dimension only: one value per example."
)


_DIMS = (
    "You averaged over the D dimensions. Independent dimensions add: the KL of a D-dimensional "
    "Gaussian is a sum, and a mean makes the regulariser of a VAE D times too weak."
)
