"""Exercise of lesson 85: the decay of a weight average from its wanted age."""

import math

from course_utils.exercises.spec import About, close, expect, named

ABOUT = About(see="85, step 1", difficulty=2, minutes=5)
HINTS = (
    "How many updates is the wanted mean age? Call it a, and solve d / (1 - d) = a.",
    "a = share · n_steps and d = a / (1 + a).",
)


def decay_for(share: float, n_steps: int) -> float:
    """Choose the decay of a weight average by its mean age, given as a share of the run.

    The average holds the weights of j updates ago with weight (1 - d) d^j, j = 0, 1, 2, ...: their
    mean age is d / (1 - d) updates. share: wanted mean age / n_steps, 0..1 -> d, 0..1.
    """
    age = share * n_steps  # updates
    return age / (1 + age)


def cases(rng):
    return [(0.5, 8), (0.1, 100), (0.5, 3), (0.02, 900), (1.0, 7), (0.1, 30_000), (0.0, 100)]


class Properties:
    def the_mean_age_is_the_one_asked_for(f, rng):
        d = float(f(0.05, 400))
        expect(0 <= d < 1, f"a decay is at least 0 and less than 1, yours is {d:.4g}.")
        says = "0.05 of 400 updates are {right}; the mean age of your average is {got}."
        close(d / (1 - d), 20, says)


class Mistakes:
    @named("1 - 1 / age")
    def counted_from_1(share, n_steps):
        """Nearly: with 1 / (1 - d) = age the count starts at 1, and the newest weights have age 0.
        Solve d / (1 - d) = age for d."""
        return 1 - 1 / (share * n_steps)

    @named("a half-life")
    def a_half_life(share, n_steps):
        """Your average forgets half of itself in that time; its mean age is longer by 1 / ln 2.
        Both are used in papers: say which."""
        return 0.5 ** (1 / (share * n_steps))

    def a_time_constant(share, n_steps):
        """With exp(-1 / age) the weights fall to 1 / e in that time, and their mean age comes out
        about half an update short. Solve d / (1 - d) = age for d."""
        return math.exp(-1 / (share * n_steps))

    def a_span(share, n_steps):
        """That is the rule for a span, the window of a plain mean that would be as old: its mean
        age is only about half of what was asked for."""
        return 1 - 2 / (share * n_steps + 1)

    @named("1 - share")
    def no_count_of_updates(share, n_steps):
        """A decay counts updates. With d = 0.9 the mean age is 9 updates, however long the run."""
        return 1 - share
