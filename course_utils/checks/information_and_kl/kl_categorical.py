"""Exercise of lesson 12: the KL divergence of two categorical distributions."""

import torch
from torch import Tensor
from torch.nn import functional

from course_utils.checks.information_and_kl.shared import long_tails, pairs_of_probabilities
from course_utils.exercises.spec import About, d, named

ABOUT = About(see="12, step 4", difficulty=2, minutes=5)
HINTS = (
    "KL is the average, over draws from p, of log p - log q.",
    "Write log p - log q first, weight it with p, sum over the last dimension. Where p = 0 put 1 "
    "inside both logarithms (torch.where).",
)


def kl_categorical(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) = sum p log(p / q). p, q: (..., K), rows sum to 1 -> (...), nats.

    Classes with p = 0 cost nothing; the value is inf where q = 0 < p.
    """
    happens = p > 0
    log_p = torch.where(happens, p, 1.0).log()
    log_q = torch.where(happens, q, 1.0).log()
    return (p * (log_p - log_q)).sum(-1)


def cases(rng):
    yield d(0.5, 0.3, 0.2), d(0.1, 0.2, 0.7)
    yield d(0.5, 0.5), d(0.5, 0.5)
    yield from pairs_of_probabilities(rng)


def hard_cases(rng):
    yield d([0.5, 0.5, 0.0]).float(), d([0.25, 0.25, 0.5]).float()  # log 2
    yield d([0.5, 0.5, 0.0]).float(), d([0.25, 0.75, 0.0]).float()  # neither has the last class
    yield d([0.5, 0.0, 0.5]).float(), d([0.5, 0.5, 0.0]).float()  # inf
    yield long_tails(rng, 20, 1000), long_tails(rng, 20, 1000)


class Mistakes:
    def p_and_q_swapped(p, q):
        """You computed KL(q‖p). The first argument is the distribution you average over, and the
        one on top of the ratio. (F.kl_div(log_q, p) takes them the other way round.)"""
        return kl_categorical(q, p)

    @named("cross-entropy for KL", see="12, step 3")
    def cross_entropy(p, q):
        """You computed CE(p, q) = H(p) + KL(p‖q). Subtract the entropy of p: a divergence is 0
        where p = q."""
        return -torch.special.xlogy(p, q).sum(-1)

    @named("0 log 0 becomes NaN", see="12, step 2")
    def zero_log_zero(p, q):
        """A class that p never draws costs nothing, but 0 · log 0 is NaN for a computer. Where p is
        0, put 1 inside both logarithms."""
        return (p * (p / q).log()).sum(-1)

    @named("NaN where both are 0", see="12, step 2")
    def both_zero(p, q):
        """Where p and q are both 0, F.kl_div computes 0 · (-inf) = NaN. A class that p never draws
        costs nothing: mask it."""
        return functional.kl_div(q.log(), p, reduction="none").sum(-1)

    @named("finite where q forbids what p does", see="12, step 6")
    def never_infinite(p, q):
        """Where q = 0 < p the KL is infinite: no price is high enough for calling impossible what
        happens. Yours is finite: q is cut off at a small number."""
        return (torch.special.xlogy(p, p) - torch.special.xlogy(p, q.clamp(min=1e-12))).sum(-1)
