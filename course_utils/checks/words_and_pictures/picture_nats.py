"""Exercise of lesson 43b: the price of a picture in a stream of words and codes."""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, close, named, normal

ABOUT = About(see="43b, step 5", difficulty=3, minutes=8)
HINTS = (
    "Position t has read the tokens 0..t and predicts token t + 1. Which position predicts the "
    "first code of the picture?",
    "guess = logits[:, n_words - 1 : -1]; codes = stream[:, n_words:]; the cross-entropy of each, "
    "summed over the codes.",
)


def picture_nats(logits: Tensor, stream: Tensor, n_words: int) -> Tensor:
    """Price of the picture's codes, each told the words and the codes before it.

    stream: (B, L) long, n_words of the caption, then the codes; logits: (B, L, V), row t made from
    the tokens up to and including t -> (B,) nats, of the codes alone.
    """
    guess = logits[:, n_words - 1 : -1]  # the last word predicts the first code
    codes = stream[:, n_words:]
    nats = F.cross_entropy(guess.flatten(0, 1), codes.flatten(), reduction="none")
    return nats.view_as(codes).sum(1)


def problem(rng, b, n_words, n_codes, v):
    length = n_words + n_codes
    stream = normal(rng, b, length, v).argmax(-1)
    return 2 * normal(rng, b, length, v), stream, n_words


def cases(rng):
    yield problem(rng, 1, 2, 2, 3)
    yield problem(rng, 3, 1, 4, 5)
    yield problem(rng, 2, 4, 1, 6)
    yield problem(rng, 4, 3, 5, 4)


def hard_cases(rng):
    logits, stream, n_words = problem(rng, 16, 7, 16, 140)
    yield logits.float(), stream, n_words
    yield 300 * logits[:4], stream[:4], n_words  # an exp of 1000 would overflow
    forbidden = logits.clone()
    forbidden[..., :9] = -torch.inf  # a picture holds no words, as the lesson has it
    yield forbidden, torch.cat([stream[:, :n_words], stream[:, n_words:].clamp(min=9)], 1), n_words


class Properties:
    @named("what the words cost is not in it")
    def words_are_free(f, rng):
        logits, stream, n_words = problem(rng, 3, 4, 5, 6)
        before = f(logits, stream, n_words)
        logits[:, : n_words - 1] += normal(rng, 3, n_words - 1, 6)
        says = "other guesses of the words change your price from {right} to {got}."
        close(f(logits, stream, n_words), before, says)


def nats_of(logits, tokens):
    return F.cross_entropy(logits.flatten(0, 1), tokens.flatten(), reduction="none").view_as(tokens)


class Mistakes:
    @named("each token guessed from itself")
    def not_shifted(logits, stream, n_words):
        """Row t has already read token t. You let it guess that very token: it must guess the
        next."""
        return nats_of(logits[:, n_words:], stream[:, n_words:]).sum(1)

    @named("the words are paid, too")
    def words_paid(logits, stream, n_words):
        """You added what the words cost. Here the caption is given: sum over the codes alone."""
        return nats_of(logits[:, :-1], stream[:, 1:]).sum(1)

    @named("the first code is missing")
    def first_code_missing(logits, stream, n_words):
        """You begin with the second code. The first one is predicted, too: by the last word."""
        return nats_of(logits[:, n_words:-1], stream[:, n_words + 1 :]).sum(1)

    @named("a mean over the codes")
    def mean_of_codes(logits, stream, n_words):
        """You took the mean over the codes. The price of a picture is the sum: the probabilities
        multiply."""
        return nats_of(logits[:, n_words - 1 : -1], stream[:, n_words:]).mean(1)

    @named("the words in place of the picture")
    def words_alone(logits, stream, n_words):
        """You summed what the words cost, each told the ones before it. The codes of the picture
        begin behind them."""
        return nats_of(logits[:, : n_words - 1], stream[:, 1:n_words]).sum(1)
