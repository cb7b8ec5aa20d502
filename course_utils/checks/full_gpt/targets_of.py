"""Lesson 86: Return what each window's T inputs must predict; -100 where nothing is to be le"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(difficulty=2, minutes=5)
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


def cases(rng):
    return [
        (torch.tensor([[9, 1, 2, 9, 3, 9, 9]]), 9),
        (_packed(rng, 3, 12), 9),
        (_packed(rng, 5, 20), 9),
        (torch.tensor([[4, 0, 7, 0, 0], [0, 5, 6, 7, 0], [1, 2, 3, 4, 5]]), 0),
    ]


def _packed(rng: torch.Generator, n: int, width: int) -> Tensor:
    """Rows of two short documents (tokens 1..8, END 9) and filling."""
    rows = torch.full((n, width + 1), 9)
    for row in rows:
        a, b = (int(torch.randint(1, width // 2 - 1, (1,), generator=rng)) for _ in range(2))
        row[1 : 1 + a] = torch.randint(1, 9, (a,), generator=rng)
        row[2 + a : 2 + a + b] = torch.randint(1, 9, (b,), generator=rng)
    return rows


class Properties:
    @named("stopping and beginning are learnt, filling is not")
    def stopping_and_beginning_are_learnt_filling_is_not(f, rng):
        found = f(torch.tensor([[9, 1, 9, 3, 4, 9, 9, 9]]), 9)[0].tolist()
        for place, want, why in (
            (4, 9, "the model must learn to stop after 3, 4"),
            (1, 9, "the model must learn to stop after 1"),
            (5, -100, "END after END is filling and counts for nothing"),
            (6, -100, "END after END is filling, up to the last place"),
            (0, 1, "what follows an END is how a document begins, and must be learnt"),
            (2, 3, "what follows an END is how a document begins, wherever it stands"),
        ):
            if found[place] != want:
                raise Fails(
                    f"{why}: in 9 1 9 3 4 9 9 9, END 9, target {place} is {want}; yours: {found}."
                )


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

    @named("the inputs themselves", see="54, step 2")
    def the_inputs_themselves(rows, end):
        """These are the inputs. A target is the token after its input, rows[:, 1:]; a net that may
        copy its input has a loss of nearly 0 and has learnt nothing."""
        return rows[:, :-1].masked_fill((rows[:, :-1] == end) & (rows[:, 1:] == end), -100)

    def masked_by_0(rows, end):
        """0 is a token. The number that cross_entropy passes over is -100."""
        return rows[:, 1:].masked_fill((rows[:, :-1] == end) & (rows[:, 1:] == end), 0)

    def all_END_at_the_end_of_a_row_masked(rows, end):
        """The first END of them belongs to the last document: the model must learn to stop there.
        Filling is END after END."""
        at_the_end = (rows != end).flip(1).cumsum(1).flip(1) == 0  # nothing but END from here on
        return rows[:, 1:].masked_fill(at_the_end[:, 1:], -100)
