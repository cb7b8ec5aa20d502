"""The classifier two-sample test: can a fresh classifier tell samples from data?"""

import warnings
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from course_utils.judging.inputs import as_two_sets
from course_utils.maths.checking import wilson


class TwoSampleTest(NamedTuple):
    """What :func:`c2st` found."""

    accuracy: float  # on held-out points of both sets in equal numbers; 0.5 = cannot tell
    interval: tuple[float, float]  # Wilson, 95 %
    p_value: float  # of "the two sets have one distribution", one-sided binomial test
    n_test: int


def c2st(real: Tensor, fake: Tensor, *, seed: int = 0, classifier=None) -> TwoSampleTest:
    """Train a classifier on half of both sets and test it on the other half.

    real: (N, ...), fake: (M, ...), at least 20 each; the larger set is cut to the size of the
    smaller. classifier: any scikit-learn classifier, by default a small neural network on
    standardised features. If it beats chance, the sets differ (Lopez-Paz and Oquab 2017,
    arXiv:1610.06545); if it does not, this classifier at this size found nothing. The classifier is
    always fresh: a discriminator that took part in training is no judge.
    Raises ValueError for unusable sets.
    """
    from scipy.stats import binomtest
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    a, b = as_two_sets(real, fake, names=("real", "fake"), least=20)
    if classifier is None:
        net = MLPClassifier((64,), alpha=0.1, max_iter=60, early_stopping=True, random_state=seed)
        classifier = make_pipeline(StandardScaler(), net)
    n = min(len(a), len(b))
    rng = torch.Generator().manual_seed(seed)
    a, b = (s.cpu()[torch.randperm(len(s), generator=rng)[:n]].numpy() for s in (a, b))
    cut = n // 2
    x, x_test = np.concatenate([a[:cut], b[:cut]]), np.concatenate([a[cut:], b[cut:]])
    y, y_test = np.repeat([0, 1], cut), np.repeat([0, 1], n - cut)
    order = torch.randperm(len(x), generator=rng).numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it stops early on purpose
        classifier.fit(x[order], y[order])
    hits = int((classifier.predict(x_test) == y_test).sum())
    p_value = float(binomtest(hits, len(y_test), 0.5, alternative="greater").pvalue)
    return TwoSampleTest(hits / len(y_test), wilson(hits, len(y_test)), p_value, len(y_test))
