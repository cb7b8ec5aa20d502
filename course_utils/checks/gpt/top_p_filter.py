"""Lesson 54: Keep the likeliest tokens until they hold `mass`; the one that reaches it stays"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, normal

ABOUT = About(see="54, step 7", difficulty=3, minutes=8)
HINTS = (
    "Sort in falling order. A token stays if the likelier ones together hold less than `mass`.",
    "before = p_sorted.cumsum(-1) - p_sorted; keep where before < mass; "
    "torch.zeros_like(p).scatter(-1, order, kept) undoes the sorting; divide by the sum.",
)


def top_p_filter(p: Tensor, mass: Tensor) -> Tensor:
    """Keep the likeliest tokens until they hold `mass`; the one that reaches it stays in.

    p: (..., V), rows sum to 1; mass: broadcasts to (..., 1), in (0, 1]
    -> (..., V) in the order of p, rows sum to 1, 0 for dropped tokens.
    """
    high_first, order = p.sort(-1, descending=True)
    before = high_first.cumsum(-1) - high_first  # what the likelier ones hold together
    kept = torch.where(before < mass, high_first, 0.0)
    kept = torch.zeros_like(p).scatter(-1, order, kept)  # back to the order of p
    return kept / kept.sum(-1, keepdim=True)


def cases(rng):
    return [
        (d(0.05, 0.5, 0.15, 0.3), d(0.7)),
        (normal(rng, 1, 5).softmax(-1), d(0.4)),
        ((2 * normal(rng, 3, 7)).softmax(-1), d(0.2, 0.6, 0.9)[:, None]),
        (d(0.1, 0.6, 0.3), d(1.0)),
    ]


def _nucleus(p, mass, *, rule, descending=True, put_back=True, rescale=True):
    ordered, order = p.sort(-1, descending=descending)
    kept = torch.where(rule(ordered, ordered.cumsum(-1), mass), ordered, 0.0)
    if put_back:
        kept = torch.zeros_like(p).scatter(-1, order, kept)
    return kept / kept.sum(-1, keepdim=True) if rescale else kept


def _reaches(ordered, total, mass):
    return total - ordered < mass


class Properties:
    def what_is_left_sums_to_1(f, rng):
        got = f(normal(rng, 3, 6).softmax(-1), d(0.3, 0.6, 0.95)[:, None]).sum(-1)
        if not bool(((got - 1).abs() < 1e-9).all()):
            raise Fails(
                f"what is left must sum to 1; your rows sum to {[round(x, 4) for x in got.tolist()]}."
            )

    def the_likeliest_token_always_stays(f, rng):
        got = f(d(0.1, 0.7, 0.2), d(0.5))
        if not bool(((got - d(0.0, 1.0, 0.0)).abs() < 1e-9).all()):
            raise Fails(
                "of [0.1, 0.7, 0.2] with mass 0.5 the second token alone stays; you return "
                f"{[round(x, 4) for x in got.tolist()]}."
            )

    def mass_1_keeps_everything(f, rng):
        p = normal(rng, 5).softmax(-1)
        worst = float((f(p, d(1.0)) - p).abs().max())
        if not worst < 1e-9:
            raise Fails(f"mass 1 changes nothing, but your answer differs from p by {worst:.4g}.")


class Mistakes:
    def the_token_that_reaches_the_mass_dropped(p, mass):
        """You dropped the token with which the mass is reached, so less than `mass` is left; where
        the first token is likely enough, nothing at all (NaN). Ask what stands *before* a token."""
        return _nucleus(p, mass, rule=lambda o, total, m: total <= m)

    def not_rescaled(p, mass):
        """What is left does not sum to 1. Divide by the sum of what was kept."""
        return _nucleus(p, mass, rule=_reaches, rescale=False)

    def left_in_sorted_order(p, mass):
        """Your probabilities are in falling order, so they belong to other tokens. scatter puts
        them back."""
        return _nucleus(p, mass, rule=_reaches, put_back=False)

    def the_unlikeliest_kept(p, mass):
        """You filled up from the unlikeliest token. Sort in falling order."""
        return _nucleus(p, mass, rule=_reaches, descending=False)

    def a_threshold_on_the_probability(p, mass):
        """You kept tokens whose own probability is at least 1 - mass. What counts is the sum of the
        likelier ones."""
        return _nucleus(p, mass, rule=lambda o, total, m: o >= 1 - m)

    def a_share_of_the_tokens(p, mass):
        """You kept a share of the *tokens*. The mass is a share of the probability."""
        return _nucleus(
            p,
            mass,
            rule=lambda o, total, m: torch.arange(p.shape[-1]).expand_as(o) < m * p.shape[-1],
        )
