"""Exercise of lesson 51: the price of a collection of documents in bits per character."""

import math

import torch
from torch import Tensor

from course_utils.checks.shared import bits
from course_utils.exercises.spec import About, close, d, uniform

ABOUT = About(see="51, step 2", difficulty=1, minutes=4, gradient=False)
HINTS = (
    "How many nats does the whole collection cost, and how many characters has it?",
    "nll.sum() / n_chars.sum() is nats per character; one bit is math.log(2) nats.",
)


def bits_per_char(nll: Tensor, n_chars: Tensor) -> Tensor:
    """Bits per character of a whole collection of documents.

    nll: (N,) negative log likelihood of each document, nats; n_chars: (N,) long, characters of each
    -> scalar, bits per character.
    """
    nats_per_char = nll.sum() / n_chars.sum()  # every character counts the same
    return nats_per_char / math.log(2)  # one bit is log 2 nats


def cases(rng):
    yield d(20.0, 300.0), torch.tensor([10, 100])
    yield d(7.5), torch.tensor([3])
    yield 200 * uniform(rng, 3), torch.tensor([50, 60, 900])
    yield d(0.0, 5.0), torch.tensor([0, 4])  # an empty document


def hard_cases(rng):
    n_chars = torch.randint(50, 5000, (80,), generator=rng)
    yield (n_chars * (1 + uniform(rng, 80))).float(), n_chars


class Properties:
    def cutting_a_document_changes_nothing(f, rng):
        whole = f(d(60.0), torch.tensor([40]))
        cut = f(d(50.0, 10.0), torch.tensor([10, 30]))
        close(
            cut,
            whole,
            "a document of 40 characters and 60 nats costs {right} bits a character; cut into 10 "
            "(50 nats) and 30 (10 nats) it costs the same, and you return {got}.",
        )


class Mistakes:
    mean_of_the_documents_own = bits.mean_of_the_documents_own
    multiplied_by_log_2 = bits.multiplied_by_log_2

    def bits_per_document(nll, n_chars):
        """You return bits per document. Divide by the number of characters, n_chars.sum()."""
        return nll.mean() / math.log(2)

    def weighted_by_characters_once_more(nll, n_chars):
        """You multiplied each document's nats by its characters. nll is what the whole document
        costs, not a price per character: just add it up."""
        return (nll * n_chars).sum() / n_chars.sum() / math.log(2)

    def log_2_of_the_nats(nll, n_chars):
        """You took the log2 of a number of nats. It is a logarithm already; only its unit changes:
        divide by log 2."""
        return torch.log2(nll.sum() / n_chars.sum())
