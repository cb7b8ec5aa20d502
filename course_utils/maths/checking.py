"""Checks and intervals: does a line hold, and how sure are we of a number?

Intervals of means (``interval``), of ratios (``ratio_interval``), of shares (``wilson``), of
differences of shares (``newcombe``) and of correlations (``fisher``).
"""

import math

import numpy as np
import torch

_allowed = 0.0  # relative tolerance of the least exact answer that a student has handed on


def allow(tol: float) -> None:
    """Let later checks allow what an exercise allows: a right answer must not stop the lesson.

    tol: relative and absolute. Only a student's own right answers call this; a lesson that runs on
    the references keeps the tolerances that stand on the page.
    """
    global _allowed
    _allowed = max(_allowed, tol)


class Disagreement(AssertionError):
    """Two sides of a checked line differ by more than the stated tolerance."""


def _as_tensor(value, side: str) -> torch.Tensor:
    try:
        if not isinstance(value, torch.Tensor):  # a Python number must not pass through float32
            value = torch.as_tensor(value, dtype=torch.float64)
        return value.detach().to("cpu", torch.float64)
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(
            f"agree compares numbers and tensors; the {side} side is a {type(value).__name__}"
        ) from error


def _show(value: torch.Tensor) -> str:
    if value.numel() == 1:
        return f"{value.item():.6g}"
    if value.numel() <= 4:
        return "[" + ", ".join(f"{v:.4g}" for v in value.flatten().tolist()) + "]"
    return f"<{'x'.join(map(str, value.shape))} values>"


def agree(label: str, left, right, *, tol: float) -> None:
    """Print both sides of a line and the tolerance; raise where they differ.

    left, right: numbers or tensors of one shape (a number may face a tensor: every entry is
    compared with it). The difference is the largest absolute one. tol: same unit as the sides; for
    a Monte Carlo side use ``4 * std_error(samples)``.
    Raises Disagreement (an AssertionError) if |left - right| > tol, if the shapes differ, or if
    either side holds a NaN; ValueError for a tolerance that is negative or not finite.
    """
    tol = float(tol)
    if not 0 <= tol < float("inf"):
        raise ValueError(f"tol must be a finite number >= 0, got {tol}")
    a, b = _as_tensor(left, "left"), _as_tensor(right, "right")
    if a.shape != b.shape and a.numel() != 1 and b.numel() != 1:
        raise Disagreement(f"{label}: shapes differ, {tuple(a.shape)} and {tuple(b.shape)}")
    if a.numel() == 0 or b.numel() == 0:
        raise Disagreement(f"{label}: nothing to compare, a side is empty")
    same_infinity = torch.isinf(a) & (a == b)
    diff = torch.where(same_infinity, 0.0, (a - b).abs()).max().item()
    size = torch.where(torch.isfinite(b), b.abs(), 0.0).max().item()
    tol = max(tol, _allowed * (1 + size)) if _allowed else tol
    relation = f"|diff| {diff:.2g}"
    line = f"{label}   {_show(a)} = {_show(b)}   {relation}"
    if not diff <= tol:  # also catches NaN
        raise Disagreement(
            f"{label}   {_show(a)} is not {_show(b)}   {relation}, allowed {tol:.2g}"
        )
    print(f"{line} <= {tol:.2g}   holds")


def _as_values(values) -> np.ndarray:
    if hasattr(values, "detach"):
        values = values.detach().cpu()
    array = np.asarray(values, dtype=np.float64).reshape(-1)
    if array.size < 2:
        raise ValueError(
            f"an interval needs at least 2 values, got {array.size}: repeat the measurement "
            "with other seeds"
        )
    if not np.isfinite(array).all():
        bad = int((~np.isfinite(array)).sum())
        raise ValueError(
            f"{bad} of {array.size} values are NaN or infinite: find out why before averaging"
        )
    return array


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level is a share between 0 and 1 (0.95 for 95 %), got {level}")


