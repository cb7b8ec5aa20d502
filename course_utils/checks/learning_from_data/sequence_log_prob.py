"""Lesson 11b: Log probability of symbol sequences under a bigram model."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(difficulty=3, minutes=8)
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


def cases(rng: torch.Generator) -> list[tuple]:
    small, large = _tables(rng, 2), _tables(rng, 5)
    return [
        (torch.tensor([[0, 1, 1]]), *small),
        (torch.tensor([[1, 0], [0, 0], [0, 1]]), *small),
        (torch.randint(5, (3, 6), generator=rng), *large),
        (torch.tensor([[2], [0], [4]]), *large),  # T = 1: only the start
    ]


def _tables(rng: torch.Generator, n_symbols: int) -> tuple[Tensor, Tensor]:
    log_start = torch.log_softmax(normal(rng, n_symbols), -1)
    return log_start, torch.log_softmax(2 * normal(rng, n_symbols, n_symbols), -1)


class Properties:
    def all_sequences_of_length_3_sum_to_1(f, rng: torch.Generator):
        log_start, log_next = _tables(rng, 4)
        every = torch.cartesian_prod(*[torch.arange(4)] * 3)  # (64, 3)
        total = f(every, log_start, log_next).exp().sum().item()
        if abs(total - 1) < 1e-9:
            return
        raise Fails(
            f"the probabilities of all 64 sequences of length 3 add up to {total:.4f} instead of 1"
        )


class Mistakes:
    def the_first_symbol_is_forgotten(idx, log_start, log_next):
        """The product of the transitions is p(x_2 .. x_T | x_1), a conditional. The joint also pays
        for its first symbol, log_start[x_1]."""
        return log_next[idx[:, :-1], idx[:, 1:]].sum(-1)

    def a_conditional_taken_for_the_joint(idx: Tensor, log_start: Tensor, log_next: Tensor):
        """You return log p(x_T | x_{T-1}), the last factor alone. That is the probability of the
        next symbol given the past; the sequence's is the product of all factors."""
        if idx.shape[1] == 1:
            return log_start[idx[:, 0]]
        return log_next[idx[:, -2], idx[:, -1]]

    def the_table_read_the_wrong_way_round(idx, log_start, log_next):
        """log_next[previous, next]: you look up [next, previous]. In English 'qu' is near certain
        after q, while q after u is rare."""
        return log_start[idx[:, 0]] + log_next[idx[:, 1:], idx[:, :-1]].sum(-1)

    @named("off by one: a symbol predicted from itself")
    def off_by_one_a_symbol_predicted_from_itself(idx, log_start, log_next):
        """Both indices are x_t. Shift them: x_{t-1} is idx[:, :-1], x_t is idx[:, 1:]."""
        return log_start[idx[:, 0]] + log_next[idx[:, 1:], idx[:, 1:]].sum(-1)

    def probabilities_added_instead_of_log_probabilities(
        idx: Tensor, log_start: Tensor, log_next: Tensor
    ):
        """The chain rule multiplies probabilities, so their logs add. You added the probabilities,
        which may exceed 1."""
        steps = log_next[idx[:, :-1], idx[:, 1:]].exp().sum(-1)
        return (log_start[idx[:, 0]].exp() + steps).log()

    def averaged_over_the_sequence(idx, log_start, log_next):
        """That is the log probability per symbol, fine for comparing lengths; the sequence's own is
        the sum."""
        return sequence_log_prob(idx, log_start, log_next) / idx.shape[1]

    def the_sign_of_a_loss(idx, log_start, log_next):
        """This is the negative log-likelihood. A log probability is at most 0."""
        return -sequence_log_prob(idx, log_start, log_next)

    def every_symbol_drawn_on_its_own(idx, log_start, log_next):
        """You used log_start for all symbols: the independent-letters model, which ignores order.
        From the second symbol on use log_next."""
        return log_start[idx].sum(-1)

    def the_probability_instead_of_its_logarithm(idx, log_start, log_next):
        """You take exp at the end. For a page of text that underflows to 0; stay with the log."""
        return sequence_log_prob(idx, log_start, log_next).exp()

    def log_probabilities_multiplied(idx, log_start, log_next):
        """Probabilities multiply, their logs add: the product became a sum when you took logs."""
        return log_start[idx[:, 0]] * log_next[idx[:, :-1], idx[:, 1:]].prod(-1)
