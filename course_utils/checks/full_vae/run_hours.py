"""Lesson 84: Estimate the device hours of a training run from its arithmetic alone."""

import math

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="84, step 8", difficulty=2, minutes=6)
HINTS = (
    "How many operations does one example cost, forward and backward together?",
    "6 · macs · n_examples operations, share · stated_rate of them a second, 3,600 s an hour.",
)


def run_hours(macs: float, n_examples: float, stated_rate: float, share: float) -> float:
    """Estimate the device hours of a training run from its arithmetic alone.

    macs: multiply-adds of one example's forward pass; n_examples: examples seen in the whole run;
    stated_rate: the device's operations/s (a multiply-add is two); share: what part of it the run
    reaches, 0..1. A backward pass costs two forward passes -> hours.
    """
    operations = 3 * 2 * macs * n_examples  # forward once, backward twice; multiply and add
    return operations / (share * stated_rate) / 3600


def cases(rng):
    return [
        (1e6, 5e7, 1e14, 0.25),
        (4e5, 1.0, 1e9, 1.0),
        (2.5e9, 3e8, 9.89e14, 0.4),
    ]


class Properties:
    @named("half the share, twice the hours")
    def half_the_share_twice_the_hours(f, rng):
        slow, fast = f(1e6, 1e9, 1e14, 0.1), f(1e6, 1e9, 1e14, 0.2)
        if not math.isclose(slow, 2 * fast, rel_tol=1e-9):
            raise Fails(
                f"a run that reaches half the share takes twice as long; yours: {slow:.4g} hours at "
                f"0.1 and {fast:.4g} at 0.2."
            )

    @named("one hour, by hand")
    def one_hour_by_hand(f, rng):
        hours = f(1e9, 3600 * 1e3 / 6, 1e12, 1.0)  # 3.6e15 operations at 1e12 a second
        if not math.isclose(hours, 1.0, rel_tol=1e-9):
            raise Fails(f"3.6e15 operations at 1e12 a second are one hour, you return {hours:.4g}.")


class Mistakes:
    def forward_only(macs, n_examples, stated_rate, share):
        """You priced the forward pass. The backward pass costs two more."""
        return 2 * macs * n_examples / (share * stated_rate) / 3600

    @named("a multiply-add as one operation")
    def a_multiply_add_as_one_operation(macs, n_examples, stated_rate, share):
        """Data sheets count a multiply-add as two operations; macs counts it as one."""
        return 3 * macs * n_examples / (share * stated_rate) / 3600

    def the_stated_rate_taken_as_reached(macs, n_examples, stated_rate, share):
        """No run reaches the data sheet's rate. Divide by share times that rate."""
        return 6 * macs * n_examples / stated_rate / 3600

    def multiplied_by_the_share(macs, n_examples, stated_rate, share):
        """A smaller share must make the run longer: the share belongs under the line."""
        return 6 * macs * n_examples * share / stated_rate / 3600

    def seconds(macs, n_examples, stated_rate, share):
        """These are seconds; an hour has 3,600 of them."""
        return 6 * macs * n_examples / (share * stated_rate)
