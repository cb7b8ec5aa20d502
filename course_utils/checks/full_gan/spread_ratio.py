"""Exercise of lesson 83: do fakes differ from one another as much as real pictures do?"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, normal

ABOUT = About(see="83, step 4", difficulty=3, minutes=10, gradient=False)
HINTS = (
    "torch.cdist(rows, rows) holds all n * n distances. Which n of them should not count?",
    "mean = cdist(rows, rows).sum() / (n * (n - 1)) for both sets; return the fakes' mean over "
    "the real ones'.",
)


def spread_ratio(fake: Tensor, real: Tensor) -> Tensor:
    """Mean distance between two fakes of the set, in units of that between two real pictures.

    fake: (N, ...), real: (M, ...), N, M >= 2; Euclidean distances over all pixels of all pairs of
    places -> scalar (); about 1 where fakes differ as real ones do, 0 where all are one picture.
    """

    def mean_distance(x: Tensor) -> Tensor:
        rows = x.flatten(1)
        distances = torch.cdist(rows, rows, compute_mode="donot_use_mm_for_euclid_dist")
        n = len(rows)
        return distances.sum() / (n * (n - 1))  # the n distances to oneself are 0 and do not count

    return mean_distance(fake) / mean_distance(real)


def cases(rng):
    yield d([0], [1]), d([0], [1], [2])
    yield normal(rng, 3, 1, 2, 4), 2 * normal(rng, 5, 1, 2, 4)
    yield 0.1 * normal(rng, 4, 6) + 3, normal(rng, 5, 6)
    yield normal(rng, 2, 3).repeat(2, 1), normal(rng, 3, 3)  # each fake came out twice


def hard_cases(rng):
    real = normal(rng, 100, 1, 8, 16).float()
    yield normal(rng, 128, 1, 8, 16).float(), real
    yield real[:1] + 1e-3 * normal(rng, 20, 1, 8, 16).float(), real  # nearly one picture


class Properties:
    def one_picture_has_no_spread(f, rng):
        real = normal(rng, 40, 1, 2, 2) + 1
        says = "forty times the same picture has the spread 0, you return {got}."
        close(f(real[:1].expand(40, -1, -1, -1).clone(), real), 0, says)

    def twice_as_far_apart(f, rng):
        real = normal(rng, 6, 3)
        says = "pictures twice as far apart have the ratio {right}, you return {got}."
        close(f(2 * real + 1, real), 2, says)


class Mistakes:
    def the_zeros_of_the_diagonal_counted(fake, real):
        """You divided by n * n: the distance of a picture to itself is no distance between two
        pictures. Divide by n (n - 1)."""
        of_all = [torch.cdist(x.flatten(1), x.flatten(1)).mean() for x in (fake, real)]
        return of_all[0] / of_all[1]

    def squared_distances(fake, real):
        """You averaged squared distances: a ratio of variances. Twice as far apart must give 2."""
        squares = [torch.pdist(x.flatten(1)).square().mean() for x in (fake, real)]
        return squares[0] / squares[1]

    def distances_from_fakes_to_real_pictures(fake, real):
        """You measured from fakes to real pictures. A generator that always draws the average
        picture does very well in that."""
        across = torch.cdist(fake.flatten(1), real.flatten(1)).mean()
        return across / torch.pdist(real.flatten(1)).mean()

    def equal_pictures_left_out(fake, real):
        """You left out every distance of 0. Only that of a picture to itself does not count; two
        fakes that came out equal do, they are what you look for."""
        pairs = [torch.pdist(x.flatten(1)) for x in (fake, real)]
        return pairs[0][pairs[0] > 0].mean() / pairs[1][pairs[1] > 0].mean()

    def standard_deviations_of_the_pixels(fake, real):
        """You took each pixel's spread by itself. A distance adds the squares over all pixels of a
        picture, then takes the root."""
        return fake.std(0).mean() / real.std(0).mean()
