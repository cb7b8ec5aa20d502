"""Exercise of laboratory 51b: Witten-Bell smoothing, a shorter context as the prior."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, simplex

ABOUT = About(see="51b, step 2", difficulty=2, minutes=8, gradient=False)
HINTS = (
    "Pretend that T more symbols were seen after this context, drawn from lower. What are the "
    "shares now?",
    "n = counts.sum(-1, keepdim=True); types = (counts > 0).sum(-1, keepdim=True); then "
    "(counts + types * lower) / (n + types), and lower where n is 0.",
)


def interpolated_prob(counts: Tensor, lower: Tensor) -> Tensor:
    """Witten-Bell smoothing: counts, with the shorter context's distribution as a prior.

    p = (counts + T * lower) / (N + T), where N counts the symbols seen after a context and T how
    many different ones. counts, lower: (..., V), rows of lower sum to 1 -> (..., V), rows sum to 1.
    A context never seen (N = 0) gives lower.
    """
    n = counts.sum(-1, keepdim=True)
    types = (counts > 0).sum(-1, keepdim=True)
    mixed = (counts + types * lower) / (n + types).clamp(min=1)
    return torch.where(n > 0, mixed, lower)


def cases(rng):
    yield d(3.0, 1.0, 0.0), d(0.5, 0.3, 0.2)
    yield d([2.0, 0.0, 1.0, 5.0]), simplex(rng, 1, 4)
    yield torch.randint(4, (3, 5), generator=rng).double(), simplex(rng, 3, 5)
    yield d([9.0, 0.0, 1.0], [0.0, 0.0, 0.0]), d([0.5, 0.3, 0.2], [0.7, 0.2, 0.1])  # never seen
    yield d(0.0, 0.0), d(0.9, 0.1)


def hard_cases(rng):
    counts = torch.randint(-300, 40, (200, 96), generator=rng).clamp(min=0)  # mostly zeros
    yield counts.float(), simplex(rng, 200, 96).float()


class Properties:
    def a_row_sums_to_1(f, rng):
        counts = torch.randint(4, (50, 6), generator=rng).double()
        close(f(counts, simplex(rng, 50, 6)).sum(-1), 1, "a row must sum to {right}, not to {got}.")


class Mistakes:
    def unseen_contexts_are_NaN(counts, lower):
        """Right where the context was seen. Where it was not, you divide 0 by 0: return lower
        (torch.where)."""
        n, types = counts.sum(-1, keepdim=True), (counts > 0).sum(-1, keepdim=True)
        return (counts + types * lower) / (n + types)

    def backed_off(counts, lower):
        """You take the share of a symbol that was seen and lower for the others, so the row sums to
        more than 1. Witten-Bell mixes the two for every symbol."""
        n = counts.sum(-1, keepdim=True)
        return torch.where(counts > 0, counts / n.clamp(min=1), lower)

    def not_renormalised(counts, lower):
        """You add T · lower on top but still divide by N. The row sums to 1 + T/N: divide by
        N + T."""
        n, types = counts.sum(-1, keepdim=True), (counts > 0).sum(-1, keepdim=True)
        return torch.where(n > 0, (counts + types * lower) / n.clamp(min=1), lower)

    def vocabulary_size_for_types(counts, lower):
        """Your weight on lower is the size of the vocabulary. T counts the *different* symbols that
        did follow this context: (counts > 0).sum(-1, keepdim=True)."""
        v = counts.shape[-1]
        return (counts + v * lower) / (counts.sum(-1, keepdim=True) + v)

    def lower_counted_once(counts, lower):
        """You add lower once and divide by N + T. T symbols more are pretended, so lower weighs T;
        your row sums to less than 1."""
        n, types = counts.sum(-1, keepdim=True), (counts > 0).sum(-1, keepdim=True)
        return torch.where(n > 0, (counts + lower) / (n + types).clamp(min=1), lower)
