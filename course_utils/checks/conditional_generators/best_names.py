"""Exercise of lesson 24: give every code that a network found the name of one class."""

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from course_utils.exercises.spec import About, expect, named

ABOUT = About(see="24, step 6", difficulty=3, minutes=12, gradient=False, float32=False)
HINTS = (
    "Every class may be given away once. Trying all K! orders works for small K; there is a "
    "function of SciPy for the rest.",
    "scipy.optimize.linear_sum_assignment(counts, maximize=True) returns rows and columns.",
)


def best_names(counts: Tensor) -> Tensor:
    """Name every code after one class, every class used once, so that most pictures are right.

    counts: (K, K) long, [k, y] = pictures of class y that carry code k -> (K,) long, a class a
    code (the Hungarian method, Kuhn 1955).
    """
    _codes, names = linear_sum_assignment(counts.numpy(), maximize=True)
    return torch.from_numpy(names)


def table(rng, n, most=97):
    """Random counts, in which two best namings are all but impossible."""
    return torch.randint(most, (n, n), generator=rng)


def cases(rng):
    yield (torch.tensor([[9, 8], [7, 1]]),)  # greedy takes the 9 and loses 5
    yield (torch.tensor([[5]]),)
    yield (torch.tensor([[10, 60, 3], [11, 70, 4], [40, 2, 1]]),)  # two codes want class 1
    for n in (4, 5, 6):
        yield (table(rng, n),)


def hard_cases(rng):
    yield (table(rng, 10, 977),)
    yield (torch.eye(10, dtype=torch.long).roll(3, 1) * 400 + table(rng, 10, 40),)


class Properties:
    def every_class_is_used_once(f, rng):
        for n in (3, 6):
            names = f(table(rng, n))
            says = f"{names.tolist()} gives one class to two codes: each class has one code."
            expect(sorted(names.tolist()) == list(range(n)), says)

    @named("no other naming has more pictures right")
    def nothing_is_better(f, rng):
        counts = table(rng, 6)
        best = int(counts[torch.arange(6), best_names(counts)].sum())
        mine = int(counts[torch.arange(6), f(counts)].sum())
        expect(mine == best, f"your names have {mine} pictures right; {best} are possible.")


class Mistakes:
    @named("each code its own majority")
    def majority(counts):
        """You named every code after its most frequent class. Two codes may then carry one name,
        and another class has none."""
        return counts.argmax(1)

    @named("codes and classes exchanged")
    def exchanged(counts):
        """You return a code for every class. Asked is a class for every code: row k is code k."""
        return best_names(counts.T)

    @named("the worst naming")
    def worst(counts):
        """SciPy's function looks for the smallest sum unless it is told maximize=True."""
        return torch.from_numpy(linear_sum_assignment(counts.numpy())[1])

    @named("the largest count first")
    def greedy(counts):
        """You gave away the largest count first, then the largest of what was left. An early gain
        can cost more later."""
        left, names = counts.clone(), torch.zeros(len(counts), dtype=torch.long)
        for _ in range(len(counts)):
            k, y = divmod(int(left.argmax()), len(counts))
            names[k] = y
            left[k] = -1
            left[:, y] = -1
        return names
