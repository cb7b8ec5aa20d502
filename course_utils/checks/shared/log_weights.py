"""Log weights of K draws for B pictures, (K, B), on which the IWAE bound is tried: 31 and 84."""

import torch

from course_utils.exercises.spec import d, normal


def tables(rng):
    yield d([-1.0], [-3.0], [0.5])
    yield 2 * normal(rng, 1, 4)  # one draw: the ELBO's own estimate
    yield 2 * normal(rng, 10, 3) - 50
    yield torch.full((7, 2), -20.0, dtype=torch.double)  # all alike: the bound is this weight


def hard_tables(rng):
    """Float32, as from a net: far below exp's reach, and pictures far from one another."""
    yield (5 * normal(rng, 100, 30) - 110).float()
    yield (3 * normal(rng, 20, 3) - torch.tensor([40.0, 200.0, 700.0])).float()
