"""Exercise of lesson 26: the share of points that land at their own partner."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="26, step 2", difficulty=1, minutes=4, gradient=False)
HINTS = (
    "Row k of y belongs to row k of partner. How far apart are they, as points of the plane?",
    "((y - partner).norm(dim=1) <= radius), then the mean of the truth values as numbers.",
)


def right_pairs(y: Tensor, partner: Tensor, radius: float) -> Tensor:
    """Share of rows of y that lie within ``radius`` of their own partner.

    y, partner: (N, F), row k belongs to row k; radius > 0 -> scalar in [0, 1].
    """
    distance = (y - partner).norm(dim=1)
    return (distance <= radius).to(y.dtype).mean()


def cases(rng):
    yield d([0.0, 0.0], [1.0, 0.0], [0.0, 0.35]), d([0.3, 0.3], [0.0, 0.0], [0.0, 0.0]), 0.4
    for n, width in ((1, 2), (7, 3), (12, 2)):
        y = normal(rng, n, width)
        yield y, y + 0.5 * normal(rng, n, width), 0.6
    yield y, y.roll(1, 0), 0.8  # the right points, dealt to the wrong rows


def hard_cases(rng):
    y = torch.randn(1000, 2, generator=rng)
    yield y, y + 0.2 * torch.randn(1000, 2, generator=rng), 0.3


class Properties:
    @named("the right points in the wrong rows are no pairs")
    def rows_count(f, rng):
        y = 10 * torch.arange(8, dtype=torch.double)[:, None].expand(8, 2)
        says = "all points are there, each dealt to a wrong row: 0 pairs are right, you say {got}."
        close(f(y, y.roll(3, 0), 0.5), 0, says)


class Mistakes:
    def the_nearest_of_all(y, partner, radius):
        """You asked whether ANY real point is near. That is what a discriminator asks. A pair is
        right if its OWN partner is near: row k against row k."""
        return (torch.cdist(y, partner).amin(1) <= radius).to(y.dtype).mean()

    def each_coordinate_for_itself(y, partner, radius):
        """You compared each coordinate with the radius. The distance of two points is one number:
        norm(dim=1)."""
        return ((y - partner).abs() <= radius).all(1).to(y.dtype).mean()

    def share_of_the_numbers(y, partner, radius):
        """You counted numbers, not points: two right coordinates make one right pair."""
        return ((y - partner).abs() <= radius).to(y.dtype).mean()

    def squared_distance(y, partner, radius):
        """You compared the squared distance with the radius: take the root first."""
        return ((y - partner).square().sum(1) <= radius).to(y.dtype).mean()
