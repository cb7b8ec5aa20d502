"""Exercise of lesson 11b: the log probability of a sequence, by the chain rule."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, normal, simplex

ABOUT = About(see="11b, step 5", difficulty=3, minutes=8, gradient=False)
HINTS = (
    "p(x_1, x_2, x_3) = p(x_1) p(x_2 | x_1) p(x_3 | x_2). Take the log, count the terms: "
    "one start and T - 1 transitions.",
    "A table can be read at many places at once: log_next[idx[:, :-1], idx[:, 1:]] has shape "
    "(B, T - 1).",
)


def sequence_log_prob(idx: Tensor, log_start: Tensor, log_next: Tensor) -> Tensor:
    """Log probability of symbol sequences under a bigram model.

    idx: (B, T) long, log_start: (V,), log_next: (V, V) as [previous, next] -> (B,), nats.
    log p(x_1 .. x_T) = log p(x_1) + sum_{t=2..T} log p(x_t | x_{t-1}).
    """
    first = log_start[idx[:, 0]]  # (B,)
    steps = log_next[idx[:, :-1], idx[:, 1:]]  # (B, T - 1)
    return first + steps.sum(-1)


def cases(rng):
    yield torch.tensor([[0, 1, 1]]), d(0.75, 0.25).log(), d([0.5, 0.5], [0.1, 0.9]).log()
    never = d([0.5, 0.5, 0.0], [0.2, 0.7, 0.1], [1.0, 0.0, 0.0])  # some transitions are forbidden
    yield torch.tensor([[0, 1, 1, 2], [0, 2, 0, 0]]), d(0.2, 0.3, 0.5).log(), never.log()
    log_start, log_next = tables(rng, 12)
    yield torch.randint(12, (3, 6), generator=rng), log_start, log_next
    yield torch.tensor([[2], [10], [4]]), log_start, log_next  # T = 1: only the start


def hard_cases(rng):
    log_start, log_next = tables(rng, 27)
    idx = torch.randint(27, (40, 120), generator=rng)  # the product of 120 is 0
    yield idx, log_start.float(), log_next.float()


def tables(rng, n_symbols):
    return simplex(rng, n_symbols).log(), (2 * normal(rng, n_symbols, n_symbols)).log_softmax(-1)


class Properties:
    def all_sequences_of_length_3_sum_to_1(f, rng):
        every = torch.cartesian_prod(*[torch.arange(4)] * 3)  # (64, 3)
        total = f(every, *tables(rng, 4)).exp().sum()
        close(total, 1, "all 64 sequences of length 3: their probabilities add up to {got}, not 1.")


class Mistakes:
    def the_first_symbol_is_forgotten(idx, log_start, log_next):
        """The product of the transitions is p(x_2 .. x_T | x_1), a conditional. The joint also pays
        for its first symbol, log_start[x_1]."""
        return log_next[idx[:, :-1], idx[:, 1:]].sum(-1)

    def the_table_read_the_wrong_way_round(idx, log_start, log_next):
        """log_next[previous, next]: you look up [next, previous]. In English 'qu' is near certain
        after q, while q after u is rare."""
        return log_start[idx[:, 0]] + log_next[idx[:, 1:], idx[:, :-1]].sum(-1)

    def the_last_transition_is_missing(idx, log_start, log_next):
        """T symbols have T - 1 transitions, you added T - 2. The previous symbols are idx[:, :-1],
        the next ones idx[:, 1:]."""
        return log_start[idx[:, 0]] + log_next[idx[:, :-2], idx[:, 1:-1]].sum(-1)

    def every_symbol_pays_for_a_start(idx, log_start, log_next):
        """You added log_start for every symbol. Only the first one starts; each later symbol pays
        once, for its transition."""
        return log_start[idx].sum(-1) + log_next[idx[:, :-1], idx[:, 1:]].sum(-1)

    def the_end_goes_on_to_the_beginning(idx, log_start, log_next):
        """Your last symbol is followed by the first one (roll wraps around). There are T - 1
        transitions: idx[:, :-1] to idx[:, 1:]."""
        return log_start[idx[:, 0]] + log_next[idx, idx.roll(-1, 1)].sum(-1)
