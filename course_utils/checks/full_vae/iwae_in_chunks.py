"""Exercise of lesson 84: the importance-weighted bound, its draws given a chunk at a time."""

import math

import torch
from torch import Tensor

from course_utils.checks.shared import log_weights
from course_utils.exercises.spec import About, close, normal

ABOUT = About(see="84, step 4", difficulty=3, minutes=8, gradient=False)
HINTS = (
    "The sum over all draws is the sum of the chunks' sums. Keep its logarithm and the count.",
    "total = torch.logaddexp(total, torch.logsumexp(chunk, 0)); n += len(chunk); at the end "
    "total - math.log(n).",
)


def iwae_in_chunks(chunks: list[Tensor]) -> Tensor:
    """Importance-weighted bound log (1/K sum_k w_k), its K draws given a chunk at a time.

    chunks: [(K_1, B), (K_2, B), ...] log weights; K = K_1 + K_2 + ... -> (B,), nats.
    """
    total, n_draws = torch.full_like(chunks[0][0], -math.inf), 0
    for log_w in chunks:  # only (B,) numbers are kept
        total = torch.logaddexp(total, torch.logsumexp(log_w, dim=0))
        n_draws += len(log_w)
    return total - math.log(n_draws)


def cases(rng):
    for log_w, size in zip(log_weights.tables(rng), (2, 1, 4, 3), strict=True):
        yield (list(log_w.split(size)),)  # the last chunk is shorter


def hard_cases(rng):
    yield from ((list(log_w.split(40)),) for log_w in log_weights.hard_tables(rng))


def bound_of(log_w: Tensor) -> Tensor:
    return torch.logsumexp(log_w, 0) - math.log(len(log_w))


class Properties:
    def the_cut_into_chunks_does_not_matter(f, rng):
        log_w = 3 * normal(rng, 12, 2)
        says = (
            "twelve draws in chunks of 12 have the bound {right}, in smaller ones yours is {got}."
        )
        for n in (5, 1):
            close(f(list(log_w.split(n))), f([log_w]), says)


class Mistakes:
    def the_mean_of_the_bounds(chunks):
        """You averaged the bounds of the chunks. That is the bound of a few draws, not of all of
        them: the weights must meet before the logarithm."""
        return torch.stack([bound_of(c) for c in chunks]).mean(0)

    def chunks_weighed_alike(chunks):
        """You took the mean of the chunks' means. A last chunk of fewer draws then counts for more
        a draw than the others: carry sums and one count."""
        return bound_of(torch.stack([bound_of(c) for c in chunks]))

    def not_divided_by_K(chunks):
        """You summed the weights and did not divide by K: the figure is log K nats too good."""
        return torch.logsumexp(torch.cat(chunks), 0)

    def divided_by_the_number_of_chunks(chunks):
        """K counts draws, not chunks."""
        return torch.logsumexp(torch.cat(chunks), 0) - math.log(len(chunks))

    def a_sum_that_begins_at_0(chunks):
        """Your total begins at 0, the logarithm of a weight of 1, which nobody drew. A sum without
        terms has the logarithm -inf."""
        log_w = torch.cat(chunks)
        return torch.logaddexp(torch.zeros_like(log_w[0]), log_w.logsumexp(0)) - math.log(
            len(log_w)
        )
