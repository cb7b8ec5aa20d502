"""Lesson 16: Share of fakes inside the ball of at least one real point (Kynkaanniemi et al."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, normal

ABOUT = About(see="16, step 4", difficulty=3, minutes=8)
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
    return [
        (d([0.0], [1.0], [3.0], [10.0]), d([2.5], [5.5], [20.0]), 1),
        _clouds(rng, 40, 25, 2, 3),
        _clouds(rng, 60, 33, 3, 2),
        (normal(rng, 12, 2), normal(rng, 1, 2), 4),
        _clouds(rng, 50, 3, 2, 1),
        _clouds(rng, 30, 71, 2, 2),
    ]


def _radius(points, k):
    distances = torch.cdist(points, points)
    distances.fill_diagonal_(torch.inf)
    return distances.kthvalue(k, dim=1).values


def _clouds(rng, n, m, width, k):
    return normal(rng, n, width), 0.6 * normal(rng, m, width) + 0.7, k


class Properties:
    def copies_of_reals_are_precise(f, rng):
        real = normal(rng, 30, 2)
        got = float(f(real, real[:7].clone(), 3))
        if not abs(got - 1) < 1e-9:
            raise Fails(
                f"fakes that are copies of reals lie in real balls: precision 1, you return {got:g}."
            )

    def fakes_far_away_are_not(f, rng):
        got = float(f(normal(rng, 30, 2), normal(rng, 10, 2) + 1000, 3))
        if not abs(got) < 1e-9:
            raise Fails(
                f"fakes 1000 units away lie in no real ball: precision 0, you return {got:g}."
            )


class Mistakes:
    def precision_and_recall_swapped(real, fake, k):
        """You drew the balls around the fakes and asked how many reals lie inside: that is recall.
        Precision asks it of the fakes."""
        return (
            (torch.cdist(real, fake) <= _radius(fake, min(k, max(len(fake) - 1, 1))))
            .any(1)
            .double()
            .mean()
            if len(fake) > 1
            else d(0.0).squeeze()
        )

    def a_point_counted_as_its_own_neighbour(real, fake, k):
        """Every point is its own nearest neighbour at distance 0, so your balls reach the (k-1)-th.
        Fill the diagonal with infinity first, or ask for k + 1."""
        return (
            (torch.cdist(fake, real) <= torch.cdist(real, real).kthvalue(k, dim=1).values)
            .any(1)
            .double()
            .mean()
        )

    def inside_all_balls(real, fake, k):
        """You asked for fakes inside the balls of all reals. One ball is enough: any, not all."""
        return (torch.cdist(fake, real) <= _radius(real, k)).all(1).double().mean()

    def density_instead_of_precision(real, fake, k):
        """You counted the balls and divided by k: that is density, which exceeds 1."""
        return (torch.cdist(fake, real) <= _radius(real, k)).sum(1).double().mean() / k

    def coverage_instead_of_precision(real, fake, k):
        """You reduced over the fakes: the share of real balls that hold a fake is coverage. Reduce
        over the reals (dim 1) to ask each fake."""
        return (torch.cdist(fake, real) <= _radius(real, k)).any(0).double().mean()

    def one_radius_for_all(real, fake, k):
        """You used the average radius for every ball. Each real point has its own: small where data
        are dense."""
        return (torch.cdist(fake, real) <= _radius(real, k).mean()).any(1).double().mean()

    def radius_from_reals_to_fakes(real, fake, k):
        """Your balls reach to the k-th fake. Then they always hold fakes; they must be drawn from
        the real points alone."""
        return (
            (
                torch.cdist(fake, real)
                <= torch.cdist(real, fake).kthvalue(min(k, len(fake)), dim=1).values
            )
            .any(1)
            .double()
            .mean()
        )

    def distances_against_squared_radii(real, fake, k):
        """You compared distances with squared radii. Square both or neither."""
        return (torch.cdist(fake, real) <= _radius(real, k).square()).any(1).double().mean()
