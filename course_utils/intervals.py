"""How sure are we? Standard errors and intervals for means and shares."""

import math

import numpy as np


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
