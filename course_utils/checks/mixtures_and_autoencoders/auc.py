"""Lesson 15: Chance that a random anomaly scores higher than a random normal case; a tie cou"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="15, step 14", difficulty=2, minutes=5)
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
    return [
        (d(1.0, 2.0, 2.0, 4.0), d(2.0, 3.0, 5.0)),
        (d(1.0, 1.0, 3.0), d(1.0)),
        (normal(rng, 3), normal(rng, 3) + 0.5),
        (normal(rng, 20), normal(rng, 11) + 1),
    ]


class Properties:
    @named("0.5 for a blind score")
    def is_0_5_for_a_blind_score(f, rng):
        got = float(f(torch.ones(4, dtype=torch.double), torch.ones(3, dtype=torch.double)))
        if not abs(got - 0.5) < 1e-9:
            raise Fails(
                f"a score that is the same for all knows nothing: 0.5, but you return {got:.3f}."
            )

    @named("1 for a perfect score")
    def is_1_for_a_perfect_score(f, rng):
        got = float(f(d(0.1, 0.2, 0.3), d(5.0, 7.0)))
        if not abs(got - 1) < 1e-9:
            raise Fails(
                f"every anomaly scores above every normal case: 1.0, but you return {got:.3f}."
            )

    def only_the_order_counts(f, rng):
        normal, anomalous = normal(rng, 9), normal(rng, 7) + 1
        before, after = float(f(normal, anomalous)), float(f(normal.exp(), anomalous.exp()))
        if not abs(before - after) < 1e-9:
            raise Fails(
                f"only the order of the scores counts, but exp() of all of them changes yours from "
                f"{before:.3f} to {after:.3f}."
            )


class Mistakes:
    def the_other_way_round(normal, anomalous):
        """You count how often a normal case scores above an anomaly. Larger means stranger:
        anomalies should win."""
        return 1 - auc(normal, anomalous)

    def ties_lost(normal, anomalous):
        """A tie is decided by a coin: it counts one half. Yours count nothing."""
        return (anomalous[:, None] > normal).to(normal).mean()

    def ties_won(normal, anomalous):
        """A tie is decided by a coin: it counts one half. Yours count in full."""
        return (anomalous[:, None] >= normal).to(normal).mean()

    def first_against_first(normal: Tensor, anomalous: Tensor):
        """You compared the first anomaly with the first normal case, the second with the second,
        ... All N x M pairs count."""
        n = min(len(normal), len(anomalous))
        return (anomalous[:n] > normal[:n]).to(normal).mean()

    def accuracy_at_one_threshold(normal: Tensor, anomalous: Tensor):
        """You chose a threshold and counted hits. The AUC needs none: it looks at all pairs, and so
        at all thresholds."""
        cut = torch.cat([normal, anomalous]).mean()
        hits = (anomalous > cut).sum() + (normal <= cut).sum()
        return hits.to(normal) / (len(normal) + len(anomalous))

    def difference_of_the_means(normal, anomalous):
        """You compared the mean scores. That depends on the scale of the score; the AUC only on the
        order."""
        return anomalous.mean() - normal.mean()

    def number_of_pairs(normal, anomalous):
        """You counted the pairs that the anomaly wins (that is Mann and Whitney's U). Divide by N x
        M."""
        return auc(normal, anomalous) * (len(normal) * len(anomalous))
