"""Exercise of lesson 43b: the contrastive loss of CLIP."""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="43b, step 2", difficulty=3, minutes=10)
HINTS = (
    "A table of cosines (N, N), divided by the temperature. Which entry of each row is right? And "
    "of each column?",
    "F.normalize both; logits = images @ texts.T / temperature; the mean of the cross-entropies of "
    "logits and of logits.T, both with the targets 0, 1, ..., N - 1.",
)


def clip_loss(images: Tensor, texts: Tensor, temperature: float | Tensor) -> Tensor:
    """Contrastive loss: each picture picks its text, each text its picture (CLIP, figure 3).

    images, texts: (N, D), row k of one belongs to row k of the other; compared by their cosine
    over the temperature, a number or a tensor () that is learnt -> scalar, nats: the mean of both
    directions.
    """
    logits = F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T / temperature  # (N, N)
    own = torch.arange(len(logits))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def cases(rng):
    yield normal(rng, 2, 3), normal(rng, 2, 3), 0.5
    yield normal(rng, 4, 2), 3 * normal(rng, 4, 2), d(0.2)[0]  # learnt with the rest
    yield normal(rng, 3, 5), normal(rng, 3, 5), 2.0
    yield normal(rng, 1, 4), normal(rng, 1, 4), 1.0  # nothing to choose from: 0


def hard_cases(rng):
    yield normal(rng, 128, 64).float(), normal(rng, 128, 64).float(), 0.07
    yield normal(rng, 8, 4), normal(rng, 8, 4), 0.001  # logits of a thousand


class Properties:
    @named("the length of a vector says nothing")
    def lengths(f, rng):
        images, texts = normal(rng, 4, 3), normal(rng, 4, 3)
        says = "with vectors ten times as long your loss is {got}, before it was {right}: compare "
        close(f(10 * images, texts, 0.5), f(images, texts, 0.5), says + "directions.")

    @named("pictures and texts have equal rights")
    def symmetric(f, rng):
        images, texts = normal(rng, 5, 3), normal(rng, 5, 3)
        says = "with pictures and texts exchanged your loss is {got}, before it was {right}."
        close(f(texts, images, 0.5), f(images, texts, 0.5), says)


def cosines(images, texts):
    return F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T


def picked(logits):
    return F.cross_entropy(logits, torch.arange(len(logits)))


class Mistakes:
    @named("one direction alone")
    def one_direction(images, texts, temperature):
        """Each picture picks its text, but no text picks its picture: a text that suits everything
        costs nothing. Add the cross-entropy of the columns and halve the sum."""
        return picked(cosines(images, texts) / temperature)

    @named("products instead of cosines")
    def not_normalised(images, texts, temperature):
        """You compared products. A long vector then wins everywhere, and the net makes vectors
        longer instead of better: normalise both."""
        logits = images @ texts.T / temperature
        return (picked(logits) + picked(logits.T)) / 2

    @named("times the temperature")
    def times_temperature(images, texts, temperature):
        """You multiplied by the temperature. A small one should make the choice sharper: divide.
        (CLIP learns the logarithm of 1 / temperature, and multiplies by that.)"""
        logits = cosines(images, texts) * temperature
        return (picked(logits) + picked(logits.T)) / 2

    @named("pairs pulled together, nothing pushed apart")
    def no_negatives(images, texts, temperature):
        """You only ask that each pair is alike. The best answer to that is one vector for all: the
        other rows of the batch must count against it."""
        return -cosines(images, texts).diagonal().mean() / temperature

    @named("the right answer left out of the sum")
    def denominator(images, texts, temperature):
        """In your softmax the right answer does not stand below the line. Then the loss has no
        lower bound; the sum goes over all N, the right one included."""
        logits = cosines(images, texts) / temperature
        others = logits.masked_fill(torch.eye(len(logits), dtype=torch.bool), -torch.inf)
        rows = others.logsumexp(1) + others.logsumexp(0)
        return (rows / 2 - logits.diagonal()).mean()
