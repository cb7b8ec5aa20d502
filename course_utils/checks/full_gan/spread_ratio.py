"""Lesson 83: Mean distance between two different fakes, in units of that between two real pi"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="83, step 7", difficulty=3, minutes=10, tol=1e-06)
HINTS = (
    "torch.cdist(rows, rows) holds all n * n distances. Which n of them should not count?",
    "mean = cdist(rows, rows).sum() / (n * (n - 1)) for both sets; return the fakes' mean over "
    "the real ones'.",
)


def spread_ratio(fake: Tensor, real: Tensor) -> Tensor:
    """Mean distance between two different fakes, in units of that between two real pictures.

    fake: (N, ...), real: (M, ...), N, M >= 2; Euclidean distances over all pixels of a picture
    -> scalar (); about 1 where the fakes differ as real pictures do, 0 where all are one picture.
    """

    def mean_distance(x: Tensor) -> Tensor:
        rows = x.flatten(1)
        distances = torch.cdist(rows, rows, compute_mode="donot_use_mm_for_euclid_dist")
        n = len(rows)
        return distances.sum() / (n * (n - 1))  # the n distances to oneself are 0 and do not count

    return mean_distance(fake) / mean_distance(real)


def cases(rng):
    return [
        (normal(rng, 3, 1, 2, 2), 2 * normal(rng, 5, 1, 2, 2)),
        (normal(rng, 2, 1), normal(rng, 3, 1)),
        (0.1 * normal(rng, 4, 6) + 3, normal(rng, 4, 6)),
        (normal(rng, 2, 3).repeat(2, 1), normal(rng, 3, 3)),  # each fake came out twice
    ]


def _pairs(x: Tensor, p: float = 2.0) -> Tensor:
    return torch.pdist(x.flatten(1), p)  # every pair once


def _not_zero(distances: Tensor) -> Tensor:
    return distances[distances > 0].mean()


def _from_average(x: Tensor) -> Tensor:
    return (x - x.mean(0)).flatten(1).norm(dim=1).mean()


class Properties:
    def one_picture_has_no_spread(f, rng):
        real = normal(rng, 40, 1, 2, 2) + 1
        value = f(real[:1].expand(40, -1, -1, -1).clone(), real)
        if not isinstance(value, Tensor):
            raise Fails("a tensor of shape () is expected; leave .item() to the caller.")
        if not abs(float(value)) < 1e-5:
            raise Fails(
                f"forty times the same picture has no spread at all, you return {float(value):.4f}."
            )

    def twice_as_far_apart(f, rng):
        real = normal(rng, 6, 3)
        value = float(f(2 * real + 1, real))
        if not abs(value - 2) < 1e-9:
            raise Fails(f"pictures twice as far apart have the ratio 2, you return {value:.4f}.")

    def sets_of_two_and_of_three(f, rng):
        two = torch.tensor([[0.0], [1.0]]).double()
        value = float(f(two, torch.tensor([[0.0], [1.0], [2.0]]).double()))
        if not abs(value - 0.75) < 1e-9:
            raise Fails(
                "points 0, 1 are 1 apart, points 0, 1, 2 are 4/3 apart on average: the ratio is 0.75, "
                f"you return {value:.4f}."
            )


class Mistakes:
    def the_zeros_of_the_diagonal_counted(fake, real):
        """You divided by n * n: the distance of a picture to itself is no distance between two
        pictures. Divide by n (n - 1)."""
        return (
            torch.cdist(fake.flatten(1), fake.flatten(1)).mean()
            / torch.cdist(real.flatten(1), real.flatten(1)).mean()
        )

    def squared_distances(fake, real):
        """You averaged squared distances: a ratio of variances. Twice as far apart must give 2."""
        return _pairs(fake).square().mean() / _pairs(real).square().mean()

    def distances_from_fakes_to_real_pictures(fake, real):
        """You measured from fakes to real pictures. A generator that always draws the average
        picture does very well in that."""
        return torch.cdist(fake.flatten(1), real.flatten(1)).mean() / _pairs(real).mean()

    def upside_down(fake, real):
        """Your ratio grows when the fakes get more alike: fakes belong above the line."""
        return _pairs(real).mean() / _pairs(fake).mean()

    @named("not divided by the real pictures'")
    def not_divided_by_the_real_pictures(fake, real):
        """A distance between pictures has no scale of its own: divide by that of real ones."""
        return _pairs(fake).mean()

    def sums_instead_of_means(fake, real):
        """You divided a sum by a sum: the larger set has more pairs. Take the mean in each set."""
        return _pairs(fake).sum() / _pairs(real).sum()

    def equal_pictures_left_out(fake, real):
        """You left out every distance of 0. Only that of a picture to itself does not count; two
        fakes that came out equal do, they are what you look for."""
        return _not_zero(_pairs(fake)) / _not_zero(_pairs(real))

    def distances_to_the_average_picture(fake, real):
        """You measured how far pictures are from their average. That depends on the size of the
        set; the distance between two pictures does not."""
        return _from_average(fake) / _from_average(real)

    def standard_deviations_of_the_pixels(fake, real):
        """You took each pixel's spread by itself. A distance adds the squares over all pixels of a
        picture, then takes the root."""
        return fake.flatten(1).std(0).mean() / real.flatten(1).std(0).mean()

    def absolute_differences_added_up(fake, real):
        """A Euclidean distance adds squares and takes the root; you added absolute values."""
        return _pairs(fake, 1.0).mean() / _pairs(real, 1.0).mean()
