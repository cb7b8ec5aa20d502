"""Lesson 14: Slope of the last node in every node of a graph of numbers."""

import torch

from course_utils.exercises.spec import About, Fails, normal

ABOUT = About(see="14, step 1", difficulty=3, minutes=10)
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
    return [
        ([[], [0], [0], [1, 2]], [[], [2.0], [3.0], [1.0, 1.0]]),  # a diamond
        ([[]], [[]]),  # one node alone
        ([[], [], [0, 1], [2, 0]], [[], [], [4.0, 3.0], [3.0, 12.0]]),
        _random_graph(rng, 12),
    ]


def _walk(parents, local, *, order=reversed, keep=False, chain=True, seed=True):
    grad = [0.0] * len(parents)
    grad[-1] = 1.0 if seed else 0.0
    for k in order(range(len(parents))):
        for p, slope in zip(parents[k], local[k], strict=True):
            step = slope * grad[k] if chain else slope
            grad[p] = step if keep else grad[p] + step
    return grad


def _random_graph(rng: torch.Generator, n: int) -> tuple[list[list[int]], list[list[float]]]:
    parents: list[list[int]] = [[], []]
    for k in range(2, n):
        parents.append(torch.randint(k, (2,), generator=rng).tolist())
    local = [normal(rng, len(p)).tolist() for p in parents]
    return parents, local


class Properties:
    def a_node_used_twice_collects_both_ways(f, rng):
        got = f([[], [0, 0]], [[], [3.0, 3.0]])[0]
        if abs(float(got) - 6) > 1e-9:
            raise Fails(
                f"x · x at x = 3 has the slope 3 + 3 = 6, along both ways to x; you return {got:g}."
            )

    def slopes_along_a_chain_multiply(f, rng):
        got = f([[], [0], [1], [2]], [[], [2.0], [3.0], [5.0]])[0]
        if abs(float(got) - 30) > 1e-9:
            raise Fails(
                f"a chain with slopes 2, 3 and 5 has the slope 30 in its input; you return {got:g}."
            )


class Mistakes:
    def overwriting_instead_of_adding(parents, local):
        """You set grad[p] = ...; a later use wipes out an earlier one. Every use of a node adds its
        share: grad[p] += ...."""
        return _walk(parents, local, keep=True)

    def walking_forwards(parents, local):
        """You walk from the first node to the last, so grad[k] is still 0 when you hand it on.
        Start at the end: reversed(range(N))."""
        return _walk(parents, local, order=list)

    def local_slope_only(parents, local):
        """You add the local slopes without multiplying by grad[k], the slope of the end in k. That
        factor is the chain rule."""
        return _walk(parents, local, chain=False)

    def no_seed(parents, local):
        """All your slopes are 0. The last node's slope in itself is 1: set it before the walk."""
        return _walk(parents, local, seed=False)

    def first_parent_only(parents, local):
        """You follow only the first parent of each node. A sum or product has two."""
        grad = [0.0] * len(parents)
        grad[-1] = 1.0
        for k in reversed(range(len(parents))):
            if parents[k]:
                grad[parents[k][0]] += local[k][0] * grad[k]
        return grad

    def products_instead_of_sums(parents, local):
        """You multiply what arrives along different ways. Along one way slopes multiply; different
        ways add."""
        grad = [1.0] * len(parents)
        for k in reversed(range(len(parents))):
            for p, slope in zip(parents[k], local[k], strict=True):
                grad[p] *= slope * grad[k]
        return grad
