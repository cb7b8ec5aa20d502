"""Exercise of lesson 81b: the learning rate's factor, a linear warm-up and half a cosine."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close

ABOUT = About(see="81b, step 4", difficulty=2, minutes=6, gradient=False)
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
    yield torch.tensor([4, 0, 1, 2]), 6, 2, 0.2
    yield torch.tensor([5]), 9, 2, 0.5
    yield torch.arange(7), 7, 0, 0.75
    yield torch.arange(3), 5, 1, 0.0
    yield torch.arange(100), 100, 10, 0.1


def hard_cases(rng):
    yield torch.tensor([799_999, 0, 998, 2499, 2500, 2501, 400_001]), 800_000, 2500, 0.01


class Properties:
    def the_mean_of_half_a_cosine(f, rng):
        mean = f(torch.arange(40), 40, 0, 0.0).mean()
        says = "without warm-up and floor 40 factors average 1/2 + 1/80 = {right}, yours {got}."
        close(mean, 0.5 + 1 / 80, says)


def half_cosine(done: Tensor, floor: float) -> Tensor:
    return floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * done))


class Mistakes:
    def the_first_step_is_lost(step, n_steps, warmup, floor):
        """step / warmup is 0 at step 0: the first update does nothing, though its batch is computed
        and its moments are stored."""
        k = step.double()
        fall = half_cosine((k - warmup) / (n_steps - warmup), floor)
        return torch.where(step < warmup, k / max(warmup, 1), fall)

    def whole_one_step_too_early(step, n_steps, warmup, floor):
        """(step + 1) / warmup reaches 1 at step warmup - 1, and step warmup has it again. The full
        rate belongs to step warmup: divide by warmup + 1."""
        k = step.double()
        fall = half_cosine((k - warmup) / (n_steps - warmup), floor)
        return torch.where(step < warmup, (k + 1) / max(warmup, 1), fall)

    def the_cosine_starts_at_step_0(step, n_steps, warmup, floor):
        """Your cosine counts from step 0, so the rate jumps down where the warm-up ends. Count the
        descent from warmup."""
        k = step.double()
        return torch.where(step < warmup, (k + 1) / (warmup + 1), half_cosine(k / n_steps, floor))

    def the_floor_on_top(step, n_steps, warmup, floor):
        """floor + cosine starts at 1 + floor. The cosine shrinks to make room: floor + (1 - floor)
        times the half cosine."""
        k = step.double()
        fall = floor + half_cosine((k - warmup) / (n_steps - warmup), 0.0)
        return torch.where(step < warmup, (k + 1) / (warmup + 1), fall)

    def the_floor_as_a_lower_bound(step, n_steps, warmup, floor):
        """You cut the cosine off at the floor, where it then lies flat. It should come down to the
        floor gently: floor + (1 - floor) times the half cosine."""
        k = step.double()
        fall = half_cosine((k - warmup) / (n_steps - warmup), 0.0).clamp(min=floor)
        return torch.where(step < warmup, (k + 1) / (warmup + 1), fall)
