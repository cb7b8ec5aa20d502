"""Exercise of laboratory 27b: new examples of a rare class between its neighbours."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal, uniform

ABOUT = About(see="27b, step 3", difficulty=3, minutes=12, gradient=False)
HINTS = (
    "All distances, sorted: the nearest of every example is the example itself. Leave it out.",
    "order = torch.cdist(x, x).argsort(1)[:, 1 : k + 1]; partner = x[order[base, pick]]; then go u "
    "of the way from x[base] to the partner.",
)


def smote(x: Tensor, base: Tensor, pick: Tensor, u: Tensor, k: int) -> Tensor:
    """New examples on the lines between neighbours of one class (Chawla et al. 2002).

    x: (N, D) examples of the rare class, N > k. For each of M new examples: base (M,) long, the
    example to start from; pick (M,) long, 0..k-1, which of its k nearest neighbours (0: the
    nearest; an example is no neighbour of its own) to walk to; u (M,), 0..1, the share of the way
    -> (M, D).
    """
    distance = torch.cdist(x, x)
    distance.fill_diagonal_(float("inf"))  # nobody is a neighbour of its own
    neighbours = distance.argsort(1)[:, :k]  # (N, k), nearest first
    partner = x[neighbours[base, pick]]  # (M, D)
    return x[base] + u[:, None] * (partner - x[base])


def case(rng, n, width, m, k):
    """A rare class and what chance has chosen for m new examples."""
    base, pick = (torch.randint(high, (m,), generator=rng) for high in (n, k))
    return normal(rng, n, width), base, pick, 0.1 + 0.8 * uniform(rng, m), k


def cases(rng):
    line = d(0, 1, 3, 7)[:, None]
    yield line, torch.tensor([0, 3, 1]), torch.tensor([0, 1, 1]), d(0.25, 0.5, 0.25), 2
    for n, width, m, k in ((4, 3, 5, 2), (5, 2, 1, 3), (6, 3, 7, 1), (9, 4, 3, 5)):
        yield case(rng, n, width, m, k)


def hard_cases(rng):
    x, base, pick, u, k = case(rng, 12, 64, 40, 3)
    yield x.float(), base, pick, u.float(), k


class Properties:
    def at_u_0_nothing_moves(f, rng):
        x, base, pick, u, k = case(rng, 6, 3, 5, 2)
        close(f(x, base, pick, 0 * u, k), x[base], "at u = 0 you stand at {right}, not at {got}.")

    @named("at u = 1 the neighbour is reached")
    def at_the_end(f, rng):
        x, base, _, u, _ = case(rng, 6, 3, 5, 2)
        got = f(x, base, torch.zeros_like(base), torch.ones_like(u), 1)
        apart = torch.cdist(x, x) + torch.eye(6) * 1e9
        close(got, x[apart.argmin(1)[base]], "the nearest neighbour is at {right}, you at {got}.")


class Mistakes:
    @named("an example as its own neighbour")
    def itself(x, base, pick, u, k):
        """Your list of neighbours begins with the example itself, at distance 0: what you draw
        there is a copy. Leave it out."""
        neighbours = torch.cdist(x, x).argsort(1)[:, :k]
        return x[base] + u[:, None] * (x[neighbours[base, pick]] - x[base])

    @named("from the neighbour's end")
    def other_end(x, base, pick, u, k):
        """Your way begins at the neighbour. At u = 0 the new example is the base itself."""
        return smote(x, base, pick, 1 - u, k)

    @named("the farthest neighbours")
    def farthest(x, base, pick, u, k):
        """You sorted the distances the other way round and walk to the farthest examples, right
        through the other classes. Neighbours are near."""
        neighbours = torch.cdist(x, x).argsort(1, descending=True)[:, :k]
        return x[base] + u[:, None] * (x[neighbours[base, pick]] - x[base])

    @named("any partner of the class")
    def any_partner(x, base, pick, u, k):
        """You took the partner by its place in the list, near or far. Sort by distance first."""
        return x[base] + u[:, None] * (x[pick] - x[base])

    @named("noise around the base")
    def halfway(x, base, pick, u, k):
        """You moved the base by u itself. u is a share of the way to the neighbour: multiply the
        difference of the two by it."""
        return x[base] + u[:, None]
