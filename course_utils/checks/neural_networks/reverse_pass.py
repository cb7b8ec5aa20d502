"""Exercise of lesson 14: the slope of the last node in every node."""

import torch

from course_utils.exercises.spec import About, normal

ABOUT = About(see="14, step 1", difficulty=3, minutes=10, gradient=False)
HINTS = (
    "What is the slope of the last node in itself? Walk from there to the front.",
    "For k from N-1 down to 0 and each parent p with slope s: grad[p] += s * grad[k].",
)


def reverse_pass(parents: list[list[int]], local: list[list[float]]) -> list[float]:
    """Slope of the last node in every node of a graph of numbers.

    Nodes 0..N-1 stand in the order of computing. parents[k]: the nodes that k was computed from (a
    node may stand there twice); local[k]: the slope of k in each of them -> N floats.
    """
    grad = [0.0] * len(parents)
    grad[-1] = 1.0  # the last node moves one to one with itself
    for k in reversed(range(len(parents))):  # all uses of k come after k: grad[k] is complete
        for p, slope in zip(parents[k], local[k], strict=True):
            grad[p] += slope * grad[k]
    return grad


def cases(rng):
    yield [[], [0], [0], [1, 2]], [[], [2.0], [3.0], [1.0, 1.0]]  # a diamond
    yield [[], [0], [1, 1]], [[], [5.0], [3.0, 4.0]]  # the same parent twice, with two slopes
    yield [[], [], [0], [1, 0]], [[], [], [7.0], [4.0, 3.0]]  # node 2 leads nowhere
    parents = [[], [], *(torch.randint(k, (2,), generator=rng).tolist() for k in range(2, 12))]
    yield parents, [normal(rng, len(p)).tolist() for p in parents]
    doublings = [[], *([k, k] for k in range(40))]  # 2^40 ways: one walk, not a walk each
    yield doublings, [[0.5] * len(p) for p in doublings]


class Mistakes:
    def overwriting_instead_of_adding(parents, local):
        """You set grad[p] = ...; a later use wipes out an earlier one. Every use of a node adds its
        share: grad[p] += ...."""
        grad = [0.0] * len(parents)
        grad[-1] = 1.0
        for k in reversed(range(len(parents))):
            for p, slope in zip(parents[k], local[k], strict=True):
                grad[p] = slope * grad[k]
        return grad

    def walking_forwards(parents, local):
        """You walk from the first node to the last, so grad[k] is still 0 when you hand it on.
        Start at the end: reversed(range(N))."""
        grad = [0.0] * len(parents)
        grad[-1] = 1.0
        for p, slope in zip(parents[-1], local[-1], strict=True):
            grad[p] += slope
        return grad

    def each_parent_once(parents, local):
        """A parent that stands twice, as in x · x, has two ways to the node, each with its own
        slope. A dict or .index() sees only one of them."""
        once = [dict(zip(p, s, strict=True)) for p, s in zip(parents, local, strict=True)]
        return reverse_pass([list(p) for p in once], [list(p.values()) for p in once])

    def no_seed(parents, local):
        """All your slopes are 0. The last node's slope in itself is 1: set it before the walk."""
        return [0.0] * len(parents)

    def slopes_in_the_first_node(parents, local):
        """You walked forwards: that gives the slope of every node in node 0. Asked for is the slope
        of the last node in every node, for which one walk from the end is enough."""
        grad = [1.0] + [0.0] * (len(parents) - 1)
        for k in range(1, len(parents)):
            grad[k] = sum(s * grad[p] for p, s in zip(parents[k], local[k], strict=True))
        return grad
