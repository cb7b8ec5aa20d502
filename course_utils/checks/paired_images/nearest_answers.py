"""Exercise of lesson 25: the answers with the smallest expected square and absolute error."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal, simplex

ABOUT = About(see="25, step 1", difficulty=3, minutes=8, gradient=False)
HINTS = (
    "One is the mean. For the other: sort the values, add up their probabilities from below, and "
    "stop where half is reached.",
    "order = values.argsort(); total = probs[order].cumsum(0); the median is "
    "values[order][(total >= 0.5).nonzero()[0]].",
)


def nearest_answers(values: Tensor, probs: Tensor) -> Tensor:
    """Return the c with the smallest E(y - c)^2 and the c with the smallest E|y - c|.

    y takes values[k] with probability probs[k]. values, probs: (K,); probs sums to 1, and no sum of
    some of them is exactly one half -> (2,): the mean, the median.
    """
    mean = (probs * values).sum()
    order = values.argsort()
    below = probs[order].cumsum(0)  # P(y <= each value)
    median = values[order][(below < 0.5).sum()]
    return torch.stack([mean, median])


def cases(rng):
    yield d(0.0, 1.0), d(0.6, 0.4)  # a pixel that is ink in two of five pictures
    yield d(0.2, 1.0, 0.2), d(1 / 3, 1 / 3, 1 / 3)  # one channel of three inks
    yield d(3.0), d(1.0)
    for n in (4, 5, 9):
        yield normal(rng, n), simplex(rng, n)


def hard_cases(rng):
    values = torch.randn(200, generator=rng)
    yield values, torch.rand(200, generator=rng).softmax(0)


class Properties:
    @named("no other answer has a smaller expected error")
    def nothing_is_nearer(f, rng):
        values, probs = normal(rng, 7), simplex(rng, 7)
        mean, median = f(values, probs)
        others = torch.cat([values, torch.linspace(-3, 3, 301, dtype=torch.double)])
        gap = values[:, None] - others
        best = (probs[:, None] * gap.abs()).sum(0).min()
        mine = (probs * (values - median).abs()).sum()
        close(mine, best, "your second answer errs by {got} on average, another one by {right}.")
        best = ((probs * values).sum() - values).square() @ probs
        close(((values - mean).square() * probs).sum(), best, "E(y - c)^2 is {got}, not {right}.")


def middle(values):
    return values.sort().values[len(values) // 2]


class Mistakes:
    def the_probabilities_forgotten(values, probs):
        """You took mean and median of the list of values. A value that occurs in 60 % of the
        pictures counts more than one that occurs in 4 %."""
        return torch.stack([values.mean(), middle(values)])

    def the_most_frequent_value(values, probs):
        """Your second answer is the most probable value. It is right most often, but |y - c| asks
        for the value with half of the probability on each side."""
        return torch.stack([(probs * values).sum(), values[probs.argmax()]])

    def not_sorted(values, probs):
        """You added up the probabilities in the order of the list. Sort the values first."""
        return torch.stack([(probs * values).sum(), values[(probs.cumsum(0) < 0.5).sum()]])

    def the_two_exchanged(values, probs):
        """Median and mean are exchanged: the mean belongs to the square."""
        return nearest_answers(values, probs).flip(0)
