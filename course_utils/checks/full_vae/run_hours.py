"""Exercise of lesson 84: the hours of a run from its arithmetic alone."""

from course_utils.exercises.spec import About, close, named

ABOUT = About(see="84, step 6", difficulty=2, minutes=6)
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
    yield 1e9, 6e5, 1e12, 0.5  # two hours
    yield 2e6, 5e7, 1e13, 0.25
    yield 2.5e9, 3e9, 9.89e14, 0.4  # more operations than an int64 can count
    yield 4e11, 90.0, 1e9, 1.0


class Properties:
    def a_smaller_share_takes_longer(f, rng):
        got, right = f(1e9, 6e5, 1e12, 0.1), 10 * f(1e9, 6e5, 1e12, 1.0)
        says = (
            "a run that reaches a tenth takes ten times as long, {right} hours; yours takes {got}."
        )
        close(got, right, says)


class Mistakes:
    def forward_only(macs, n_examples, stated_rate, share):
        """You priced the forward pass. The backward pass costs two more."""
        return 2 * macs * n_examples / (share * stated_rate) / 3600

    def a_backward_pass_at_the_price_of_one_forward(macs, n_examples, stated_rate, share):
        """A layer's backward pass takes two products, one for the slope in its inputs and one for
        that in its weights: with the forward pass that makes three."""
        return 4 * macs * n_examples / (share * stated_rate) / 3600

    @named("a multiply-add as one operation")
    def a_multiply_add_as_one_operation(macs, n_examples, stated_rate, share):
        """Data sheets count a multiply-add as two operations; macs counts it as one."""
        return 3 * macs * n_examples / (share * stated_rate) / 3600

    def the_stated_rate_taken_as_reached(macs, n_examples, stated_rate, share):
        """No run reaches the data sheet's rate. Divide by share times that rate."""
        return 6 * macs * n_examples / stated_rate / 3600

    def seconds(macs, n_examples, stated_rate, share):
        """These are seconds; an hour has 3,600 of them."""
        return 6 * macs * n_examples / (share * stated_rate)
