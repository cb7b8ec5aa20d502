"""Lesson 51: Witten-Bell smoothing: counts, with the shorter context's distribution as a pri"""

import torch
from torch import Tensor

from course_utils.checks.language_models.shared import _simplex
from course_utils.exercises.spec import About, Fails, d, named

ABOUT = About(see="51, step 6", difficulty=2, minutes=8)
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
    return [
        (d(3.0, 1.0, 0.0), d(0.5, 0.3, 0.2)),
        (d([0.0, 0.0, 0.0, 0.0]), d([0.1, 0.2, 0.3, 0.4])),  # a batch of one, never seen
        (torch.randint(4, (3, 5), generator=rng).double(), _simplex(rng, 3, 5)),
        (d([9.0, 0.0], [1.0, 1.0]), d([0.5, 0.5], [0.9, 0.1])),
    ]


def _n_and_types(counts: Tensor) -> tuple[Tensor, Tensor]:
    return counts.sum(-1, keepdim=True), (counts > 0).sum(-1, keepdim=True)


def _wb(counts, lower, n, types):
    return (counts + types * lower) / (n + types)


class Properties:
    def sums_to_1(f, rng):
        counts = torch.randint(4, (50, 6), generator=rng).double()
        counts[0, 0] = 1
        total = f(counts, _simplex(rng, 50, 6)).sum(-1)
        worst = float((total - 1).abs().max())
        if not worst < 1e-9:
            raise Fails(
                f"each row must sum to 1; on 50 random rows yours are off by up to {worst:.4g}."
            )

    def nothing_is_impossible(f, rng):
        got = f(d([5.0, 0.0, 0.0], [0.0, 0.0, 0.0]), d([0.2, 0.3, 0.5], [0.2, 0.3, 0.5]))
        if not bool((got > 0).all()):
            raise Fails(
                f"no symbol may get probability 0, yet your smallest is {float(got.min()):.4g}."
            )

    def an_unseen_context_hands_over_to_the_shorter_one(f, rng):
        lower = d([0.1, 0.2, 0.7])
        got = f(torch.zeros(1, 3, dtype=torch.double), lower)
        if not (got - lower).abs().max() < 1e-9:
            raise Fails(
                f"a context never seen gives lower = [0.1, 0.2, 0.7], you return {got[0].tolist()}."
            )


class Mistakes:
    def unseen_contexts_are_NaN(counts, lower):
        """Right where the context was seen. Where it was not, you divide 0 by 0: return lower
        (torch.where)."""
        return _wb(counts, lower, *_n_and_types(counts))

    @named("no smoothing", see="51, step 5")
    def no_smoothing(counts, lower):
        """You return counts / N, maximum likelihood: what was not seen is impossible, and one such
        character makes the whole text impossible. Use lower."""
        return counts / counts.sum(-1, keepdim=True)

    @named("no smoothing, unseen contexts guarded")
    def no_smoothing_unseen_contexts_guarded(counts, lower):
        """You fall back to lower for unseen contexts only. A symbol not seen in a seen context
        still gets 0."""
        return torch.where(
            counts.sum(-1, keepdim=True) > 0,
            counts / counts.sum(-1, keepdim=True).clamp(min=1),
            lower,
        )

    def not_renormalised(counts, lower):
        """You add T · lower on top but still divide by N. The row sums to 1 + T/N; divide by N + T."""
        return torch.where(
            _n_and_types(counts)[0] > 0,
            (counts + _n_and_types(counts)[1] * lower) / _n_and_types(counts)[0].clamp(min=1),
            lower,
        )

    def vocabulary_size_for_types(counts, lower):
        """Your weight on lower is the size of the vocabulary. T counts the *different* symbols that
        did follow this context: (counts > 0).sum(-1, keepdim=True)."""
        return _wb(counts, lower, counts.sum(-1, keepdim=True), counts.shape[-1])

    @named("add one", see="51, step 5")
    def add_one(counts, lower):
        """That is add-one smoothing: it ignores lower and treats every unseen symbol alike."""
        return (counts + 1) / (counts + 1).sum(-1, keepdim=True)

    def types_of_the_whole_batch(counts, lower):
        """You counted the types of all rows together. Each context has its own T: .sum(-1,
        keepdim=True)."""
        return torch.where(
            counts.sum(-1, keepdim=True) > 0,
            _wb(counts, lower, counts.sum(-1, keepdim=True), (counts > 0).sum().clamp(min=1)),
            lower,
        )

    def half_and_half(counts, lower):
        """You mix with a fixed weight of 1/2. Witten-Bell trusts a context the more, the fewer
        surprises T it held among its N symbols."""
        return 0.5 * counts / counts.sum(-1, keepdim=True).clamp(min=1) + 0.5 * lower

    def weights_swapped(counts, lower):
        """You gave the counts the weight T and lower the weight N. A context seen often (large N)
        is to be trusted more, not less."""
        return torch.where(
            _n_and_types(counts)[0] > 0,
            (
                counts / _n_and_types(counts)[0].clamp(min=1) * _n_and_types(counts)[1]
                + _n_and_types(counts)[0] * lower
            )
            / sum(_n_and_types(counts)).clamp(min=1),
            lower,
        )
