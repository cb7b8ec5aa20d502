"""Lesson 51: Teacher-forced cross-entropy of a batch of texts."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="51, step 11", difficulty=2, minutes=6)
HINTS = (
    "Which outputs have an answer inside the batch, and which character is it?",
    "logits[:, :-1] are T - 1 predictions, idx[:, 1:] their answers; F.cross_entropy wants the "
    "two flattened: (B (T - 1), V) and (B (T - 1),).",
)


def next_char_nll(logits: Tensor, idx: Tensor) -> Tensor:
    """Teacher-forced cross-entropy of a batch of texts.

    logits: (B, T, V), the output after reading idx[:, :t + 1] stands at position t; idx: (B, T)
    long, the characters -> scalar, nats per predicted character (B * (T - 1) of them).
    """
    predicted = logits[:, :-1]  # (B, T - 1, V): the last output has no answer in the batch
    answers = idx[:, 1:]  # (B, T - 1): the next character
    log_p = predicted.log_softmax(-1).gather(-1, answers[..., None])
    return -log_p.mean()


def cases(rng):
    return [
        (normal(rng, 1, 2, 3), torch.tensor([[0, 2]])),
        (normal(rng, 3, 5, 4), torch.randint(4, (3, 5), generator=rng)),
        (2 * normal(rng, 2, 7, 6), torch.randint(6, (2, 7), generator=rng)),
    ]


def _picked(logits: Tensor, idx: Tensor) -> Tensor:
    return logits.log_softmax(-1).gather(-1, idx[..., None])[..., 0]


class Properties:
    def log_V_for_equal_logits(f, rng):
        got = float(
            f(torch.zeros(2, 6, 8, dtype=torch.double), torch.randint(8, (2, 6), generator=rng))
        )
        if not abs(got - math.log(8)) < 1e-9:
            raise Fails(
                f"equal logits over 8 symbols cost log 8 = 2.0794 nats, you return {got:.4f}."
            )

    def knowing_the_next_symbol_is_free(f, rng):
        idx = torch.tensor([[0, 1, 2, 0, 1, 2]])
        logits = 50.0 * F.one_hot((idx + 1) % 3, 3).double()
        got = float(f(logits, idx))
        if not abs(got) < 1e-6:
            raise Fails(
                f"a model that is sure of each *next* symbol costs 0 nats, you return {got:.4f}."
            )


class Mistakes:
    def target_not_shifted(logits, idx):
        """You ask each position for the character it has just read. Copying the input would be
        perfect; the answer at position t is idx[:, t + 1]."""
        return -_picked(logits, idx).mean()

    def shifted_the_wrong_way(logits, idx):
        """Your answers are the *previous* characters. Drop the last output and the first character:
        logits[:, :-1] against idx[:, 1:]."""
        return -_picked(logits[:, 1:], idx[:, :-1]).mean()

    def wrapped_around(logits, idx):
        """roll makes the first character the answer of the last position. Nobody knows what follows
        the end: leave that position out."""
        return -_picked(logits, idx.roll(-1, 1)).mean()

    def sum_instead_of_mean(logits, idx):
        """You return the nats of the whole batch; nats per character are wanted: .mean()."""
        return -_picked(logits[:, :-1], idx[:, 1:]).sum()

    def sum_over_time(logits, idx):
        """You return nats per text (mean over the batch, sum over time). Divide by the T - 1
        predictions as well."""
        return -_picked(logits[:, :-1], idx[:, 1:]).sum(1).mean()

    def divided_by_T(logits, idx):
        """You divide by B · T, but only B · (T - 1) characters are predicted: the first one has
        nothing before it."""
        return -_picked(logits[:, :-1], idx[:, 1:]).sum() / idx.numel()

    @named("bits instead of nats", see="51, step 3")
    def bits_instead_of_nats(logits, idx):
        """Your unit is bits. Losses of this course are in nats; divide by log 2 for reporting."""
        return -_picked(logits[:, :-1], idx[:, 1:]).mean() / math.log(2)

    @named("logits taken for log-probabilities")
    def logits_taken_for_log_probabilities(logits, idx):
        """Logits are not normalised: take log_softmax over the vocabulary first."""
        return -logits[:, :-1].gather(-1, idx[:, 1:, None]).mean()

    def softmax_over_time(logits, idx):
        """You normalised over dimension 1, the positions. The vocabulary is the last dimension."""
        return -logits[:, :-1].log_softmax(1).gather(-1, idx[:, 1:, None]).mean()

    def one_value_a_text(logits, idx):
        """You return one number a text. A loss is one number: average over the batch, too."""
        return -_picked(logits[:, :-1], idx[:, 1:]).mean(1)
