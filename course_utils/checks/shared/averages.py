"""The moving average of a net's state: lessons 81b and 83."""

import torch
from torch import Tensor

from course_utils.exercises.spec import close, d, expect, normal


def state(rng, n: int, count: int) -> list[Tensor]:
    """A matrix, a counter, a vector, a single weight, two counters, variances."""
    vector = normal(rng, n)
    counters = torch.tensor(count, dtype=torch.int32), torch.tensor([count, 2 * count])
    return [normal(rng, n, 2), counters[0], vector, vector.sum(), counters[1], vector.square()]


def cases(rng):
    yield [d(1.0, 2.0), torch.tensor(10)], [d(3.0, 2.0), torch.tensor(14)], 0.75
    yield state(rng, 1, 3), state(rng, 1, 4), 0.9
    yield state(rng, 3, 120), state(rng, 3, 130), 0.998
    yield state(rng, 2, 0), state(rng, 2, 1), 0.0
    yield [torch.tensor([5, 6, 7])], [torch.tensor([9, 9, 9])], 0.5


def hard_cases(rng):
    large = torch.tensor(2**24 + 1)  # one more than float32 can count
    for decay in (0.9, 0.9999):
        nets = [[normal(rng, 300, 40).float(), 1e-4 * normal(rng, 40).float()] for _ in range(2)]
        yield [*nets[0], large], [*nets[1], large + 2], decay


class Properties:
    def a_quarter_of_the_way(f, rng):
        got = f([d(0, 0, 0)], [d(1, 1, 1)], 0.75)
        expect(len(got) == 1, f"one tensor comes in, {len(got)} come out.")
        close(
            got[0], 0.25, "from 0 towards 1, decay 0.75: one update reaches {right}, yours {got}."
        )


class Mistakes:
    def the_present_added_whole(average, present, decay):
        """The shares must add up to one: the present state needs the factor 1 - decay. Yours grows
        at every update."""
        return [
            decay * old + new if new.is_floating_point() else new.clone()
            for old, new in zip(average, present, strict=True)
        ]

    def the_average_keeps_its_own_counters(average, present, decay):
        """Your integers stay as they were when the average was made. They cannot be averaged: take
        over those of the net."""
        return [
            decay * old + (1 - decay) * new if new.is_floating_point() else old.clone()
            for old, new in zip(average, present, strict=True)
        ]

    def counters_averaged(average, present, decay):
        """You averaged the counters, too, and made fractions of them. Copy what is not floating
        point."""
        return [decay * old + (1 - decay) * new for old, new in zip(average, present, strict=True)]

    def counters_averaged_and_rounded(average, present, decay):
        """You averaged integers and cut off the fraction: a counter that should be 14 reads 11, and
        with decay 0.999 it never moves. Copy what is not floating point."""
        return [
            (decay * old + (1 - decay) * new).to(new.dtype)
            for old, new in zip(average, present, strict=True)
        ]

    def only_matrices_averaged(average, present, decay):
        """You averaged the weight matrices and copied the rest. Biases and running means are
        floating-point vectors: averaged matrices with the last net's vectors are no net at all."""
        return [
            decay * old + (1 - decay) * new if new.ndim > 1 else new.clone()
            for old, new in zip(average, present, strict=True)
        ]
