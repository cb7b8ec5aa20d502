"""Exercise of lesson 21: the best discriminator is a density ratio."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="21, step 2", difficulty=2, minutes=5, gradient=False)
HINTS = (
    "Bayes with equal priors: of all points that land near x, which share is real?",
    "p / (p + q) = 1 / (1 + q / p), and q / p = exp(log_q - log_p): a sigmoid.",
)


def optimal_discriminator(log_p: Tensor, log_q: Tensor) -> Tensor:
    """Best D: the probability that a point is real, p / (p + q) (Goodfellow et al. 2014, eq. 2).

    log_p, log_q: (B,) log densities of the data and of the generator, nats -> (B,) in [0, 1].
    """
    return torch.sigmoid(log_p - log_q)


def cases(rng):
    yield d(-1.0), d(-2.0)
    yield d(-1.0, 0.5, -3.0), d(-2.0, 0.5, -0.5)
    yield 6 * normal(rng, 5), 6 * normal(rng, 5)


def hard_cases(rng):
    yield torch.tensor([-30.0, -200.0, -900.0]), torch.tensor([-30.0, -198.0, -903.0])
    yield torch.tensor([200.0, 100.0]), torch.tensor([198.0, 101.0])  # e^200 is no float32
    yield 9 * normal(rng, 20_000).float() - 20, 9 * normal(rng, 20_000).float() - 20


class Properties:
    @named("D and 1 - D change places with the data")
    def roles_exchanged(f, rng):
        log_p, log_q = normal(rng, 2, 5)
        says = "with real and fake exchanged D becomes 1 - D; your two answers add up to {got}."
        close(f(log_p, log_q) + f(log_q, log_p), 1, says)


class Mistakes:
    def real_and_fake_exchanged(log_p, log_q):
        """You return q / (p + q), the probability of *fake*. D(x) near 1 means real."""
        return torch.sigmoid(log_q - log_p)

    @named("the ratio p / q")
    def the_ratio(log_p, log_q):
        """p / q is the odds of *real*, and may be any positive number. A probability is odds
        divided by 1 + odds."""
        return (log_p - log_q).exp()

    def logs_put_where_densities_belong(log_p, log_q):
        """You divided log densities. The densities themselves add up: p / (p + q)."""
        return log_p / (log_p + log_q)

    @named("a sigmoid of the densities' difference")
    def sigmoid_of_the_difference(log_p, log_q):
        """The logit is the difference of the logs, not of the densities: it is a log ratio."""
        return torch.sigmoid(log_p.exp() - log_q.exp())

    @named("densities before their ratio")
    def densities_first(log_p, log_q):
        """Far from all data both densities are 0 for the machine, and 0 / 0 is no number. Only
        their ratio counts: subtract the logs first, then take the sigmoid."""
        p, q = log_p.exp(), log_q.exp()
        return p / (p + q)
