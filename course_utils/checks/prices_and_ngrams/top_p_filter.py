"""Exercise of lesson 54c: the nucleus of a distribution."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="54c, step 4", difficulty=3, minutes=8, gradient=False)
HINTS = (
    "Sort in falling order. A token stays if the likelier ones together hold less than `mass`.",
    "before = p_sorted.cumsum(-1) - p_sorted; keep where before < mass; "
    "torch.zeros_like(p).scatter(-1, order, kept) undoes the sorting; divide by the sum.",
)


def top_p_filter(p: Tensor, mass: Tensor) -> Tensor:
    """Keep the likeliest tokens until they hold `mass`; the one that reaches it stays in.

    p: (..., V), rows sum to 1; mass: (..., 1) or (), in (0, 1]
    -> (..., V) in the order of p, rows sum to 1, 0 for dropped tokens.
    """
    high_first, order = p.sort(-1, descending=True)
    before = high_first.cumsum(-1) - high_first  # what the likelier ones hold together
    kept = torch.where(before < mass, high_first, 0.0)
    kept = torch.zeros_like(p).scatter(-1, order, kept)  # back to the order of p
    return kept / kept.sum(-1, keepdim=True)


def cases(rng):
    yield d(0.05, 0.5, 0.15, 0.3), d(0.7)
    yield d([0.125, 0.25, 0.5, 0.0625, 0.0625]), d([0.8])
    yield (2 * normal(rng, 3, 7)).softmax(-1), d(0.2, 0.6, 0.9)[:, None]
    yield d(0.25, 0.5, 0.25), d(0.5)  # reached exactly
    yield d(0.1, 0.6, 0.3), torch.tensor(1.0, dtype=torch.double)


def hard_cases(rng):
    yield normal(rng, 4, 3000).softmax(-1).float(), torch.tensor([[0.5], [0.75], [0.9], [0.95]])


class Properties:
    def of_equal_tokens_no_more_than_needed(f, rng):
        got = f(d(0.125, 0.125, 0.5, 0.125, 0.125), d(0.6)).sort(descending=True).values
        says = "of [1/8, 1/8, 1/2, 1/8, 1/8] with mass 0.6 two tokens stay, 0.8 and 0.2: {right} "
        close(got, d(0.8, 0.2, 0, 0, 0), says + "is expected where you have {got}.")


def rescaled(kept):
    return kept / kept.sum(-1, keepdim=True)


class Mistakes:
    def the_token_that_reaches_the_mass_dropped(p, mass):
        """You dropped the token with which the mass is reached, so less than `mass` is left; where
        the first token is likely enough, nothing at all (NaN). Ask what stands *before* a token."""
        high_first, order = p.sort(-1, descending=True)
        kept = torch.where(high_first.cumsum(-1) < mass, high_first, 0.0)
        return rescaled(torch.zeros_like(p).scatter(-1, order, kept))

    @named("one more where the mass is reached exactly")
    def one_more_where_it_is_reached_exactly(p, mass):
        """Where the likelier tokens hold the mass exactly you keep one more. They hold it already:
        keep where before < mass, not <=."""
        high_first, order = p.sort(-1, descending=True)
        kept = torch.where(high_first.cumsum(-1) - high_first <= mass, high_first, 0.0)
        return rescaled(torch.zeros_like(p).scatter(-1, order, kept))

    def not_rescaled(p, mass):
        """What is left does not sum to 1. Divide by the sum of what was kept."""
        return torch.where(top_p_filter(p, mass) > 0, p, 0.0)

    def left_in_sorted_order(p, mass):
        """Your probabilities are in falling order, so they belong to other tokens. scatter puts
        them back."""
        return top_p_filter(p, mass).sort(-1, descending=True).values

    def gather_where_scatter_belongs(p, mass):
        """gather with the order of the sort sorts once more. To put things back use scatter: place
        order[i] gets what stands at i."""
        kept, order = top_p_filter(p, mass).sort(-1, descending=True)[0], p.argsort(-1, True)
        return kept.gather(-1, order)
