"""Lesson 16: P(a sample lies nearer to the training set than a test example does), ties coun"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="16, step 9", difficulty=3, minutes=7)
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
    return [
        (d([0.0], [5.0], [2.0]), d([0.0], [4.0]), d([1.5], [7.0], [4.0])),
        _copy_case(rng, 6, 12, 7),
        _copy_case(rng, 4, 9, 4),
        (normal(rng, 1, 2), normal(rng, 5, 2), normal(rng, 3, 2)),
    ]


def _nearest(a, b):
    return torch.cdist(a, b).min(1).values


def _copy_case(rng, n, m, k):
    train = normal(rng, m, 2).round(decimals=1)
    samples = normal(rng, n, 2)
    samples[: n // 2] = train[: n // 2]  # half of them are copies
    test = normal(rng, k, 2)
    test[0] = train[-1]  # real data hold duplicates, too: a tie at distance 0
    return samples, train, test


class Properties:
    @named("1 for copies")
    def is_1_for_copies(f, rng):
        train, test = normal(rng, 20, 3), normal(rng, 9, 3)
        got = float(f(train[:5].clone(), train, test))
        if not abs(got - 1) < 1e-9:
            raise Fails(
                f"five exact copies are nearer than any fresh point: 1, you return {got:.4f}."
            )

    @named("0.5 for the test set itself")
    def is_0_5_for_the_test_set_itself(f, rng):
        train, test = normal(rng, 20, 3), normal(rng, 9, 3)
        got = float(f(test.clone(), train, test))
        if not abs(got - 0.5) < 1e-9:
            raise Fails(
                f"samples that are the test examples themselves are exactly as near: 0.5, you return "
                f"{got:.4f}."
            )


class Mistakes:
    def samples_and_test_swapped(samples, train, test):
        """Yours is 1 minus the share: you asked how often a test example lies nearer."""
        return 1 - nearer_share(samples, train, test)

    def nearest_test_example_instead_of_training_example(samples, train, test):
        """You compared, for each sample, the nearest training with the nearest test example. That
        depends on how many there are of each. Let test examples look for their nearest training
        example, too."""
        return (_nearest(samples, train) < _nearest(samples, test)).double().mean()

    def ties_not_counted(samples, train, test):
        """Ties count half: otherwise a sample set equal to the test set would not score 0.5."""
        return (_nearest(samples, train)[:, None] < _nearest(test, train)).double().mean()

    def ties_counted_in_full(samples, train, test):
        """A tie is no win: count it half, so that equal sets score 0.5."""
        return (_nearest(samples, train)[:, None] <= _nearest(test, train)).double().mean()

    def compared_with_the_average_only(samples, train, test):
        """You compared each sample with the mean distance of the test set. Compare it with every
        test example: the share over all pairs depends on ranks alone."""
        return (_nearest(samples, train) < _nearest(test, train).mean()).double().mean()

    def average_distance_instead_of_the_nearest(samples, train, test):
        """You averaged the distances to all training examples. A copy hides there: it is near to
        one, not to all. Take the minimum."""
        return (
            (torch.cdist(samples, train).mean(1)[:, None] < torch.cdist(test, train).mean(1))
            .double()
            .mean()
        )

    def roles_of_samples_and_train_exchanged(samples, train, test):
        """You let the training examples look for samples. The question is asked of each sample: how
        far is its nearest training example?"""
        return (_nearest(train, samples)[:, None] < _nearest(train, test)).double().mean()
