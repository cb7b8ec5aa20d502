"""Lesson 83: One update of the exponential moving average of a net's state: weights and buff"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="83, find the bug 3", difficulty=2, minutes=8, tol=1e-09)
HINTS = (
    "Which entries of a state_dict are no real numbers?",
    "decay * old + (1 - decay) * now where now.is_floating_point(), else now.clone().",
)


def average_state(average: list[Tensor], present: list[Tensor], decay: float) -> list[Tensor]:
    """One update of the exponential moving average of a net's state: weights and buffers.

    average, present: tensors of equal shapes, pair by pair; floating-point ones (weights, running
    means and variances) are averaged with share ``decay`` of the old average, 0..1; integer ones
    (counters) are taken over from the net -> new list, nothing changed in place.
    """
    new = []
    for old, now in zip(average, present, strict=True):
        if now.is_floating_point():
            new.append(decay * old + (1 - decay) * now)
        else:
            new.append(now.clone())
    return new


def cases(rng: torch.Generator) -> list[tuple]:
    def state(n: int, count: int) -> list[Tensor]:
        """A matrix, a counter, a vector, a single weight, two counters, variances."""
        counters = torch.tensor(count, dtype=torch.int32), torch.tensor([count, 2 * count])
        weights, means, variances = normal(rng, n, 2), normal(rng, n), normal(rng, n).square()
        return [weights, counters[0], means, means.sum(), counters[1], variances]

    return [
        (state(1, 3), state(1, 4), 0.9),
        (state(3, 120), state(3, 130), 0.998),
        (state(2, 0), state(2, 1), 0.0),
    ]


class Properties:
    def a_net_at_rest_is_its_own_average(f, rng):
        state = [normal(rng, 2, 3), torch.tensor(7)]
        out = f([v.clone() for v in state], state, 0.9)
        off = (out[0] - state[0]).abs().max().item()
        if not off < 1e-12:
            raise Fails(f"a net at rest is its own average; yours is off by {off:.3f}.")

    def a_quarter_of_the_way(f, rng):
        old, now = [torch.zeros(3).double()], [torch.ones(3).double()]
        out = f(old, now, 0.75)[0]
        if not (out - 0.25).abs().max() < 1e-12:
            raise Fails(
                f"from 0 towards 1 with decay 0.75 one update reaches 0.25, you {out[0]:.3f}."
            )


class Mistakes:
    @named("decay on the wrong side", see="22, step 5")
    def decay_on_the_wrong_side(average, present, decay):
        """You keep 1 - decay of the old average: it follows the net at once and averages nothing."""
        return [
            decay * now + (1 - decay) * old if now.is_floating_point() else now
            for old, now in zip(average, present, strict=True)
        ]

    @named("vectors copied, only matrices averaged")
    def vectors_copied_only_matrices_averaged(average, present, decay):
        """You averaged the weight matrices and copied the rest: averaged weights with the last
        net's running statistics are a net that never existed."""
        return [
            decay * old + (1 - decay) * now if now.ndim > 1 else now
            for old, now in zip(average, present, strict=True)
        ]

    def buffers_left_as_they_were_at_the_start(average, present, decay):
        """Everything but the matrices stays as it was when the average was made, BatchNorm's
        statistics among it: those of an untrained net."""
        return [
            decay * old + (1 - decay) * now if now.ndim > 1 else old
            for old, now in zip(average, present, strict=True)
        ]

    def counters_averaged(average, present, decay):
        """You averaged the counters, too, and made fractions of them. Copy what is not floating
        point."""
        return [decay * old + (1 - decay) * now for old, now in zip(average, present, strict=True)]

    def counters_averaged_and_rounded(average, present, decay):
        """You averaged a counter of integers, and rounding down keeps it where it is for ever. Copy
        what is not floating point."""
        return [
            (decay * old + (1 - decay) * now).to(old.dtype)
            for old, now in zip(average, present, strict=True)
        ]

    def the_average_keeps_its_own_counters(average, present, decay):
        """Your counters stay as they were when the average was made. Take them over from the net."""
        return [
            decay * old + (1 - decay) * now if now.is_floating_point() else old
            for old, now in zip(average, present, strict=True)
        ]

    @named("the net's state, not averaged", see="22, step 5")
    def the_net_s_state_not_averaged(average, present, decay):
        """You return the net as it is. The share decay of the old average must stay."""
        return [now.clone() for now in present]

    @named("a sum that is no average", see="22, step 5")
    def a_sum_that_is_no_average(average, present, decay):
        """The shares must add up to one: decay * old + (1 - decay) * new."""
        return [
            decay * old + now if now.is_floating_point() else now
            for old, now in zip(average, present, strict=True)
        ]
