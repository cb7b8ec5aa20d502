"""Lesson 81: Factor on the learning rate: a linear warm-up, then half a cosine down to a flo"""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="81, step 9", difficulty=2, minutes=6)
HINTS = (
    "Two pieces and torch.where. The descent's share is (step - warmup) / (n_steps - warmup).",
    "rise = (step + 1) / (warmup + 1); fall = floor + (1 - floor) * (1 + cos(pi * done)) / 2",
)


def schedule_factor(step: Tensor, n_steps: int, warmup: int, floor: float) -> Tensor:
    """Factor on the learning rate: a linear warm-up, then half a cosine down to a floor.

    step: (S,) long, 0-based updates below n_steps -> (S,) double. It rises in equal parts from
    1 / (warmup + 1) at step 0 to 1 at step = warmup, and would reach ``floor`` at step = n_steps.
    """
    k = step.double()
    rise = (k + 1) / (warmup + 1)
    done = (k - warmup) / (n_steps - warmup)  # share of the descent
    fall = floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * done))
    return torch.where(step < warmup, rise, fall)


def cases(rng):
    return [
        (torch.tensor([0, 2, 4, 7]), 8, 4, 0.0),
        (torch.tensor([0]), 3, 0, 0.5),
        (torch.arange(3), 5, 1, 0.1),
        (torch.arange(100), 100, 10, 0.1),
    ]


def _schedule(rise, fall):
    def factor(step, n_steps, warmup, floor):
        k = step.double()
        return torch.where(
            step < warmup, rise(k, warmup), fall(k, n_steps, warmup, floor).expand_as(k)
        )

    return factor


def _rise(k, w):
    return (k + 1) / (w + 1)


def _half(done, floor):
    return floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * done))


def _fall(k, n, w, floor):
    return _half((k - w) / (n - w), floor)


class Properties:
    def the_mean_of_half_a_cosine(f, rng):
        n = 40
        mean = f(torch.arange(n), n, 0, 0.0).mean().item()
        if abs(mean - (0.5 + 0.5 / n)) > 1e-6:
            raise Fails(
                f"without warm-up and floor the {n} factors of half a cosine average "
                f"1/2 + 1/(2n) = {0.5 + 0.5 / n:.4f}; yours {mean:.4f}."
            )

    @named("the first step moves, the last of the warm-up is whole")
    def the_first_step_moves_the_last_of_the_warm_up_is_whole(f, rng):
        got = f(torch.arange(6), 20, 4, 0.1)
        if abs(got[0].item() - 0.2) > 1e-6 or abs(got[4].item() - 1) > 1e-6:
            raise Fails(
                f"with warmup = 4 step 0 has 1/5 and step 4 the full rate; yours {got[0]:.3f} and "
                f"{got[4]:.3f}."
            )


class Mistakes:
    def the_first_step_is_lost(step, n_steps, warmup, floor):
        """step / warmup is 0 at step 0: the first update does nothing, though its batch is computed
        and its moments are stored."""
        return (_schedule(lambda k, w: k / max(w, 1), _fall))(step, n_steps, warmup, floor)

    def the_cosine_starts_at_step_0(step, n_steps, warmup, floor):
        """Your cosine counts from step 0, so the rate jumps down where the warm-up ends. Count the
        descent from warmup."""
        return (_schedule(_rise, lambda k, n, w, floor: _half(k / n, floor)))(
            step, n_steps, warmup, floor
        )

    def the_floor_on_top(step, n_steps, warmup, floor):
        """floor + cosine starts at 1 + floor. The cosine shrinks to make room: floor + (1 - floor)
        * ..."""
        return (_schedule(_rise, lambda k, n, w, floor: floor + _half((k - w) / (n - w), 0.0)))(
            step, n_steps, warmup, floor
        )

    def a_whole_cosine(step, n_steps, warmup, floor):
        """With 2 pi the rate falls and climbs again. Half a period goes from 1 to the floor."""
        return (_schedule(_rise, lambda k, n, w, floor: _half(2 * (k - w) / (n - w), floor)))(
            step, n_steps, warmup, floor
        )

    def a_straight_line(step, n_steps, warmup, floor):
        """That is a linear descent. It has the same ends, not the same middle."""
        return (
            _schedule(_rise, lambda k, n, w, floor: floor + (1 - floor) * (1 - (k - w) / (n - w)))
        )(step, n_steps, warmup, floor)
