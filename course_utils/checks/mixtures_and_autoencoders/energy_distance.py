"""Exercise of lesson 15: the unbiased energy distance of two samples."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, normal, sizes

ABOUT = About(see="15, step 7", difficulty=2, minutes=6, gradient=False)
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
    yield d([0.0], [1.0]), d([3.0], [5.0], [4.0])
    yield d([0.0], [10.0]), d([0.0], [10.0], [5.0])  # an unbiased estimate may be negative
    for n, m, width in sizes(3)[::2]:
        yield normal(rng, n, width), normal(rng, m, width) + 1
    yield normal(rng, 2, 3), 2 * normal(rng, 7, 3)


def hard_cases(rng):
    x, y = torch.rand(150, 64, generator=rng), torch.rand(100, 64, generator=rng)
    yield x, y.square()
    yield 1000 + x[:20, :3], 1000 + y[:15, :3]  # far from the origin


class Mistakes:
    def points_paired_with_themselves(x, y):
        """The mean over the whole N x N table counts each point's distance 0 to itself. That makes
        the inner terms too small and the result too large, by about E|X - X'|/N: divide the sum
        by N (N - 1)."""
        return 2 * torch.cdist(x, y).mean() - torch.cdist(x, x).mean() - torch.cdist(y, y).mean()

    def each_pair_once(x, y):
        """torch.pdist holds each pair once, so there are N (N - 1) / 2 distances. N (N - 1) belongs
        to the full table, which holds each twice."""
        within = sum(torch.pdist(a).mean() / 2 for a in (x, y))
        return 2 * torch.cdist(x, y).mean() - within

    def factor_2_forgotten(x, y):
        """The distance between the samples counts twice: once for each inner term."""
        return torch.cdist(x, y).mean() - torch.pdist(x).mean() - torch.pdist(y).mean()

    def squared_distances(x, y):
        """With squared distances everything but the means cancels: you compute 2 |mean x - mean
        y|². Plain distances see the whole distribution."""
        within = torch.pdist(x).square().mean() + torch.pdist(y).square().mean()
        return 2 * torch.cdist(x, y).square().mean() - within

    def square_root_taken(x, y):
        """You took the square root. Some texts do; here the unbiased estimate, which may be
        slightly negative, is left as it is."""
        return energy_distance(x, y).clamp(min=0).sqrt()
