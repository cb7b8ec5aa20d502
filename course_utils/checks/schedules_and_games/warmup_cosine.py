"""Exercise of lesson 13b: a learning rate that rises on a line and falls on a cosine."""

import math

from course_utils.exercises.spec import About, named

ABOUT = About(see="13b, step 4", difficulty=2, minutes=5, gradient=False)
HINTS = (
    "Two cases. Before `warmup`: a line whose first value is 1/(warmup + 1). After it: which "
    "share of the remaining steps is done?",
    "done = (step - warmup) / (n_steps - warmup); return 0.5 * (1 + math.cos(math.pi * done))",
)


def warmup_cosine(step: int, n_steps: int, warmup: int) -> float:
    """Factor on the learning rate: a straight line up, then half a cosine down to 0.

    step: 0-based update, 0 <= step <= n_steps; warmup < n_steps: updates before the factor is 1
    -> float in [0, 1]. Update 0 already moves: its factor is 1 / (warmup + 1).
    """
    if step < warmup:
        return (step + 1) / (warmup + 1)
    done = (step - warmup) / (n_steps - warmup)  # 0 at the top, 1 at the end
    return 0.5 * (1 + math.cos(math.pi * done))


def cases(rng):
    return [
        (0, 10, 4),  # the first update counts: 1/5
        (2, 10, 4),
        (4, 10, 4),  # the top
        (6, 10, 4),
        (10, 10, 4),  # the end
        (3, 10, 0),
        (40, 100, 12),
    ]


def hard_cases(rng):
    return [(19_999, 20_000, 50), (1, 3, 2), (0, 1, 0)]


def after(step, warmup, fall):
    """The right line up, and another way down."""
    return (step + 1) / (warmup + 1) if step < warmup else fall


class Mistakes:
    def starts_at_zero(step, n_steps, warmup):
        """step / warmup is 0 for the first update: it is computed and thrown away. Use (step + 1) /
        (warmup + 1)."""
        return step / warmup if step < warmup else warmup_cosine(step, n_steps, warmup)

    @named("warm-up one step early")
    def early(step, n_steps, warmup):
        """Your line reaches 1 at step warmup - 1, and the next step is 1 once more. Divide by
        warmup + 1."""
        return (step + 1) / warmup if step < warmup else warmup_cosine(step, n_steps, warmup)

    @named("cosine does not wait for the warm-up")
    def impatient(step, n_steps, warmup):
        """Your cosine has been falling since step 0, so the factor jumps down where the warm-up
        ends. Count from the end of the warm-up."""
        return after(step, warmup, 0.5 * (1 + math.cos(math.pi * step / n_steps)))

    def never_ends(step, n_steps, warmup):
        """You divided by n_steps; after the warm-up only n_steps - warmup steps are left, so your
        factor does not reach 0."""
        return after(step, warmup, 0.5 * (1 + math.cos(math.pi * (step - warmup) / n_steps)))

    def full_period(step, n_steps, warmup):
        """You ran through a whole period: the factor falls to 0 half-way and rises again. Half a
        cosine ends at pi."""
        done = (step - warmup) / (n_steps - warmup)
        return after(step, warmup, 0.5 * (1 + math.cos(2 * math.pi * done)))
