"""Exercise of lesson 23: how many heaps a generator reaches, how well, and how evenly."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="23, look at the data", difficulty=2, minutes=8, gradient=False)
HINTS = (
    "torch.cdist gives all distances; the smallest of a row names the point's heap. Count the "
    "good points of every heap before anything else.",
    "counts = torch.bincount(nearest[good], minlength=K). found: counts >= N / (4 K). Shares are "
    "counts / counts.sum(); KL = sum share log share + log K, and torch.xlogy knows 0 log 0.",
)


def mode_scores(x: Tensor, centres: Tensor, radius: float) -> Tensor:
    """Heaps found, share of good points, and KL of the good points' heaps to uniform.

    x: (N, 2) points, centres: (K, 2). A point is good if its nearest centre is closer than radius.
    A heap is found if it holds at least a quarter of its fair share, N / (4 K) good points.
    -> (3,): found, share of good points, KL in nats (log K if no point is good).
    """
    distance, nearest = torch.cdist(x, centres).min(1)
    good = distance < radius
    counts = torch.bincount(nearest[good], minlength=len(centres)).to(x)
    found = (counts >= len(x) / (4 * len(centres))).sum()
    share = counts / counts.sum().clamp(min=1)
    kl = torch.xlogy(share, share).sum() + math.log(len(centres))
    return torch.stack([found.to(x), good.to(x).mean(), kl])


def case(rng, n_points, n_centres, radius):
    """Points around centres that stand at least 4 apart, some of them astray."""
    centres = 4 * torch.arange(n_centres, dtype=torch.double)[:, None] * d(1.0, -0.5)
    which = (torch.rand(n_points, generator=rng) ** 2 * n_centres).long()  # unevenly
    return centres[which] + 0.6 * normal(rng, n_points, 2), centres, radius


def cases(rng):
    yield d([0.1, 0.0], [0.0, 0.2], [3.0, 0.1], [9.0, 9.0]), d([0.0, 0.0], [3.0, 0.0]), 0.5
    for n_points, n_centres, radius in ((1, 3, 1.0), (40, 3, 1.0), (64, 5, 0.8), (24, 8, 0.3)):
        yield case(rng, n_points, n_centres, radius)
    yield d([9.0, 9.0], [8.0, 9.0], [9.0, 8.0]), d([0.0, 0.0], [3.0, 0.0]), 0.5  # none is good
    centres = d([0.0, 0.0], [3.0, 0.0], [0.0, 3.0], [3.0, 3.0])
    yield d([0.1, 0.0], [0.1, 2.9], [0.0, 3.1]), centres, 0.5  # two heaps are empty
    crowd = d([0.1, 0.0]).repeat(23, 1)
    yield torch.cat([crowd, d([3.0, 0.1])]), centres[:2], 0.5  # one point is less than a quarter


def hard_cases(rng):
    x, centres, radius = case(rng, 1000, 8, 1.2)
    yield x.float(), centres.float(), radius


class Properties:
    @named("all on one heap is the worst KL, even heaps the best")
    def ends_of_the_scale(f, rng):
        centres = d([0.0, 0.0], [4.0, 0.0], [0.0, 4.0])
        one, even = centres[:1].repeat(12, 1), centres.repeat(4, 1)
        says = "twelve perfect points on one of three heaps: KL log 3 = {right}, yours is {got}."
        close(f(one, centres, 0.5)[2], math.log(3), says)
        says = "four perfect points on each of three heaps: KL {right}, yours is {got}."
        close(f(even, centres, 0.5)[2], 0.0, says)

    @named("points astray find nothing")
    def astray(f, rng):
        centres = d([0.0, 0.0], [4.0, 0.0])
        x = d([1.8, 0.0], [1.9, 0.0], [2.1, 0.0], [0.1, 0.0])
        says = "one good point of four on one of two heaps: {right} heap is found, you count {got}."
        close(f(x, centres, 0.5)[0], 1.0, says)


def parts(x, centres, radius):
    distance, nearest = torch.cdist(x, centres).min(1)
    return distance < radius, nearest


def kl_of(counts):
    share = counts / counts.sum().clamp(min=1)
    return torch.xlogy(share, share).sum() + math.log(len(counts))


class Mistakes:
    @named("every point belongs to its nearest heap")
    def bad_points_count(x, centres, radius):
        """You counted points that are far from every centre for the heap they are nearest to. A
        point between two heaps has found neither: count the good ones only."""
        good, nearest = parts(x, centres, radius)
        counts = torch.bincount(nearest, minlength=len(centres)).to(x)
        found = (counts >= len(x) / (4 * len(centres))).sum()
        return torch.stack([found.to(x), good.to(x).mean(), kl_of(counts)])

    @named("one point is enough")
    def one_point(x, centres, radius):
        """You call a heap found if a single point hits it. Among a thousand points chance does
        that; ask for a quarter of the fair share, N / (4 K)."""
        right = mode_scores(x, centres, radius)
        good, nearest = parts(x, centres, radius)
        found = (torch.bincount(nearest[good], minlength=len(centres)) > 0).sum()
        return torch.stack([found.to(x), right[1], right[2]])

    @named("the KL in the other direction")
    def other_direction(x, centres, radius):
        """You computed KL(uniform || shares), which is infinite as soon as one heap is missing.
        Asked is KL(shares || uniform) = log K minus the entropy of the shares."""
        right = mode_scores(x, centres, radius)
        good, nearest = parts(x, centres, radius)
        counts = torch.bincount(nearest[good], minlength=len(centres)).to(x)
        share = counts / counts.sum().clamp(min=1)
        return torch.stack([right[0], right[1], -share.log().mean().to(x) - math.log(len(centres))])

    @named("shares of all points")
    def shares_of_all(x, centres, radius):
        """Your shares do not sum to 1: you divided by all points. Divide by the good ones, else
        bad points pass for unevenness."""
        right = mode_scores(x, centres, radius)
        good, nearest = parts(x, centres, radius)
        share = torch.bincount(nearest[good], minlength=len(centres)).to(x) / len(x)
        kl = torch.xlogy(share, share).sum() + math.log(len(centres))
        return torch.stack([right[0], right[1], kl.to(x)])

    @named("an entropy instead of a KL")
    def entropy(x, centres, radius):
        """You return the entropy of the shares, which is largest where the heaps are even. KL to
        uniform is log K minus that entropy."""
        right = mode_scores(x, centres, radius)
        return torch.stack([right[0], right[1], math.log(len(centres)) - right[2]])
