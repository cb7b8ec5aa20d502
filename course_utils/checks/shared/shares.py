"""Random numbers of a whole batch, of which a process keeps its rows: lessons 84 and 85."""

import torch

from course_utils.exercises.spec import expect

# seed, numbers drawn before, rows of the batch, rank, processes
PLACES = [(1, 0, 8, 1, 2), (2, 0, 1, 0, 1), (3, 50, 12, 2, 3), (4, 7, 6, 1, 3)]
LARGE = (5, 100_352, 128, 3, 4)


def going_on(seed: int, used: int = 0) -> torch.Generator:
    """A generator from which ``used`` numbers have been drawn: coins, or hidden labels."""
    rng = torch.Generator().manual_seed(seed)
    torch.rand(used, generator=rng)
    return rng


def same_as_one(parts: list, whole, what: str) -> None:
    """Ask that the parts of all processes, laid one after the other, are what one would draw."""
    joined = torch.cat(parts)
    says = f"laid one after the other, the {what} of all processes are not what one would draw"
    expect(joined.shape == whole.shape and torch.equal(joined, whole), says + " alone.")
