"""Exercise of lesson 01: what a text costs, from a model's prediction of each character."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="01, step 5", difficulty=1, minutes=4, gradient=False)
HINTS = (
    "Which number of each row belongs to the character that really came?",
    "log_probs[torch.arange(len(ids)), ids] are nats with a sign; one bit is math.log(2) nats.",
)


def bits_per_character(log_probs: Tensor, ids: Tensor) -> Tensor:
    """Bits a character that a text costs.

    log_probs: (T, V), row t is the log-probability (nats) of each symbol at place t; ids: (T,)
    long, the symbols that came -> scalar, bits per character, >= 0.
    """
    paid = -log_probs[torch.arange(len(ids)), ids]  # (T,), nats
    return paid.mean() / math.log(2)


def predicted(rng, t, v, size=1.0):
    return (size * normal(rng, t, v)).log_softmax(-1), torch.randint(v, (t,), generator=rng)


def cases(rng):
    yield d([0.5, 0.25, 0.25], [0.125, 0.375, 0.5]).log(), torch.tensor([1, 0])
    yield predicted(rng, 1, 4)
    yield predicted(rng, 5, 3)
    yield predicted(rng, 7, 11, size=3.0)


def hard_cases(rng):
    yield tuple(x.float() if x.is_floating_point() else x for x in predicted(rng, 300, 97, 60.0))


class Properties:
    @named("a guess among eight costs three bits")
    def eight(f, rng):
        rows = torch.full((6, 8), -math.log(8), dtype=torch.double)
        ids = torch.randint(8, (6,), generator=rng)
        close(f(rows, ids), 3, "eight equally likely symbols cost {right} bits, you return {got}.")


class Mistakes:
    def nats(log_probs, ids):
        """You return nats. A bit is log 2 = 0.693 nats: divide by it."""
        return -log_probs[torch.arange(len(ids)), ids].mean()

    def multiplied_by_log_2(log_probs, ids):
        """You multiplied by log 2. A bit is smaller than a nat, so there are more: divide."""
        return -log_probs[torch.arange(len(ids)), ids].mean() * math.log(2)

    def of_the_whole_text(log_probs, ids):
        """You return the bits of the whole text. Divide by the number of characters."""
        return -log_probs[torch.arange(len(ids)), ids].sum() / math.log(2)

    @named("the entropy of the predictions")
    def entropy(log_probs, ids):
        """You averaged over what the model expects. The text says what came: take the one number
        of each row that belongs to it."""
        return -(log_probs.exp() * log_probs).sum(-1).mean() / math.log(2)

    def the_likeliest_symbol(log_probs, ids):
        """You priced the symbol that the model likes best, not the one that came."""
        return -log_probs.amax(-1).mean() / math.log(2)
