"""Exercise of lesson 44: the bound of a masked diffusion, from one random pattern of masks."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, uniform

ABOUT = About(see="44, step 4", difficulty=2, minutes=6)
HINTS = (
    "The mean surprise of the hidden letters of a text, times something. What is the bound for?",
    "A row costs L / m times the sum over its m hidden letters.",
)


def bound_nats(surprise: Tensor, hidden: Tensor) -> Tensor:
    """Estimate the bound on -log p of each text, in nats of the whole text.

    surprise: (B, L) -log probability of the true letter; hidden: (B, L) bool, at least one a row;
    the number m of hidden letters was drawn evenly from 1 to L, then their places -> (B,).
    """
    mean_of_hidden = (surprise * hidden).sum(1) / hidden.sum(1)
    return surprise.shape[1] * mean_of_hidden


def patterns(rng, batch, length):
    """Surprises and random masks of every size: a case."""
    m = torch.randint(1, length + 1, (batch, 1), generator=rng)
    hidden = torch.rand(batch, length, generator=rng).argsort(1).argsort(1) < m
    return 5 * uniform(rng, batch, length), hidden


def cases(rng):
    yield d([1.0, 2.0, 4.0, 8.0]), torch.tensor([[True, False, False, True]])
    yield patterns(rng, 1, 5)
    yield patterns(rng, 3, 7)
    yield patterns(rng, 6, 2)


def hard_cases(rng):
    surprise, hidden = patterns(rng, 64, 32)
    yield 20 * surprise.float(), hidden


class Properties:
    @named("all hidden: the plain sum")
    def all_hidden(f, rng):
        surprise = 3 * uniform(rng, 2, 6)
        got = f(surprise, torch.ones(2, 6, dtype=torch.bool))
        says = "with all letters hidden a text costs the sum of its surprises, {right}, not {got}."
        close(got, surprise.sum(1), says)

    @named("shown letters cost nothing")
    def shown_cost_nothing(f, rng):
        surprise, hidden = patterns(rng, 4, 6)
        got = f(surprise + 9 * ~hidden, hidden)
        says = "other surprises at shown letters change your bound from {right} to {got}: the net "
        close(got, f(surprise, hidden), says + "has seen those letters.")


class Mistakes:
    @named("nats per letter")
    def per_letter(surprise, hidden):
        """That is the mean over the hidden letters: nats PER LETTER. The bound is for the whole
        text: times L."""
        return (surprise * hidden).sum(1) / hidden.sum(1)

    @named("the weight forgotten", see="44, find the bug")
    def no_weight(surprise, hidden):
        """The plain sum over the hidden letters leaves out L / m, the weight. It comes out far too
        small: no bound at all."""
        return (surprise * hidden).sum(1)

    @named("all letters counted")
    def all_letters(surprise, hidden):
        """You also count letters that are shown. The net has seen them, so they cost it next to
        nothing."""
        return surprise.sum(1)

    @named("one weight for the whole batch")
    def batch_weight(surprise, hidden):
        """You divide by the hidden letters of the whole batch. Every text has a number m of its
        own."""
        return hidden.numel() / hidden.sum() * (surprise * hidden).sum(1)

    @named("the share upside down")
    def upside_down(surprise, hidden):
        """You multiply by m / L. A text of which little is hidden shows few of its letters'
        surprises, so they must count for more: L / m."""
        return hidden.sum(1) / surprise.shape[1] * (surprise * hidden).sum(1)
