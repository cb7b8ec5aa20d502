"""Exercise of laboratory 23b: Holm's correction for many comparisons."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, expect, named, uniform

ABOUT = About(see="23b, step 4", difficulty=3, minutes=10, gradient=False)
HINTS = (
    "Sort. The smallest of m is multiplied by m, the next by m - 1 ... What must hold for the "
    "adjusted values in sorted order, and what is the largest that a p-value may be?",
    "order = p.argsort(); steps = p[order] * torch.arange(m, 0, -1); adjusted = "
    "steps.cummax(0).values.clamp(max=1); put them back with out[order] = adjusted.",
)


def holm(p: Tensor) -> Tensor:
    """Holm's adjusted p-values: what each would be if all m were judged together (Holm 1979).

    p: (m,) -> (m,), in the same order. The smallest is multiplied by m, the next by m - 1, and so
    on; none may be smaller than one before it in that order, and none larger than 1.
    """
    order = p.argsort()
    factors = torch.arange(len(p), 0, -1, device=p.device).to(p)
    adjusted = torch.empty_like(p)
    adjusted[order] = (p[order] * factors).cummax(0).values.clamp(max=1)
    return adjusted


def cases(rng):
    yield (d(0.01, 0.04, 0.03),)
    yield (d(0.2),)
    yield (d(0.5, 0.011, 0.4, 0.01, 0.012),)
    for m in (2, 7, 12):
        yield (uniform(rng, m) ** 3,)


def hard_cases(rng):
    yield ((uniform(rng, 40) ** 4).float(),)
    yield (d(1e-300, 1.0, 1e-12, 1.0),)


class Properties:
    @named("never below the given p, never above m times it")
    def between(f, rng):
        p = uniform(rng, 9) ** 3
        got = f(p)
        below = int((got < p - 1e-12).sum())
        expect(below == 0, f"{below} of 9 became smaller: a correction only makes p larger.")
        above = int((got > 9 * p + 1e-12).sum())
        expect(above == 0, f"{above} of 9 are beyond 9 times their p, which Bonferroni would give.")

    @named("the order of the evidence stays")
    def keeps_order(f, rng):
        p = d(0.020, 0.011, 0.010)
        got = f(p)
        says = "p = 0.011 says more than 0.020, but you adjust them to {got} and {right}."
        if got[1] > got[0] + 1e-12:
            close(got[1], got[0], says)


def steps(p):
    order = p.argsort()
    return order, p[order] * torch.arange(len(p), 0, -1).to(p)


class Mistakes:
    def bonferroni(p):
        """You multiplied every p by m. That is Bonferroni; Holm is never worse: only the smallest
        gets m, the next m - 1, and so on."""
        return (p * len(p)).clamp(max=1)

    @named("the larger ones overtake nobody")
    def no_running_maximum(p):
        """A later value in sorted order came out smaller than one before it. Take the running
        maximum, or a weaker p would pass where a stronger one fails."""
        order, values = steps(p)
        out = torch.empty_like(p)
        out[order] = values.clamp(max=1)
        return out

    @named("left in sorted order")
    def sorted_order(p):
        """Your values are right but sorted: put each back where its p stood."""
        return steps(p)[1].cummax(0).values.clamp(max=1)

    @named("counted from the wrong end")
    def wrong_end(p):
        """You gave the smallest p the factor 1 and the largest the factor m. The smallest is the
        one that had m chances to be small."""
        order = p.argsort()
        out = torch.empty_like(p)
        out[order] = (p[order] * torch.arange(1, len(p) + 1).to(p)).cummax(0).values.clamp(max=1)
        return out

    @named("a probability above 1")
    def not_cut(p):
        """A p-value of more than 1: cut at 1."""
        order, values = steps(p)
        out = torch.empty_like(p)
        out[order] = values.cummax(0).values
        return out
