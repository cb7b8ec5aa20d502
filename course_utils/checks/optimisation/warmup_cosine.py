"""Lesson 13: Factor on the learning rate: a straight line up, then half a cosine down to 0."""

import math

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="13, step 11", difficulty=2, minutes=5)
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
        (0, 100, 10),
        (5, 100, 10),
        (10, 100, 10),
        (40, 100, 10),
        (99, 100, 10),
        (3, 10, 0),
        (100, 100, 10),
    ]


def _schedule_with(rise, fall):
    def factor(step, n_steps, warmup):
        return rise(step, warmup) if step < warmup else fall(step, n_steps, warmup)

    return factor


def _rise(step, warmup):
    return (step + 1) / (warmup + 1)


def _fall(step, n_steps, warmup):
    return warmup_cosine(step, n_steps, warmup)


def _done(step, n_steps, warmup):
    return (step - warmup) / (n_steps - warmup)


class Properties:
    @named("1 at the top")
    def is_1_at_the_top(f, rng):
        got = float(f(20, 100, 20))
        if not abs(got - 1) < 1e-9:
            raise Fails(f"at step = warmup = 20 of 100 the factor is 1, you return {got:.4g}.")

    @named("0 at the end")
    def is_0_at_the_end(f, rng):
        got = float(f(100, 100, 20))
        if not (abs(got) < 1e-9):
            raise Fails(f"at the end the factor is 0, you return {got:.4g}.")

    def the_first_update_counts(f, rng):
        got = float(f(0, 100, 20))
        if not (got > 0):
            raise Fails(f"update 0 has the factor {got:.4g}: it would be thrown away.")


class Mistakes:
    def starts_at_zero(step, n_steps, warmup):
        """step / warmup is 0 for the first update: it is computed and thrown away. Use (step + 1) /
        (warmup + 1)."""
        return (_schedule_with(lambda step, warmup: step / warmup, _fall))(step, n_steps, warmup)

    @named("warm-up one step early")
    def warm_up_one_step_early(step, n_steps, warmup):
        """Your line reaches 1 at step warmup - 1, and the next step is 1 once more. Divide by
        warmup + 1."""
        return (_schedule_with(lambda step, warmup: (step + 1) / warmup, _fall))(
            step, n_steps, warmup
        )

    @named("cosine does not wait for the warm-up")
    def cosine_does_not_wait_for_the_warm_up(step, n_steps, warmup):
        """Your cosine has been falling since step 0, so the factor jumps down where the warm-up
        ends. Count from the end of the warm-up."""
        return (_schedule_with(_rise, lambda step, n, w: 0.5 * (1 + math.cos(math.pi * step / n))))(
            step, n_steps, warmup
        )

    def full_period(step, n_steps, warmup):
        """You ran through a whole period: the factor falls to 0 half-way and rises again. Half a
        cosine ends at pi."""
        return (
            _schedule_with(
                _rise, lambda step, n, w: 0.5 * (1 + math.cos(2 * math.pi * _done(step, n, w)))
            )
        )(step, n_steps, warmup)

    def negative_at_the_end(step, n_steps, warmup):
        """A bare cosine runs from 1 to -1: the second half climbs. Use 0.5 * (1 + cos)."""
        return (_schedule_with(_rise, lambda step, n, w: math.cos(math.pi * _done(step, n, w))))(
            step, n_steps, warmup
        )

    def straight_line_down(step, n_steps, warmup):
        """You let the factor fall on a straight line. It works about as well, but a cosine was
        asked for."""
        return (_schedule_with(_rise, lambda step, n, w: 1 - _done(step, n, w)))(
            step, n_steps, warmup
        )

    def never_ends(step, n_steps, warmup):
        """You divided by n_steps; after the warm-up only n_steps - warmup steps are left, so your
        factor does not reach 0."""
        return (
            _schedule_with(_rise, lambda step, n, w: 0.5 * (1 + math.cos(math.pi * (step - w) / n)))
        )(step, n_steps, warmup)

    @named("no warm-up")
    def no_warm_up(step, n_steps, warmup):
        """Your factor is largest at step 0: the warm-up is missing."""
        return 0.5 * (1 + math.cos(math.pi * step / n_steps))
