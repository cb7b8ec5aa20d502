"""Lesson 21: Best D: the probability that a point is real, p / (p + q) (Goodfellow et al. 20"""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="21, step 1", difficulty=2, minutes=5)
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
    return [
        (d(-1.0), d(-2.0)),
        (d(-1.0, 0.5, -3.0), d(-2.0, 0.5, -0.5)),
        (normal(rng, 3), normal(rng, 3)),
    ]


class Properties:
    @named("1/2 where the densities agree")
    def half_where_the_densities_agree(f, rng):
        log_p = 3 * normal(rng, 4)
        got = f(log_p, log_p.clone())
        if not (got - 0.5).abs().max() < 1e-9:
            raise Fails(
                f"where both densities are equal nobody can tell real from fake: 1/2; you return "
                f"{float(got[0]):.4f}."
            )

    @named("D and 1 - D change places with the data")
    def D_and_1_D_change_places_with_the_data(f, rng):
        log_p, log_q = normal(rng, 2, 5)
        total = f(log_p, log_q) + f(log_q, log_p)
        if not (total - 1).abs().max() < 1e-9:
            raise Fails(
                f"exchange the roles of real and fake and D becomes 1 - D; your two answers add up to "
                f"{float(total[0]):.4f}, not to 1."
            )

    def works_where_both_densities_underflow(f, rng):
        got = f(d(-900.0, -2000.0), d(-903.0, -2000.0))
        expected = d(1 / (1 + math.exp(-3)), 0.5)
        if not (got - expected).abs().max() < 1e-9:
            raise Fails(
                f"far from all data, log p = -900 and log q = -903, D is sigmoid(3) = 0.9526; you "
                f"return {float(got[0]):.4f}. e^-900 is 0 for the machine: stay with the logs."
            )


class Mistakes:
    def real_and_fake_exchanged(log_p, log_q):
        """You return q / (p + q), the probability of *fake*. D(x) near 1 means real."""
        return torch.sigmoid(log_q - log_p)

    @named("the ratio p / q")
    def the_ratio_p_q(log_p, log_q):
        """p / q is the odds of *real*, and may be any positive number. A probability is odds
        divided by 1 + odds."""
        return (log_p - log_q).exp()

    def the_logit(log_p, log_q):
        """log p - log q is the logit of D. One sigmoid is missing."""
        return log_p - log_q

    def logs_put_where_densities_belong(log_p, log_q):
        """You divided log densities. The densities themselves add up: p / (p + q)."""
        return log_p / (log_p + log_q)

    @named("a sigmoid of the densities' difference")
    def a_sigmoid_of_the_densities_difference(log_p, log_q):
        """The logit is the difference of the logs, not of the densities: it is a log ratio."""
        return torch.sigmoid(log_p.exp() - log_q.exp())

    @named("sigmoid applied twice (R14)", see="21, step 6")
    def sigmoid_applied_twice_R14(log_p, log_q):
        """You squashed a probability once more: your D never leaves (0.5, 0.731). Say once whether
        a number is a logit or a probability."""
        return torch.sigmoid(torch.sigmoid(log_p - log_q))

    def the_density_of_the_data(log_p, log_q):
        """You return p(x). A discriminator knows no density, only how it compares with the
        generator's."""
        return log_p.exp()
