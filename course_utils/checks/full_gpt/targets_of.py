"""Exercise of lesson 86: what each window's inputs must predict."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, expect, named

ABOUT = About(see="86, step 1", difficulty=2, minutes=5)
HINTS = (
    "Two neighbours decide: the input and the target. Which pair is filling?",
    "inputs, targets = rows[:, :-1], rows[:, 1:]; targets.masked_fill(..., -100) makes a copy.",
)


def targets_of(rows: Tensor, end: int) -> Tensor:
    """Return what each window's T inputs must predict; -100 where nothing is to be learnt.

    rows: (n, T + 1) long, packed documents; the inputs are rows[:, :-1]; filling is END after END
    -> (n, T) long. ``rows`` is not changed.
    """
    inputs, targets = rows[:, :-1], rows[:, 1:]
    filling = (inputs == end) & (targets == end)
    return targets.masked_fill(filling, -100)


def packed(rng, n: int, width: int, end: int) -> Tensor:
    """Rows of two short documents and filling; tokens are below and above END."""
    rows = torch.full((n, width + 1), end)
    for row in rows:
        a, b = torch.randint(1, width // 2 - 1, (2,), generator=rng).tolist()
        for begin, size in ((1, a), (2 + a, b)):
            step = torch.randint(1, 10, (size,), generator=rng)
            row[begin : begin + size] = end + step * (-1) ** torch.arange(size)
    return rows


def cases(rng):
    yield torch.tensor([[9, 1, 9, 2, 9, 9]]), 9
    yield torch.tensor([[4, 0, 7, 0, 0], [0, 5, 6, 12, 0], [1, 2, 3, 4, 5]]), 0
    yield torch.tensor([[15, 14, 16, 15, 17, 15, 15]]), 15  # 14 + 16 is twice END
    yield packed(rng, 3, 12, 20), 20
    yield packed(rng, 5, 20, 31), 31


def hard_cases(rng):
    yield packed(rng, 40, 256, 50_256), 50_256


class Properties:
    @named("stopping and beginning are learnt, filling is not")
    def stopping_and_beginning(f, rng):
        found = f(torch.tensor([[9, 1, 9, 3, 4, 9, 9, 9]]), 9)[0].tolist()
        for place, want, why in (
            (4, 9, "the model must learn to stop after 3, 4"),
            (1, 9, "the model must learn to stop after 1"),
            (5, -100, "END after END is filling and counts for nothing"),
            (6, -100, "END after END is filling, up to the last place"),
            (0, 1, "what follows an END is how a document begins, and must be learnt"),
            (2, 3, "what follows an END is how a document begins, wherever it stands"),
        ):
            says = f"{why}: in 9 1 9 3 4 9 9 9, END 9, target {place} is {want}; yours: {found}."
            expect(found[place] == want, says)


class Mistakes:
    def every_END_masked(rows, end):
        """You masked all targets that are END. The filling is gone, but the model never learns to
        stop: its texts will not end."""
        return rows[:, 1:].masked_fill(rows[:, 1:] == end, -100)

    def filling_counted(rows, end):
        """END after END is filling. Counted, it is the easiest target of all: the loss looks good,
        and falls with every row that is filled badly."""
        return rows[:, 1:].clone()

    def what_follows_END_masked(rows, end):
        """You masked every target whose input is END. Filling is among them, and so is the first
        token of every document: the model never learns how to begin."""
        return rows[:, 1:].masked_fill(rows[:, :-1] == end, -100)

    def masked_where_one_of_the_two_is_END(rows, end):
        """Filling is END after END: input *and* target. With "or" the model learns neither to stop
        nor to begin."""
        return rows[:, 1:].masked_fill((rows[:, :-1] == end) | (rows[:, 1:] == end), -100)

    def all_END_at_the_end_of_a_row_masked(rows, end):
        """The first END of them belongs to the last document: the model must learn to stop there.
        Filling is END after END."""
        text_follows = (rows != end).flip(1).cumsum(1).flip(1) > 0  # here or later
        return rows[:, 1:].masked_fill(~text_follows[:, 1:], -100)