def std_error(values) -> float:
    """Return the standard error of the mean, s / sqrt(n), in the unit of ``values``.

    values: any array or tensor of n >= 2 finite numbers. Raises ValueError otherwise.
    """
    array = _as_values(values)
    return float(array.std(ddof=1) / math.sqrt(array.size))


def interval(values, level: float = 0.95) -> tuple[float, float]:
    """Return Student's t interval (low, high) for the mean of independent values.

    values: n >= 2 finite numbers, typically one per seed. Raises ValueError otherwise.
    """
    from scipy.stats import t

    _check_level(level)
    array = _as_values(values)
    half = float(t.ppf(0.5 + level / 2, array.size - 1)) * std_error(array)
    return float(array.mean()) - half, float(array.mean()) + half


def wilson(successes, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval (low, high) for a share (Wilson 1927, J. Am. Stat. Assoc. 22).

    Unlike mean +- 2 s.e. it stays inside [0, 1] and is not empty at 0 or n successes.
    Raises ValueError unless 0 <= successes <= n and n >= 1.
    """
    from scipy.stats import norm

    _check_level(level)
    k, n = float(successes), int(n)
    if n < 1 or not 0 <= k <= n:
        raise ValueError(f"a share needs 0 <= successes <= n with n >= 1, got {k:g} of {n}")
    z2 = float(norm.ppf(0.5 + level / 2)) ** 2
    share = k / n
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    low = 0.0 if k == 0 else max(0.0, centre - half)  # exact ends, where rounding misses them
    high = 1.0 if k == n else min(1.0, centre + half)
    return low, high


def ratio_interval(ours, baseline, level: float = 0.95) -> tuple[float, float]:
    """Return the interval (low, high) for the typical ratio ours / baseline of paired values.

    ours, baseline: n >= 2 positive numbers each, of one unit, paired by place. Student's t interval
    of the log ratios, turned back: its centre is the geometric mean of the ratios, and exchanging
    the sides gives (1 / high, 1 / low). Raises ValueError for other numbers or lengths.
    """
    above, below = _as_values(ours), _as_values(baseline)
    if above.size != below.size:
        raise ValueError(f"a ratio needs pairs: {above.size} values stand over {below.size}")
    if min(above.min(), below.min()) <= 0:
        raise ValueError(
            f"a ratio needs positive numbers, the smallest is {min(above.min(), below.min()):g}: "
            "compare differences instead"
        )
    low, high = interval(np.log(above / below), level)
    return math.exp(low), math.exp(high)


def newcombe(
    ours: tuple[int, int], baseline: tuple[int, int], level: float = 0.95
) -> tuple[float, float]:
    """Return the interval (low, high) for a difference of two independent shares, ours - baseline.

    ours, baseline: (successes, n). Built from the two Wilson intervals (Newcombe 1998, Statistics
    in Medicine 17, method 10), so it stays inside [-1, 1] and is not empty at 0 or n successes.
    Raises ValueError as ``wilson`` does.
    """
    (low_1, high_1), (low_2, high_2) = wilson(*ours, level), wilson(*baseline, level)
    p_1, p_2 = ours[0] / ours[1], baseline[0] / baseline[1]
    low = p_1 - p_2 - math.hypot(p_1 - low_1, high_2 - p_2)
    high = p_1 - p_2 + math.hypot(high_1 - p_1, p_2 - low_2)
    return low, high


def fisher(r: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the interval (low, high) for a correlation of n independent pairs.

    r: the sample's correlation. Fisher's z = artanh(r) is nearly normal with standard deviation
    1 / sqrt(n - 3) (Fisher 1921, Metron 1); turned back, the interval stays inside (-1, 1).
    Raises ValueError unless -1 < r < 1 and n >= 4.
    """
    from scipy.stats import norm

    _check_level(level)
    if not -1 < r < 1 or n < 4:
        raise ValueError(f"a correlation needs -1 < r < 1 of at least 4 pairs, got {r:g} of {n}")
    half = float(norm.ppf(0.5 + level / 2)) / math.sqrt(n - 3)
    return math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)
