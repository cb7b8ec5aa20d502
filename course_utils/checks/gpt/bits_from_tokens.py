"""Lesson 54: Bits per character of documents that a model reads as tokens."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="51, step 3", difficulty=2, minutes=6)
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


def cases(rng) -> list[tuple]:
    ragged = torch.randint(6, (3, 5), generator=rng)
    ragged[0, 3:], ragged[2, 4:] = -100, -100
    return [
        (normal(rng, 1, 4, 5), torch.tensor([[1, 0, 4, 2]]), torch.tensor([9])),
        (2 * normal(rng, 3, 5, 6), ragged, torch.tensor([7, 22, 9])),
        (
            normal(rng, 2, 3, 4),
            torch.tensor([[1, 2, -100], [3, -100, -100]]),
            torch.tensor([8, 2]),
        ),
    ]


def _paid(logits: Tensor, target: Tensor) -> Tensor:
    """Nats of each token, 0 at padding -> (B, T)."""
    known = target.clamp(min=0)
    log_p = logits.log_softmax(-1).gather(-1, known[..., None])[..., 0]
    return -log_p * (target >= 0)


class Properties:
    @named("4 bits a token, 2 characters a token: 2 bits")
    def is_4_bits_a_token_2_characters_a_token_2_bits(f, rng):
        target = torch.zeros(2, 3, dtype=torch.long)
        got = float(f(torch.zeros(2, 3, 16, dtype=torch.double), target, torch.tensor([6, 6])))
        if not abs(got - 2) < 1e-9:
            raise Fails(
                "six tokens of 16 equally likely ones cost 24 bits; spread over 12 characters that is "
                f"2 bits a character, you return {got:.4f}."
            )

    def padding_is_free(f, rng):
        logits, n = normal(rng, 1, 6, 5), torch.tensor([10])
        target = torch.tensor([[1, 2, 3, -100, -100, -100]])
        long, short = float(f(logits, target, n)), float(f(logits[:, :3], target[:, :3], n))
        if not abs(long - short) < 1e-9:
            raise Fails(
                f"padding costs nothing: {short:.4f} without it, with it you return {long:.4f}."
            )


class Mistakes:
    @named("nats, not bits")
    def nats_not_bits(logits, target, n_chars):
        """These are nats per character. log 2 = 0.693 nats make one bit."""
        return _paid(logits, target).sum() / n_chars.sum()

    @named("per token", see="54, bug 2")
    def per_token(logits, target, n_chars):
        """You divided by the number of tokens. A larger vocabulary has fewer and dearer tokens, so
        that number compares nothing; divide by characters."""
        return _paid(logits, target).sum() / math.log(2) / (target >= 0).sum()

    @named("padding paid for", see="54, step 5")
    def padding_paid_for(logits, target, n_chars):
        """You also paid for the positions marked -100. F.cross_entropy skips them by itself."""
        return (
            -logits.log_softmax(-1).gather(-1, target.clamp(min=0)[..., None]).sum()
            / math.log(2)
            / n_chars.sum()
        )

    @named("mean of the documents' own")
    def mean_of_the_documents_own(logits, target, n_chars):
        """You averaged the documents' own averages, so a short one weighs as much as a long one.
        Add all nats, add all characters, divide once."""
        return (_paid(logits, target).sum(1) / n_chars).mean() / math.log(2)

    @named("mean loss times characters a token, upside down", see="54, step 5")
    def mean_loss_times_characters_a_token_upside_down(logits, target, n_chars):
        """You multiplied the loss per token by characters per token. A token of several characters
        makes each of them cheaper: divide."""
        return (
            _paid(logits, target).sum()
            / (target >= 0).sum()
            / math.log(2)
            * (n_chars.sum() / (target >= 0).sum())
        )

    def multiplied_by_log_2(logits, target, n_chars):
        """You multiplied by log 2. A bit is smaller than a nat, so there are more bits: divide."""
        return _paid(logits, target).sum() * math.log(2) / n_chars.sum()
