"""Exercise of laboratory 15b: the area under the ROC curve as a share of pairs."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, named

ABOUT = About(see="15b, step 5", difficulty=2, minutes=5, gradient=False)
HINTS = (
    "Compare every anomaly with every normal case: anomalous[:, None] - normal is a table.",
    "The mean of (gap > 0), plus half the mean of (gap == 0).",
)


def auc(normal: Tensor, anomalous: Tensor) -> Tensor:
    """Chance that a random anomaly scores higher than a random normal case; a tie counts half.

    normal: (N,), anomalous: (M,) scores, larger = stranger -> scalar in [0, 1]; guessing is 0.5.
    """
    gap = anomalous[:, None] - normal  # (M, N): all pairs
    return (gap > 0).to(normal).mean() + 0.5 * (gap == 0).to(normal).mean()


def cases(rng):
    yield d(1.0, 2.0, 2.0, 4.0), d(2.0, 3.0, 5.0)
    yield d(1.0, 1.0, 3.0), d(1.0)
    yield d(7.0, 7.0), d(7.0, 7.0, 7.0)  # a blind score: all tie
    yield d(1.0, 2.0), d(5.0, 6.0, 7.0)  # a perfect one
    for n, m in ((1, 3), (20, 11)):
        rolls = torch.randint(6, (n + m,), generator=rng).double()
        yield rolls[:n], rolls[n:]


def hard_cases(rng):
    scores = torch.randn(500, generator=rng)
    yield scores[:450], scores[450:] + 1
    yield 1e4 * scores[:450], 1e4 * scores[450:]  # only the order counts


class Mistakes:
    def ties_lost(normal, anomalous):
        """A tie is decided by a coin: it counts one half. Yours count nothing."""
        return (anomalous[:, None] > normal).to(normal).mean()

    def ties_won(normal, anomalous):
        """A tie is decided by a coin: it counts one half. Yours count in full."""
        return (anomalous[:, None] >= normal).to(normal).mean()

    def first_against_first(normal, anomalous):
        """You compared the first anomaly with the first normal case, the second with the second,
        ... All N x M pairs count."""
        n = min(len(normal), len(anomalous))
        return (0.5 + 0.5 * (anomalous[:n] - normal[:n]).sign()).mean()

    @named("pairs counted, not their share")
    def pairs_counted(normal, anomalous):
        """You counted the pairs that the anomaly wins (that is Mann and Whitney's U). Divide by N x
        M."""
        return auc(normal, anomalous) * (len(normal) * len(anomalous))

    @named("wins minus losses")
    def wins_minus_losses(normal, anomalous):
        """You subtracted the pairs that the anomaly loses: that is 2 AUC - 1 (Gini's coefficient),
        0 for guessing. The AUC is the share of wins."""
        return (anomalous[:, None] - normal).sign().mean()
