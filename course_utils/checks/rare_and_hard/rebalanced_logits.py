"""Exercise of laboratory 27b: a trained classifier told other shares of the classes."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, named, normal

ABOUT = About(see="27b, step 2", difficulty=2, minutes=7, gradient=False)
HINTS = (
    "Bayes: p(y | x) is p(x | y) times the share of the class. Take the old shares out again.",
    "(logits - (counts / counts.sum()).log()).log_softmax(1).",
)


def rebalanced_logits(logits: Tensor, counts: Tensor) -> Tensor:
    """Log-probabilities for equally frequent classes, without a new training (Menon et al. 2020).

    logits: (B, K) of a classifier trained on classes with these counts, (K,) each >= 1 -> (B, K)
    log-probabilities: exp of a row sums to 1.
    """
    return (logits - (counts / counts.sum()).log()).log_softmax(1)


def cases(rng):
    yield torch.tensor([[2.0, 1.0]]).double(), torch.tensor([20.0, 1.0]).double()
    for batch, n_classes in ((3, 2), (1, 4), (5, 3)):
        counts = torch.randint(1, 30, (n_classes,), generator=rng).double()
        yield normal(rng, batch, n_classes), counts


class Properties:
    @named("equal counts change nothing")
    def equal_counts(f, rng):
        logits = normal(rng, 4, 3)
        got = f(logits, torch.full((3,), 7.0).double()).exp()
        close(got, logits.softmax(1), "with equal counts a probability stays {right}, not {got}.")

    @named("the odds of a class 20 times as frequent fall by 20")
    def odds(f, rng):
        got = f(torch.zeros(1, 2).double(), torch.tensor([20.0, 1.0]).double()).exp()[0]
        close(got[1] / got[0], 20, "the odds of the rare class are {right} at logits 0, not {got}.")


class Mistakes:
    @named("the shares put in once more")
    def added(logits, counts):
        """You added the log shares: the frequent classes win even more often. They are in the
        logits already; take them out."""
        return (logits + (counts / counts.sum()).log()).log_softmax(1)

    @named("shares without the logarithm")
    def no_log(logits, counts):
        """You subtracted the shares themselves. A share multiplies a probability, so its
        logarithm belongs to the logit."""
        return (logits - counts / counts.sum()).log_softmax(1)

    @named("divided by the shares")
    def divided(logits, counts):
        """You divided the logits. Probabilities are divided by the shares; logits are their
        logarithms, from which log shares are subtracted."""
        return (logits / (counts / counts.sum())).log_softmax(1)

    @named("nothing changed")
    def unchanged(logits, counts):
        """Your answer does not look at the counts."""
        return logits.log_softmax(1)
