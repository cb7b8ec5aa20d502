"""Numbers that judge a model and its samples; lesson 16 builds them and makes each one fail.

Sets of samples are tensors (N, ...), computed in float64 and without gradients. Every function says
in one sentence what is wrong with its input (empty set, one sample, NaN, integers, wrong range).
Intervals come from ``course_utils.maths.checking``; what compares two sets needs its
floor beside it: the same number for training against test data.
"""

from course_utils.judging.frechet import (
    frechet_distance,
    frechet_from_statistics,
    gaussian_statistics,
)
from course_utils.judging.kernel import median_distance, mmd2
from course_utils.judging.labels import accuracy, confusion_matrix
from course_utils.judging.manifold import density_coverage, precision_recall
from course_utils.judging.memorisation import Memorisation, memorisation_test, nearest_distance
from course_utils.judging.two_sample import TwoSampleTest, c2st

__all__ = [
    "Memorisation",
    "TwoSampleTest",
    "accuracy",
    "c2st",
    "confusion_matrix",
    "density_coverage",
    "frechet_distance",
    "frechet_from_statistics",
    "gaussian_statistics",
    "median_distance",
    "memorisation_test",
    "mmd2",
    "nearest_distance",
    "precision_recall",
]
