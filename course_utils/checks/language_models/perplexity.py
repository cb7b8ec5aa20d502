"""Exercise of lesson 51: among how many equally likely symbols a model feels it is choosing."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, simplex, uniform

ABOUT = About(see="51, step 2", difficulty=1, minutes=3, gradient=False)
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
    yield (d(0.5, 0.25, 0.125).log(),)
    yield (d(-3.0),)
    yield (d(1 / 27).log().expand(5),)
    yield (simplex(rng, 40).log(),)
    yield (d(-1.0, -math.inf),)  # what the model thought impossible


def hard_cases(rng):
    yield (-4 * uniform(rng, 5000).float(),)  # the product of 5,000 probabilities is 0


class Properties:
    def unchanged_when_the_text_is_met_twice(f, rng):
        log_probs = simplex(rng, 9).log()
        once, twice = f(log_probs), f(log_probs.repeat(2))
        close(twice, once, "a text has perplexity {right}, and written twice {got}: it must stay.")


class Mistakes:
    def averaged_perplexities(log_probs):
        """You averaged 1/p over the symbols. Average the surprises -log p first, then exp: a
        geometric mean, which one rare symbol cannot dominate."""
        return (-log_probs).exp().mean()

    def averaged_probabilities(log_probs):
        """You averaged the probabilities. Average their logarithms: probabilities of a text
        multiply, so the mean that keeps the price of the text is the geometric one."""
        return 1 / log_probs.exp().mean()

    def no_mean(log_probs):
        """You took exp of the sum: 1 / p(whole text). Perplexity is per symbol: use the mean."""
        return (-log_probs.sum()).exp()

    def base_2_of_nats(log_probs):
        """You raised 2 to a power in nats. Either exp of nats or 2 to the power of bits."""
        return 2 ** (-log_probs.mean())

    def exp_of_bits(log_probs):
        """You divided by log 2 and then took exp. Either exp of nats or 2 to the power of bits."""
        return torch.exp(-log_probs.mean() / math.log(2))
