"""Exercise of lesson 24: a lower bound on what a picture tells about its code."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, expect, named, normal

ABOUT = About(see="24, step 4", difficulty=2, minutes=8)
HINTS = (
    "The entropy of a code drawn evenly from K values, plus the mean log-probability that Q gives "
    "to the code that was really used.",
    "math.log(K) + logits.log_softmax(1).gather(1, c[:, None]).mean().",
)


def info_bound(logits: Tensor, c: Tensor) -> Tensor:
    """Lower bound on I(c; x) for codes drawn evenly from K (Barber and Agakov 2003), nats.

    logits: (B, K) of Q(c | x); c: (B,) long, the codes that the pictures were made from -> scalar.
    """
    log_q = logits.log_softmax(1).gather(1, c[:, None])  # (B, 1)
    return math.log(logits.shape[1]) + log_q.mean()


def case(rng, batch, n_codes):
    """Logits and codes."""
    return 2 * normal(rng, batch, n_codes), torch.randint(n_codes, (batch,), generator=rng)


def cases(rng):
    for batch, n_codes in ((3, 2), (1, 3), (7, 5), (4, 6)):
        yield case(rng, batch, n_codes)


def hard_cases(rng):
    logits, c = case(rng, 64, 10)
    yield logits.float(), c
    yield 300 * logits.float(), c  # sure, and often wrong: softmax before log would give log(0)


class Properties:
    def a_guess_is_worth_nothing(f, rng):
        got = f(torch.zeros(6, 4, dtype=torch.double), torch.tensor([0, 1, 2, 3, 3, 0]))
        close(got, 0, "a Q that only guesses has learnt nothing: the bound is 0, not {got}.")

    def a_sure_and_right_reader_knows_all(f, rng):
        logits = 100 * torch.eye(5, dtype=torch.double)
        got = f(logits, torch.arange(5))
        close(got, math.log(5), "a Q that is always sure and right knows log K nats, not {got}.")

    @named("the bound never passes the entropy of the code")
    def never_above_the_entropy(f, rng):
        logits, c = case(rng, 40, 3)
        got = float(f(logits, c))
        says = f"I(c; x) is at most log 3 = {math.log(3):.3f} nats; your bound says {got:.3f}."
        expect(got <= math.log(3) + 1e-9, says)


class Mistakes:
    @named("the entropy of the code forgotten")
    def no_entropy(logits, c):
        """Your number is never positive: it is minus the cross-entropy. Add the entropy of the
        code, log K."""
        return logits.log_softmax(1).gather(1, c[:, None]).mean()

    @named("the cross-entropy added")
    def sign(logits, c):
        """You added the cross-entropy where it is subtracted: the worse Q reads, the more it would
        prove."""
        return math.log(logits.shape[1]) - logits.log_softmax(1).gather(1, c[:, None]).mean()

    @named("the surest code instead of the true one")
    def surest(logits, c):
        """You took Q's largest probability. It counts what Q gives to the code that was used, even
        where Q thinks otherwise."""
        return math.log(logits.shape[1]) + logits.log_softmax(1).amax(1).mean()

    @named("the log of a mean probability")
    def log_of_mean(logits, c):
        """You averaged the probabilities and took the log afterwards. The bound is a mean of
        logs."""
        return math.log(logits.shape[1]) + logits.softmax(1).gather(1, c[:, None]).mean().log()

    @named("the batch in the place of the codes")
    def batch(logits, c):
        """The entropy of an even code is the log of the number of CODES, not of pictures."""
        return math.log(len(c)) + logits.log_softmax(1).gather(1, c[:, None]).mean()
