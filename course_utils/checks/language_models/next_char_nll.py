"""Exercise of lesson 51: the loss of teacher forcing, shifted by one."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, normal

ABOUT = About(see="51, step 7", difficulty=2, minutes=6)
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
    yield d([[0.0, 1.0, 2.0], [3.0, 0.0, 0.0]]), torch.tensor([[1, 2]])
    yield normal(rng, 1, 6, 4), torch.randint(4, (1, 6), generator=rng)
    yield normal(rng, 3, 5, 4), torch.randint(4, (3, 5), generator=rng)
    yield 2 * normal(rng, 2, 7, 6), torch.randint(6, (2, 7), generator=rng)


def hard_cases(rng):
    idx = torch.randint(96, (8, 65), generator=rng)
    yield normal(rng, 8, 65, 96).float(), idx
    yield 60 * normal(rng, 8, 65, 96).float(), idx  # softmax gives 0 for many characters


class Properties:
    def knowing_the_next_symbol_is_free(f, rng):
        idx = torch.tensor([[0, 1, 2, 0, 1, 2]])
        sure = 50 * torch.eye(3, dtype=torch.double)[(idx + 1) % 3]
        close(f(sure, idx), 0, "who is sure of each *next* symbol pays {right} nats, not {got}.")


def picked(logits, idx):
    """log p of the characters (B, T)."""
    return logits.log_softmax(-1).gather(-1, idx[..., None])[..., 0]


class Mistakes:
    def target_not_shifted(logits, idx):
        """You ask each position for the character it has just read. Copying the input would be
        perfect; the answer at position t is idx[:, t + 1]."""
        return -picked(logits, idx).mean()

    def shifted_the_wrong_way(logits, idx):
        """Your answers are the *previous* characters. Drop the last output and the first character:
        logits[:, :-1] against idx[:, 1:]."""
        return -picked(logits[:, 1:], idx[:, :-1]).mean()

    def wrapped_around(logits, idx):
        """roll makes the first character the answer of the last position. Nobody knows what follows
        the end: leave that position out."""
        return -picked(logits, idx.roll(-1, 1)).mean()

    def joined_before_the_shift(logits, idx):
        """You flattened the batch and shifted then, so the last output of each text must predict
        the first character of the next text. Shift first, then flatten."""
        return -picked(logits.flatten(0, 1)[:-1], idx.flatten()[1:]).mean()

    def sum_instead_of_mean(logits, idx):
        """You return the nats of the whole batch; nats per predicted character are wanted, the mean
        over B · (T - 1) of them."""
        return -picked(logits[:, :-1], idx[:, 1:]).sum()
