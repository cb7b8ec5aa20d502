"""Lesson 12: Wasserstein-1 distance of two samples of equal size. x, y: (N,) -> scalar, unit"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="12, step 12", difficulty=1, minutes=3)
HINTS = (
    "On a line the cheapest plan moves the smallest point of x to the smallest of y, and so on.",
    "x.sort().values and y.sort().values; then the mean of the absolute differences.",
)


def wasserstein_sorted(x: Tensor, y: Tensor) -> Tensor:
    """Wasserstein-1 distance of two samples of equal size. x, y: (N,) -> scalar, unit of x."""
    return (x.sort().values - y.sort().values).abs().mean()


def cases(rng):
    return [
        (d(0.0, 1.0, 5.0), d(2.0, 0.0, 4.0)),
        (d(1.5), d(-1.0)),
        (normal(rng, 20), 2 * normal(rng, 20) + 0.3),
    ]


class Properties:
    def the_order_of_a_sample_does_not_matter(f, rng):
        x, y = normal(rng, 30), normal(rng, 30) + 1
        shuffled = x[torch.randperm(30, generator=rng)]
        a, b = float(f(x, y)), float(f(shuffled, y))
        if not abs(a - b) < 1e-9:
            raise Fails(
                f"shuffling x changes your distance from {a:.4f} to {b:.4f}; a sample has no order."
            )

    def a_shift_by_3_costs_3(f, rng):
        x = normal(rng, 40)
        got = float(f(x, x + 3))
        if not abs(got - 3) < 1e-9:
            raise Fails(f"moving a sample by 3 costs 3, you return {got:.4f}.")


class Mistakes:
    def pairs_not_sorted(x, y):
        """You paired the points as they came. The cheapest transport on a line keeps the order:
        smallest to smallest."""
        return (x - y).abs().mean()

    def only_one_sample_sorted(x, y):
        """You sorted x only. Both need it: smallest to smallest, largest to largest."""
        return (x.sort().values - y).abs().mean()

    def sum_instead_of_mean(x, y):
        """Each of the N points carries mass 1/N: take the mean, or the distance grows with N."""
        return (x.sort().values - y.sort().values).abs().sum()

    def difference_of_the_means(x, y):
        """You compared the means only: a narrow and a wide sample with one mean would be equal. The
        absolute value comes before the average."""
        return (x.mean() - y.mean()).abs()

    @named("Wasserstein-2")
    def Wasserstein_2(x, y):
        """You return the root mean square, which is W2. W1 averages the plain distances."""
        return (x.sort().values - y.sort().values).square().mean().sqrt()

    def squared_distances(x, y):
        """You averaged squared distances; the unit of W1 is the unit of x, not its square."""
        return (x.sort().values - y.sort().values).square().mean()

    def missing_absolute_value(x, y):
        """Moves to the left and to the right cancel. Transport costs both ways: take absolute
        values."""
        return (x.sort().values - y.sort().values).mean()
