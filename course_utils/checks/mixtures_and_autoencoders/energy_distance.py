"""Lesson 15: Unbiased estimate of 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Szekely & Rizzo 2013)."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="15, step 7", difficulty=2, minutes=6)
HINTS = (
    "Three averages of distances: between the samples, inside x, inside y. torch.cdist gives "
    "all pairs.",
    "2 * cdist(x, y).mean(), minus cdist(x, x).sum() / (n * (n - 1)), minus the same for y.",
)


def energy_distance(x: Tensor, y: Tensor) -> Tensor:
    """Unbiased estimate of 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Szekely & Rizzo 2013).

    x: (N, D), y: (M, D), N, M >= 2 -> scalar, unit of x; about 0 for samples of one distribution.
    """
    n, m = len(x), len(y)
    between = torch.cdist(x, y).mean()
    within_x = torch.cdist(x, x).sum() / (n * (n - 1))  # a point is no pair with itself
    within_y = torch.cdist(y, y).sum() / (m * (m - 1))
    return 2 * between - within_x - within_y


def cases(rng):
    return [
        (d([0.0], [1.0]), d([3.0], [5.0], [4.0])),
        (normal(rng, 2, 1), normal(rng, 2, 1)),
        (normal(rng, 3, 2), normal(rng, 3, 2) + 1),
        (normal(rng, 10, 4), 2 * normal(rng, 7, 4)),
    ]


def _within(x: Tensor) -> Tensor:
    return torch.cdist(x, x).sum() / (len(x) * (len(x) - 1))


class Properties:
    @named("0 on average for one distribution")
    def is_0_on_average_for_one_distribution(f, rng):
        values = torch.stack([f(normal(rng, 4, 2), normal(rng, 4, 2)) for _ in range(400)])
        mean, error = float(values.mean()), float(values.std()) / 20
        if not abs(mean) < 5 * error:
            raise Fails(
                f"two samples of the same distribution: the average over 400 trials should be 0 within "
                f"{5 * error:.3f}, yours is {mean:.3f}."
            )

    def grows_with_the_unit_of_length(f, rng):
        x, y = normal(rng, 6, 2), normal(rng, 5, 2) + 2
        once, twice = float(f(x, y)), float(f(2 * x, 2 * y))
        if not abs(twice - 2 * once) < 1e-6 * (1 + abs(once)):
            raise Fails(
                f"twice as large points are twice as far apart; yours goes {once:.3f} -> {twice:.3f}."
            )


class Mistakes:
    def points_paired_with_themselves(x, y):
        """The mean over the whole N x N table counts each point's distance 0 to itself. That makes
        the inner terms too small and the result too large, by about E|X - X'|/N: divide the sum
        by N (N - 1)."""
        return 2 * torch.cdist(x, y).mean() - torch.cdist(x, x).mean() - torch.cdist(y, y).mean()

    def inner_terms_left_out(x, y):
        """You return the mean distance between the samples. Two samples of one distribution have
        that, too: subtract the mean distances inside each."""
        return 2 * torch.cdist(x, y).mean()

    def factor_2_forgotten(x, y):
        """The distance between the samples counts twice: once for each inner term."""
        return torch.cdist(x, y).mean() - _within(x) - _within(y)

    def squared_distances(x, y):
        """With squared distances everything but the means cancels: you compute 2 |mean x - mean
        y|². Plain distances see the whole distribution."""
        return (
            2 * torch.cdist(x, y).square().mean()
            - torch.cdist(x, x).square().sum() / (len(x) * (len(x) - 1))
            - torch.cdist(y, y).square().sum() / (len(y) * (len(y) - 1))
        )

    def square_root_taken(x, y):
        """You took the square root. Some texts do; here the unbiased estimate, which may be
        slightly negative, is left as it is."""
        return energy_distance(x, y).clamp(min=0).sqrt()

    def half_of_it(x, y):
        """You return half the energy distance. The terms are 2 E|X - Y| - E|X - X'| - E|Y - Y'|."""
        return energy_distance(x, y) / 2

    @named("city-block distance")
    def city_block_distance(x, y):
        """You used |a| + |b| as the distance. Use the Euclidean one (torch.cdist's default)."""
        return (
            2 * torch.cdist(x, y, p=1).mean()
            - torch.cdist(x, x, p=1).sum() / (len(x) * (len(x) - 1))
            - torch.cdist(y, y, p=1).sum() / (len(y) * (len(y) - 1))
        )
