"""Exercise of lesson 43b: how often the right one is among the first k."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, expect, named, normal

ABOUT = About(see="43b, step 3", difficulty=2, minutes=6, gradient=False)
HINTS = (
    "Row q holds the scores of all candidates for question q; the right one stands in column q. "
    "How many candidates have a higher score?",
    "own = scores.diagonal()[:, None]; rank = (scores > own).sum(1); the share with rank < k.",
)


def recall_at(scores: Tensor, k: int) -> float:
    """Share of the questions whose own candidate is among the k with the highest scores.

    scores: (N, N), a row a question, all of a row different; candidate q belongs to question q
    -> share in [0, 1].
    """
    own = scores.diagonal()[:, None]
    rank = (scores > own).sum(1)  # how many are preferred to the right one
    return (rank < k).double().mean().item()


def cases(rng):
    yield d([3.0, 1.0, 2.0], [4.0, 3.0, 5.0], [0.0, 2.0, 1.0]), 1
    yield normal(rng, 5, 5), 1
    yield normal(rng, 5, 5), 2
    yield normal(rng, 9, 9) + 2 * torch.eye(9, dtype=torch.double), 1
    yield normal(rng, 9, 9) + torch.eye(9, dtype=torch.double), 3
    yield normal(rng, 1, 1), 1


def hard_cases(rng):
    yield (normal(rng, 400, 400) + 2 * torch.eye(400)).float(), 1
    yield normal(rng, 60, 60) - 50, 10


class Properties:
    def among_all_it_is_always_found(f, rng):
        got = f(normal(rng, 6, 6), 6)
        expect(got == 1, f"among the first 6 of 6 the right one is always; you return {got}.")


class Mistakes:
    def columns_instead_of_rows(scores, k):
        """You let the candidates choose the questions: a row is a question."""
        return recall_at(scores.T, k)

    def the_lowest_scores(scores, k):
        """You took the lowest scores. A score is a similarity: the highest come first."""
        return recall_at(-scores, k)

    def one_place_too_many(scores, k):
        """You let the right one have k better ones before it. Among the first k are at most
        k - 1."""
        return recall_at(scores, k + 1)

    def the_best_alone(scores, k):
        """You looked at the best candidate alone, whatever k is."""
        return recall_at(scores, 1)

    @named("argsort is no rank")
    def indices_for_ranks(scores, k):
        """argsort says WHICH candidate stands at a place, not at which place a candidate stands.
        Sort the order once more, or count the higher scores."""
        return (scores.argsort(1, descending=True).diagonal() < k).double().mean().item()
