"""Lesson 51: Bits per character of a whole collection of documents."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named

ABOUT = About(see="51, step 3", difficulty=1, minutes=4)
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
    return [
        (d(20.0, 300.0), torch.tensor([10, 100])),
        (d(7.5), torch.tensor([3])),
        (200 * torch.rand(3, generator=rng, dtype=torch.double), torch.tensor([50, 60, 900])),
    ]


_LN2 = "log 2 = 0.693 nats make one bit, so divide nats by log 2 to get bits."


_POOLED = (
    "You averaged the documents' own averages, so a page of 50 characters weighs as much as one of "
    "5,000. Add all nats, add all characters, then divide once."
)


class Properties:
    @named("6 bits for 64 equally likely symbols")
    def is_6_bits_for_64_equally_likely_symbols(f, rng):
        n_chars = torch.tensor([10, 500])
        got = float(f(n_chars * math.log(64.0), n_chars))
        if not abs(got - 6) < 1e-6:
            raise Fails(f"64 equally likely symbols cost 6 bits each, you return {got:.4f}.")

    def cutting_a_document_changes_nothing(f, rng):
        whole = float(f(d(60.0), torch.tensor([40])))
        cut = float(f(d(50.0, 10.0), torch.tensor([10, 30])))
        if not abs(whole - cut) < 1e-6:
            raise Fails(
                "a document of 40 characters and 60 nats, cut into 10 characters (50 nats) and 30 (10 "
                f"nats), costs the same; you return {whole:.4f} before and {cut:.4f} after."
            )


class Mistakes:
    def nats_for_bits(nll, n_chars):
        __doc__ = f"Your unit is nats per character. {_LN2}"
        return nll.sum() / n_chars.sum()

    def multiplied_by_log_2(nll, n_chars):
        __doc__ = f"You multiplied by log 2. {_LN2}"
        return nll.sum() / n_chars.sum() * math.log(2)

    @named("mean of per-document means")
    def mean_of_per_document_means(nll, n_chars):
        __doc__ = _POOLED
        return (nll / n_chars).mean() / math.log(2)

    @named("mean of per-document means, in nats")
    def mean_of_per_document_means_in_nats(nll, n_chars):
        __doc__ = f"{_POOLED} And {_LN2}"
        return (nll / n_chars).mean()

    def bits_per_document(nll, n_chars):
        """You return bits per document. Divide by the number of characters, n_chars.sum()."""
        return nll.mean() / math.log(2)

    def one_value_a_document(nll, n_chars):
        """You return one number a document; one number for the collection is wanted: sum first."""
        return nll / n_chars / math.log(2)

    def total_bits(nll, n_chars):
        """You return the bits of the whole collection. Divide by the number of characters."""
        return nll.sum() / math.log(2)

    def perplexity_instead_of_bits(nll, n_chars):
        """You took exp: that is the perplexity per character. Bits are its base-2 logarithm."""
        return (nll.sum() / n_chars.sum()).exp()
