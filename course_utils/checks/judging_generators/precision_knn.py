"""Exercise of lesson 16: the share of fakes among the reals."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, normal

ABOUT = About(see="16, step 3", difficulty=3, minutes=8, gradient=False)
HINTS = (
    "Two tables of distances: reals with reals (for the radii, without the diagonal) and fakes "
    "with reals.",
    "radius = table.fill_diagonal_(inf).kthvalue(k, dim=1).values; then the share of fakes "
    "with (distance <= radius).any(1).",
)


def precision_knn(real: Tensor, fake: Tensor, k: int) -> Tensor:
    """Share of fakes inside the ball of at least one real point (Kynkaanniemi et al. 2019, eq. 1).

    The ball of a real point just reaches its k-th nearest other real point.
    real: (N, D), N > k; fake: (M, D) -> scalar in [0, 1].
    """
    among_reals = torch.cdist(real, real)
    among_reals.fill_diagonal_(torch.inf)  # a point is not its own neighbour
    radius = among_reals.kthvalue(k, dim=1).values  # (N,)
    inside = torch.cdist(fake, real) <= radius  # (M, N)
    return inside.any(1).to(real.dtype).mean()


def cases(rng):
    yield d([0.0], [1.0], [3.0], [10.0]), d([2.5], [5.5], [20.0]), 1
    # a real point stands twice: its ball has radius 0 and holds its copies; 14 lies on an edge
    yield d([0.0], [0.0], [4.0], [9.0]), d([0.0], [-2.0], [14.0], [20.0], [0.5]), 1
    yield normal(rng, 12, 2), normal(rng, 1, 2), 4
    for n, m, width, k in ((40, 25, 2, 3), (21, 33, 3, 2), (30, 71, 2, 2)):
        yield normal(rng, n, width), 0.6 * normal(rng, m, width) + 0.7, k


def hard_cases(rng):
    real, fake = torch.randn(200, 8, generator=rng), torch.randn(150, 8, generator=rng)
    yield real, 0.7 * fake, 3
    yield 1000 + real[:24, :3], 1000 + fake[:25, :3], 2  # far from the origin


def inside(real: Tensor, fake: Tensor, k: int) -> Tensor:
    """Which fakes lie in which balls, (M, N) bool."""
    return torch.cdist(fake, real) <= torch.cdist(real, real).sort(1).values[:, k]


class Mistakes:
    def precision_and_recall_swapped(real, fake, k):
        """You drew the balls around the fakes and asked how many reals lie inside: that is recall.
        Precision asks it of the fakes."""
        return inside(fake, real, min(k, len(fake) - 1)).any(1).double().mean()

    def a_point_counted_as_its_own_neighbour(real, fake, k):
        """Every point is its own nearest neighbour at distance 0, so your balls reach the (k-1)-th.
        Fill the diagonal with infinity first, or ask for k + 1."""
        return inside(real, fake, k - 1).any(1).double().mean()

    def coverage_instead_of_precision(real, fake, k):
        """You reduced over the fakes: the share of real balls that hold a fake is coverage. Reduce
        over the reals (dim 1) to ask each fake."""
        return inside(real, fake, k).any(0).double().mean()

    def only_the_nearest_ball(real, fake, k):
        """You asked only the ball of the nearest real point. A fake may lie outside that small ball
        and inside a wide one: any ball is enough."""
        nearest = torch.cdist(fake, real).argmin(1, keepdim=True)
        return inside(real, fake, k).gather(1, nearest).double().mean()

    def one_radius_for_all(real, fake, k):
        """You used the average radius for every ball. Each real point has its own: small where data
        are dense."""
        radius = torch.cdist(real, real).sort(1).values[:, k]
        return (torch.cdist(fake, real) <= radius.mean()).any(1).double().mean()
