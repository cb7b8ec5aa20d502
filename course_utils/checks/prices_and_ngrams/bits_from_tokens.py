"""Exercise of lesson 54c: bits per character of a model that reads tokens."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.checks.shared import bits
from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="54c, step 1", difficulty=2, minutes=6, gradient=False)
HINTS = (
    "What do all documents cost together, in nats? How many characters are that?",
    'F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="sum") skips -100; then '
    "divide by log 2 and by n_chars.sum().",
)


def bits_from_tokens(logits: Tensor, target: Tensor, n_chars: Tensor) -> Tensor:
    """Bits per character of documents that a model reads as tokens.

    logits: (B, T, V); target: (B, T) long, -100 at padding; n_chars: (B,) long, the characters
    each document stands for -> scalar, bits per character of all documents together.
    """
    nats = F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="sum")  # skips -100
    return nats / math.log(2) / n_chars.sum()


def documents(rng, lengths, t, v, size=1.0):
    """Logits, targets with padding behind each length, and characters."""
    lengths = torch.tensor(lengths)
    target = torch.randint(v, (len(lengths), t), generator=rng)
    target = target.masked_fill(torch.arange(t) >= lengths[:, None], -100)
    return size * normal(rng, len(lengths), t, v), target, 2 * lengths + lengths % 3


def cases(rng):
    yield d([[0.0, math.log(3)], [0.0, 0.0], [9.0, 9.0]]), torch.tensor([[1, 0, -100]]), d(4).long()
    yield documents(rng, [4], t=6, v=5)
    yield documents(rng, [3, 5, 0, 4], t=5, v=6, size=2.0)  # one document is empty
    yield documents(rng, [2, 1], t=3, v=4)


def hard_cases(rng):
    logits, target, n_chars = documents(rng, [64, 30, 50, 7], t=64, v=600)
    yield logits.float(), target, n_chars
    yield 60 * logits.float(), target, n_chars  # softmax gives 0 for many tokens


class Properties:
    @named("4 bits a token, 2 characters a token: 2 bits")
    def two_bits(f, rng):
        zeros = torch.zeros(2, 3, 16, dtype=torch.double)
        close(
            f(zeros, zeros[..., 0].long(), torch.tensor([6, 6])),
            2,
            "six tokens of 16 equally likely ones cost 24 bits; spread over 12 characters that is "
            "{right} bits a character, you return {got}.",
        )


def of_tokens(price):
    """The same, from the nats of each document."""

    def function(logits, target, n_chars):
        nats = F.cross_entropy(logits.mT, target, reduction="none").sum(1)
        return price(nats, n_chars)

    function.__name__, function.__doc__ = price.__name__, price.__doc__
    return function


class Mistakes:
    multiplied_by_log_2 = of_tokens(bits.multiplied_by_log_2)
    mean_of_the_documents_own = of_tokens(bits.mean_of_the_documents_own)

    @named("per token", see="54c, find the bug")
    def per_token(logits, target, n_chars):
        """You divided by the number of tokens. A larger vocabulary has fewer and dearer tokens, so
        that number compares nothing; divide by characters."""
        return F.cross_entropy(logits.mT, target) / math.log(2)

    def padding_paid_for(logits, target, n_chars):
        """You also paid for the positions marked -100. F.cross_entropy skips them by itself."""
        nats = F.cross_entropy(logits.mT, target.clamp(min=0), reduction="sum")
        return nats / math.log(2) / n_chars.sum()

    def shifted_once_more(logits, target, n_chars):
        """You shifted by one, and target is shifted already: target[:, t] is what the model must
        say at position t. So you lose the first token and ask for the wrong ones."""
        nats = F.cross_entropy(logits[:, :-1].mT, target[:, 1:], reduction="sum")
        return nats / math.log(2) / n_chars.sum()
