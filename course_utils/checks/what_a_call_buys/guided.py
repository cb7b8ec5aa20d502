"""Exercise of laboratory 42b: a guided denoiser."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, expect, named, normal

ABOUT = About(see="42b, step 6", difficulty=2, minutes=6, gradient=False)
HINTS = (
    "Ask twice, with y and with a tensor full of no_label. Then walk from the second answer "
    "towards the first, scale times as far.",
    "plain + scale * (asked - plain); torch.full_like(y, no_label) are labels that say nothing.",
)


def guided(denoise, x: Tensor, sigma: float, y: Tensor, scale: float, no_label: int) -> Tensor:
    """A guided guess of the data: 0 ignores the labels, 1 is the network's own, more overdoes it.

    denoise(x, sigma, y) -> x_0_hat; x: (B, ...), y: (B,) long; no_label: says nothing -> (B, ...).
    """
    asked = denoise(x, sigma, y)
    plain = denoise(x, sigma, torch.full_like(y, no_label))
    return plain + scale * (asked - plain)


def told(x, sigma, y):
    """A denoiser that is told labels."""
    return x / (1 + sigma) + (1 + y).view(-1, *[1] * (x.ndim - 1)) ** 0.5


def cases(rng):
    yield told, d([1.0, -2.0]), 2.0, torch.tensor([3]), 2.0, 10
    for shape, scale in (((3, 2), 0.0), ((2, 1, 4, 3), 1.5), ((5, 3), 1.0), ((1, 4), 4.0)):
        yield told, normal(rng, *shape), 0.7, torch.arange(shape[0]) % 4, scale, 4


def hard_cases(rng):
    yield told, normal(rng, 16, 1, 8, 9).float(), 20.0, torch.arange(16) % 10, 1.5, 10


class Properties:
    def scale_0_does_not_look_at_the_labels(f, rng):
        x = normal(rng, 3, 2)
        one = f(told, x, 1.0, torch.tensor([0, 1, 2]), 0.0, 4)
        other = f(told, x, 1.0, torch.tensor([3, 3, 0]), 0.0, 4)
        says = "at scale 0 the labels must not matter, yours gives {got} and {right} for two."
        close(one, other, says)

    def the_labels_are_asked_as_they_are(f, rng):
        seen, dtypes = [], set()

        def spy(x, sigma, y):
            seen.extend(y.flatten().tolist())
            dtypes.add(y.dtype)
            return told(x, sigma, y)

        f(spy, normal(rng, 3, 2), 1.0, torch.tensor([0, 1, 2]), 2.0, 4)
        says = f"the network must hear the labels 0, 1, 2 and 4, 4, 4; it heard {sorted(seen)}."
        expect(sorted(seen) == [0, 1, 2, 4, 4, 4], says)
        says = "labels are whole numbers (long), no_label too: an embedding takes no "
        expect(dtypes == {torch.long}, says + "others.")


def both(denoise, x, sigma, y, no_label):
    """The two answers: told the label, and not."""
    return denoise(x, sigma, y), denoise(x, sigma, torch.full_like(y, no_label))


class Mistakes:
    @named("one difference too far")
    def one_more(denoise, x, sigma, y, scale, no_label):
        """You start at the answer WITH the label. Start at the plain one: then scale 1 is the
        network's own answer. (Papers write (1 + w) asked - w plain; their w is scale - 1.)"""
        asked, plain = both(denoise, x, sigma, y, no_label)
        return (1 + scale) * asked - scale * plain

    def the_two_exchanged(denoise, x, sigma, y, scale, no_label):
        """You start at the answer WITH the label and walk towards the one without: the larger the
        scale, the less the label counts."""
        asked, plain = both(denoise, x, sigma, y, no_label)
        return asked + scale * (plain - asked)

    def only_the_difference(denoise, x, sigma, y, scale, no_label):
        """The difference says what the label changes. It is a direction, to be added to the
        answer without a label."""
        asked, plain = both(denoise, x, sigma, y, no_label)
        return scale * (asked - plain)

    @named("a number written in for no label")
    def written_in(denoise, x, sigma, y, scale, no_label):
        """You ask with label 10. Which label says nothing differs from network to network: the
        argument no_label tells it."""
        asked, plain = both(denoise, x, sigma, y, 10)
        return plain + scale * (asked - plain)

    def an_answer_made_larger(denoise, x, sigma, y, scale, no_label):
        """scale multiplies the whole answer. Only what the label changes is to be exaggerated."""
        return scale * both(denoise, x, sigma, y, no_label)[0]
