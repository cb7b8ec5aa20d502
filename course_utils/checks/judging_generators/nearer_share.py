"""Exercise of lesson 16: are the samples nearer to the training set than fresh data?"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, normal

ABOUT = About(see="16, step 4", difficulty=3, minutes=7, gradient=False)
HINTS = (
    "Two lists of distances to the nearest training example: one for the samples, one for the "
    "test examples.",
    "Compare all pairs: (d_samples[:, None] < d_test).double().mean(), and half of the ties.",
)


def nearer_share(samples: Tensor, train: Tensor, test: Tensor) -> Tensor:
    """P(a sample lies nearer to the training set than a test example does), ties count half.

    samples: (N, D), train: (M, D), test: (K, D) -> scalar in [0, 1]; 0.5 if nothing was copied.
    """
    d_samples = torch.cdist(samples, train).min(1).values  # (N,)
    d_test = torch.cdist(test, train).min(1).values  # (K,)
    nearer = (d_samples[:, None] < d_test).to(train.dtype)  # (N, K), all pairs
    tied = (d_samples[:, None] == d_test).to(train.dtype)
    return (nearer + 0.5 * tied).mean()


def cases(rng):
    yield d([0.0], [5.0], [2.0]), d([0.0], [4.0]), d([1.5], [4.0])
    yield normal(rng, 1, 2), normal(rng, 5, 2), normal(rng, 3, 2)
    yield with_copies(normal(rng, 14, 3), normal(rng, 6, 3), normal(rng, 9, 3))
    yield with_copies(normal(rng, 7, 4), normal(rng, 11, 4), normal(rng, 5, 4))


def hard_cases(rng):
    points = torch.randn(300, 32, generator=rng)
    near = points[:50, :3] + 1000  # far from the origin a copy still lies at distance 0
    yield with_copies(near[:20], near[20:32], near[32:])
    yield torch.cat([points[:20], points[200:240]]), points[:200], points[240:]


def with_copies(train: Tensor, samples: Tensor, test: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Half of the samples are copies; real data hold duplicates, too: a tie at distance 0."""
    n = len(samples) // 2
    samples = torch.cat([train[:n], samples[n:]])
    return samples, train, torch.cat([train[-1:], test[1:]])


def share(a: Tensor, b: Tensor) -> Tensor:
    """Mean of a < b, ties half."""
    return (a < b).double().mean() + 0.5 * (a == b).double().mean()


class Mistakes:
    def ties_not_counted(samples, train, test):
        """Ties count half: otherwise a sample set equal to the test set would not score 0.5."""
        near, far = (torch.cdist(a, train).amin(1) for a in (samples, test))
        return (near[:, None] < far).double().mean()

    def ties_counted_in_full(samples, train, test):
        """A tie is no win: count it half, so that equal sets score 0.5."""
        near, far = (torch.cdist(a, train).amin(1) for a in (samples, test))
        return (near[:, None] <= far).double().mean()

    def nearest_test_example_instead_of_training_example(samples, train, test):
        """You compared, for each sample, the nearest training with the nearest test example. That
        depends on how many there are of each. Let test examples look for their nearest training
        example, too."""
        return share(torch.cdist(samples, train).amin(1), torch.cdist(samples, test).amin(1))

    def compared_with_the_average_only(samples, train, test):
        """You compared each sample with the mean distance of the test set. Compare it with every
        test example: the share over all pairs depends on ranks alone."""
        near, far = (torch.cdist(a, train).amin(1) for a in (samples, test))
        return share(near, far.mean())

    def average_distance_instead_of_the_nearest(samples, train, test):
        """You averaged the distances to all training examples. A copy hides there: it is near to
        one, not to all. Take the minimum."""
        near, far = (torch.cdist(a, train).mean(1) for a in (samples, test))
        return share(near[:, None], far)
