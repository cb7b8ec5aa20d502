"""Kinds of quantity that a claim may be about, each with its number and its interval.

A kind compares two sides (``ours`` and ``baseline``) or holds one quantity against a threshold.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_utils.maths.checking import fisher, interval, newcombe, ratio_interval, wilson


@dataclass(frozen=True)
class Measured:
    """What was found. value: the quantity that is judged; ours, baseline: the sides behind it."""

    value: float
    interval: tuple[float, float]
    ours: float | None = None
    baseline: float | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of quantity. takes: the names of its numbers; counted: what their count n counts."""

    takes: tuple[str, ...]
    what: str
    method: str
    measure: Callable[..., Measured]  # (*numbers, n, level)
    counted: str = "seeds"

    @property
    def compares(self) -> bool:
        """Is a baseline measured (True), or is a threshold given (False)?"""
        return "baseline" in self.takes

    @property
    def call(self) -> str:
        """How such a claim is decided, for error sentences."""
        return f"decide({', '.join(f'{name}=...' for name in self.takes)})"


def values(name: str, given, n: int) -> np.ndarray:
    """Return n finite numbers as an array (n,); ValueError with one sentence otherwise."""
    if hasattr(given, "detach"):
        given = given.detach().cpu()
    array = np.asarray(given, dtype=np.float64).reshape(-1)
    if array.size != n:
        raise ValueError(
            f"the rule asks for {n} values, {name} holds {array.size}: give all, and no more"
        )
    bad = int((~np.isfinite(array)).sum())
    if bad:
        raise ValueError(
            f"{bad} of {n} values of {name} are NaN or infinite: find out why before deciding"
        )
    return array


def _difference(ours, baseline, n: int, level: float) -> Measured:
    ours, baseline = values("ours", ours, n), values("baseline", baseline, n)
    gap = ours - baseline
    means = (float(side.mean()) for side in (ours, baseline))
    return Measured(float(gap.mean()), interval(gap, level), *means)


def _ratio(ours, baseline, n: int, level: float) -> Measured:
    ours, baseline = values("ours", ours, n), values("baseline", baseline, n)
    between = ratio_interval(ours, baseline, level)
    means = [float(np.exp(np.log(side).mean())) for side in (ours, baseline)]  # geometric
    return Measured(means[0] / means[1], between, *means)


def _value(given, n: int, level: float) -> Measured:
    array = values("values", given, n)
    return Measured(float(array.mean()), interval(array, level))


def _count(name: str, given, n: int) -> int:
    count = float(given)
    if not (count.is_integer() and 0 <= count <= n):
        raise ValueError(f"{name} is a whole number from 0 to {n}, got {count:g}")
    return int(count)


def _share(successes, n_given, n: int, level: float) -> Measured:
    if n_given != n:
        raise ValueError(f"the rule asks for n = {n}, decide got n = {n_given}")
    k = _count("successes", successes, n)
    return Measured(k / n, wilson(k, n, level))


def _shares(ours, baseline, n: int, level: float) -> Measured:
    k_1, k_2 = _count("ours", ours, n), _count("baseline", baseline, n)
    between = newcombe((k_1, n), (k_2, n), level)
    return Measured((k_1 - k_2) / n, between, k_1 / n, k_2 / n)


def _correlation(x, y, n: int, level: float) -> Measured:
    x, y = values("x", x, n), values("y", y, n)
    if x.std() == 0 or y.std() == 0:
        raise ValueError("x or y is constant: it has no correlation with anything")
    r = float(np.corrcoef(x, y)[0, 1])
    return Measured(r, fisher(r, n, level))


def _correlations(given, n: int, level: float) -> Measured:
    array = values("values", given, n)
    if np.abs(array).max() >= 1:
        raise ValueError(
            f"a correlation of {array[np.abs(array).argmax()]:g} has no Fisher's z: the mean needs "
            "all of them between -1 and 1"
        )
    z = np.arctanh(array)
    low, high = interval(z, level)
    return Measured(math.tanh(z.mean()), (math.tanh(low), math.tanh(high)))


SIDES, T = ("ours", "baseline"), "Student's t"
KINDS = {
    "difference": Kind(SIDES, "ours minus baseline, in pairs", T, _difference),
    "ratio": Kind(SIDES, "ours / baseline, in pairs", f"{T} of logarithms", _ratio),
    "value": Kind(("values",), "the mean", T, _value),
    "share": Kind(("successes", "n"), "the share of successes", "Wilson's", _share, "trials"),
    "difference of shares": Kind(
        SIDES, "share of ours minus share of baseline", "Newcombe's", _shares, "trials a side"
    ),
    "correlation": Kind(("x", "y"), "the correlation", "Fisher's z", _correlation, "pairs"),
    "correlations": Kind(("values",), "the mean correlation", f"{T} of Fisher's z", _correlations),
}
