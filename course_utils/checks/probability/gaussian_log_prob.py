"""Lesson 11: Log density of N(mu, sigma^2). x: (B,), sigma > 0 a standard deviation -> (B,),"""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(difficulty=1, minutes=5)
HINTS = (
    "Write p(x) = exp(-(x - mu)^2 / (2 sigma^2)) / (sigma sqrt(2 pi)) and take the log on "
    "paper: a product becomes a sum of three terms.",
    "With z = (x - mu) / sigma the three terms are -z**2 / 2, -math.log(sigma) and "
    "-math.log(2 * math.pi) / 2.",
)


def gaussian_log_prob(x: Tensor, mu: float, sigma: float) -> Tensor:
    """Log density of N(mu, sigma^2). x: (B,), sigma > 0 a standard deviation -> (B,), nats."""
    z = (x - mu) / sigma
    return -0.5 * z**2 - math.log(sigma) - 0.5 * math.log(2 * math.pi)


def cases(rng: torch.Generator) -> list[tuple]:
    return [
        (torch.tensor([0.5], dtype=torch.float64), 0.0, 2.0),
        (normal(rng, 3), 0.3, 0.1),
        (100 * torch.ones(1, dtype=torch.float64), 0.0, 2.0),  # 50 sigma out: exp underflows
        (4 * normal(rng, 8), -1.0, 3.0),
    ]


class Properties:
    def exp_of_it_integrates_to_1(f, rng: torch.Generator):
        x = torch.linspace(-30, 30, 60_001, dtype=torch.float64)
        total = torch.trapezoid(f(x, 1.0, 2.0).exp(), x).item()
        if abs(total - 1) < 1e-6:
            return
        raise Fails(
            f"exp of your answer integrates to {total:.4g} for N(1, 2^2); a density integrates to 1"
        )


class Mistakes:
    def the_standard_deviation_used_as_a_variance(x, mu, sigma):
        """You divide (x - mu)^2 by sigma. sigma is the standard deviation, in the unit of x; the
        variance sigma^2 belongs there. The two agree only for sigma = 1."""
        return -0.5 * ((x - mu) ** 2 / sigma + math.log(sigma) + math.log(2 * math.pi))

    @named("the 1/2 of the exponent is missing")
    def the_half_of_the_exponent_is_missing(x, mu, sigma):
        """Without the 1/2 in -(x - mu)^2 / (2 sigma^2) the bell is too narrow by the square root of
        2, and it no longer integrates to 1."""
        return -(((x - mu) / sigma) ** 2) - math.log(sigma) - 0.5 * math.log(2 * math.pi)

    def the_density_instead_of_its_logarithm(x, mu, sigma):
        """This is p(x); log p(x) is asked for. Far from the mean p underflows to 0 while log p is
        an ordinary number."""
        return torch.exp(-0.5 * ((x - mu) / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))

    def the_logarithm_taken_after_the_density_has_underflowed(x, mu, sigma):
        """Right near the mean, but 50 sigma out exp(-1250) is 0 in double precision and its log is
        -inf. Simplify log(exp(...)) on paper and never build p itself."""
        return torch.log(
            torch.exp(-0.5 * ((x - mu) / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi))
        )

    def bits_instead_of_nats(x, mu, sigma):
        """You used log2. The course counts in nats (natural logarithm); divide by log 2 only when
        you report bits."""
        return gaussian_log_prob(x, mu, sigma) / math.log(2)

    def the_normaliser_is_missing(x, mu, sigma):
        """Only the exponent is left. Without -log(sigma sqrt(2 pi)) it does not integrate to 1, and
        sigma could not be fitted: the wider the bell, the better every point would look."""
        return -0.5 * ((x - mu) / sigma) ** 2

    @named("2 pi outside the square root")
    def is_2_pi_outside_the_square_root(x, mu, sigma):
        """The normaliser is sigma times the square root of 2 pi; its log has half of log(2 pi)."""
        return -0.5 * ((x - mu) / sigma) ** 2 - math.log(sigma) - math.log(2 * math.pi)

    def summed_over_the_batch(x, mu, sigma):
        """You return one number for the whole batch. Keep one log density per point, (B,): who
        calls the function decides whether to add or to average."""
        return gaussian_log_prob(x, mu, sigma).sum()

    def the_sign_of_a_loss(x, mu, sigma):
        """This is the negative log-likelihood, the loss one minimises. The log density has the
        other sign: it is largest at the mean."""
        return -gaussian_log_prob(x, mu, sigma)

    def half_of_log_sigma(x, mu, sigma):
        """Half of log(sigma^2) is log(sigma). You took half of log(sigma), as if sigma were the
        variance in this term only."""
        return -0.5 * ((x - mu) / sigma) ** 2 - 0.5 * math.log(sigma) - 0.5 * math.log(2 * math.pi)
