"""Lesson 51: Perplexity of a sequence, exp of the mean surprise."""

import math

import torch
from torch import Tensor

from course_utils.checks.language_models.shared import _simplex
from course_utils.exercises.spec import About, Fails, d, named

ABOUT = About(see="51, step 3", difficulty=1, minutes=3)
HINTS = (
    "Perplexity is the number of equally likely symbols that would surprise as much.",
    "The mean of -log_probs is a cross-entropy in nats; undo the logarithm.",
)


def perplexity(log_probs: Tensor) -> Tensor:
    """Perplexity of a sequence, exp of the mean surprise.

    log_probs: (T,) log p of each symbol given all before it, nats -> scalar, symbols.
    """
    nll_per_symbol = -log_probs.mean()
    return nll_per_symbol.exp()


def cases(rng):
    return [
        (d(0.5, 0.25, 0.125).log(),),
        (d(-3.0),),
        (_simplex(rng, 40).log(),),
    ]


class Properties:
    @named("27 for 27 equally likely symbols")
    def is_27_for_27_equally_likely_symbols(f, rng):
        got = float(f(torch.full((20,), -math.log(27.0), dtype=torch.double)))
        if not abs(got - 27) < 1e-6:
            raise Fails(f"27 equally likely symbols have perplexity 27, you return {got:.4f}.")

    def never_below_1(f, rng):
        got = float(f(d(-0.5, -0.01, 0.0)))
        if not (got >= 1):
            raise Fails(f"a perplexity is at least 1 (no surprise at all), not {got:.4f}.")

    def unchanged_when_the_text_is_met_twice(f, rng):
        log_probs = _simplex(rng, 9).log()
        one, two = float(f(log_probs)), float(f(torch.cat([log_probs, log_probs])))
        if not abs(one - two) < 1e-6 * (1 + abs(one)):
            raise Fails(
                f"the same surprises met twice keep the perplexity; yours goes {one:.4g}, {two:.4g}."
            )


class Mistakes:
    def averaged_perplexities(log_probs):
        """You averaged 1/p over the symbols. Average the surprises -log p first, then exp: a
        geometric mean, which one rare symbol cannot dominate."""
        return (-log_probs).exp().mean()

    def no_mean(log_probs):
        """You took exp of the sum: 1 / p(whole text). Perplexity is per symbol: use the mean."""
        return (-log_probs.sum()).exp()

    def base_2_of_nats(log_probs):
        """You raised 2 to a power in nats. Either exp of nats or 2 to the power of bits."""
        return 2 ** (-log_probs.mean())

    def missing_minus_sign(log_probs):
        """log p is negative: without the minus you get the mean probability, 1 / perplexity."""
        return log_probs.mean().exp()

    @named("cross-entropy instead of perplexity")
    def cross_entropy_instead_of_perplexity(log_probs):
        """You return the cross-entropy in nats. Perplexity is its exponential."""
        return -log_probs.mean()

    @named("cross-entropy in bits")
    def cross_entropy_in_bits(log_probs):
        """You return bits per symbol. Perplexity is 2 to that power, or exp of the nats."""
        return -log_probs.mean() / math.log(2)
