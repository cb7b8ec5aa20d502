"""Lesson 81: Move an exponential moving average of a net's state towards the present state."""

import torch

from course_utils.checks.training_engineering.shared import _gap
from course_utils.exercises.spec import About, Fails, d, normal

ABOUT = About(see="81, step 8", difficulty=2, minutes=5)
HINTS = (
    "decay * average + (1 - decay) * present, tensor by tensor; then think of num_batches.",
    "if new.is_floating_point(): mix, else: new.clone(). Make new tensors, edit none.",
)


def ema_update(average: list, present: list, decay: float) -> list:
    """Move an exponential moving average of a net's state towards the present state.

    average, present: tensors of the same shapes, weights and float buffers (running means) as well
    as integer buffers (counters); decay: share kept, 0..1 -> list of new tensors. Integers cannot
    be averaged: the present ones are copied.
    """
    moved = []
    for old, new in zip(average, present, strict=True):
        if new.is_floating_point():
            moved.append(decay * old + (1 - decay) * new)
        else:
            moved.append(new.clone())
    return moved


def cases(rng):
    return [
        ([d(0.0)], [d(1.0)], 0.9),
        ([d(1.0, 2.0), torch.tensor(10)], [d(3.0, 2.0), torch.tensor(14)], 0.75),
        ([normal(rng, 3, 2), normal(rng, 3)], [normal(rng, 3, 2), normal(rng, 3)], 0.99),
        ([torch.tensor([5, 6, 7])], [torch.tensor([9, 9, 9])], 0.5),
    ]


def _ema_floats(rule, counters):
    def update(average, present, decay):
        return [
            rule(a, p, decay) if p.is_floating_point() else counters(a, p, decay)
            for a, p in zip(average, present, strict=True)
        ]

    return update


def _mix(a, p, decay):
    return decay * a + (1 - decay) * p


class Properties:
    def decay_0_keeps_nothing(f, rng):
        old, new = [normal(rng, 2), torch.tensor(3)], [normal(rng, 2), torch.tensor(9)]
        got = f(old, new, 0.0)
        if any(_gap(a, b) > 1e-6 for a, b in zip(got, new, strict=True)):
            raise Fails(
                "with decay 0 nothing of the past is kept: the result is the present state."
            )

    def an_average_at_rest_stays(f, rng):
        state = [normal(rng, 3), torch.tensor(7)]
        got = f(state, [x.clone() for x in state], 0.9)
        miss = max(_gap(a, b) for a, b in zip(got, state, strict=True))
        if miss > 1e-6:
            raise Fails(f"an average that equals the net must stay; it moves by {miss:.3g}.")


class Mistakes:
    def the_two_shares_exchanged(average, present, decay):
        """You keep 1 - decay of the past: with decay 0.999 that is no average, it is nearly the
        present net."""
        return (_ema_floats(lambda a, p, d: (1 - d) * a + d * p, lambda a, p, d: p.clone()))(
            average, present, decay
        )

    def buffers_forgotten(average, present, decay):
        """The integer buffers stay as they were at the start. A BatchNorm whose counters and means
        are old judges the averaged weights by another net's statistics."""
        return (_ema_floats(_mix, lambda a, p, d: a.clone()))(average, present, decay)

    def counters_averaged(average, present, decay):
        """You averaged integers and cut off the fraction: a counter that should be 14 reads 11.
        Copy what is not a float."""
        return (_ema_floats(_mix, lambda a, p, d: (d * a + (1 - d) * p).to(p.dtype)))(
            average, present, decay
        )

    def the_present_added_whole(average, present, decay):
        """The shares do not sum to 1: the present state needs the factor 1 - decay."""
        return (_ema_floats(lambda a, p, d: d * a + p, lambda a, p, d: p.clone()))(
            average, present, decay
        )
