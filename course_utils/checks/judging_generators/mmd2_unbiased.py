"""Lesson 16: Unbiased squared MMD, kernel exp(-|a - b|^2 / (2 bandwidth^2)) (Gretton et al."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="16, step 1", difficulty=3, minutes=8)
HINTS = (
    "Three kernel tables: x with x, y with y, x with y. In the first two, whose entries are "
    "always 1 and say nothing?",
    "(k_xx.sum() - k_xx.trace()) / (n * (n - 1)), the same for y, minus 2 * k_xy.mean(); "
    "squared distances: (a[:, None] - b[None]).square().sum(-1).",
)


def mmd2_unbiased(x: Tensor, y: Tensor, bandwidth: float) -> Tensor:
    """Unbiased squared MMD, kernel exp(-|a - b|^2 / (2 bandwidth^2)) (Gretton et al. 2012, eq. 3).

    x: (N, D), y: (M, D), N, M >= 2; bandwidth in the unit of x -> scalar.
    """

    def kernel(a: Tensor, b: Tensor) -> Tensor:
        squared = (a[:, None] - b[None]).square().sum(-1)  # (len(a), len(b))
        return (-squared / (2 * bandwidth**2)).exp()

    n, m = len(x), len(y)
    k_xx, k_yy = kernel(x, x), kernel(y, y)
    within_x = (k_xx.sum() - k_xx.trace()) / (n * (n - 1))  # no point is compared with itself
    within_y = (k_yy.sum() - k_yy.trace()) / (m * (m - 1))
    return within_x + within_y - 2 * kernel(x, y).mean()


def cases(rng):
    return [
        (d([0.0], [1.0], [3.0]), d([0.5], [2.0]), 1.5),
        (normal(rng, 3, 2), normal(rng, 4, 2) + 1, 0.7),
        (normal(rng, 2, 1), normal(rng, 3, 1), 2.0),
        (normal(rng, 7, 3), normal(rng, 5, 3) - 0.5, 1.4),
    ]


def _mmd(x, y, h, *, kernel=None, diagonal=False, weight=2.0):
    """MMD with the steps a student may get wrong made free."""

    def gaussian(a, b):
        return (-(a[:, None] - b[None]).square().sum(-1) / (2 * h**2)).exp()

    k = kernel or gaussian
    parts = []
    for a in (x, y):
        gram, n = k(a, a), len(a)
        parts.append(gram.mean() if diagonal else (gram.sum() - gram.trace()) / (n * (n - 1)))
    return parts[0] + parts[1] - weight * k(x, y).mean()


def _squared(a, b):
    return (a[:, None] - b[None]).square().sum(-1)


class Properties:
    @named("0 on average where nothing differs")
    def is_0_on_average_where_nothing_differs(f, rng):
        values = torch.stack([torch.as_tensor(f(*normal(rng, 2, 3, 1), 1.0)) for _ in range(400)])
        mean, error = float(values.mean()), float(values.std()) / 20
        if not abs(mean) < 5 * error:
            raise Fails(
                f"400 times two sets of 3 points from one and the same distribution: an unbiased "
                f"estimate is 0 on average, yours {mean:.3f} (standard error {error:.3f})."
            )

    def no_unit_matters(f, rng):
        x, y = normal(rng, 4, 2), normal(rng, 5, 2)
        before, after = float(f(x, y, 1.0)), float(f(10 * x, 10 * y, 10.0))
        if not abs(before - after) < 1e-6:
            raise Fails(
                f"metres or decimetres, points and bandwidth in the same unit, must not matter; "
                f"yours changes from {before:.4f} to {after:.4f}. Is the bandwidth squared?"
            )


class Mistakes:
    @named("diagonal kept (the biased estimator)")
    def diagonal_kept_the_biased_estimator(x, y, bandwidth):
        """You compared every point with itself, too: k(x, x) = 1 lifts the estimate by about 1/N +
        1/M. Leave the diagonals out and divide by N(N-1) and M(M-1)."""
        return _mmd(x, y, bandwidth, diagonal=True)

    @named("diagonal left out, but still divided by N²")
    def diagonal_left_out_but_still_divided_by_N(x, y, bandwidth):
        """Without the diagonal there are N(N-1) pairs, not N². Divide by as many as you added."""
        parts = []
        for a in (x, y):
            gram = (-_squared(a, a) / (2 * bandwidth**2)).exp()
            parts.append((gram.sum() - gram.trace()) / len(a) ** 2)
        return parts[0] + parts[1] - 2 * (-_squared(x, y) / (2 * bandwidth**2)).exp().mean()

    def bandwidth_not_squared(x, y, bandwidth):
        """You divided the squared distance by 2·bandwidth. The bandwidth is a length (like sigma);
        the exponent needs its square (like a variance)."""
        return _mmd(x, y, bandwidth, kernel=lambda a, b: (-_squared(a, b) / (2 * bandwidth)).exp())

    def missing_2_in_the_exponent(x, y, bandwidth):
        """The kernel's exponent is |a-b|² / (2 bandwidth²), as in a Gaussian density."""
        return _mmd(x, y, bandwidth, kernel=lambda a, b: (-_squared(a, b) / bandwidth**2).exp())

    def distance_not_squared(x, y, bandwidth):
        """The exponent holds the squared distance; you used the distance (torch.cdist returns
        distances)."""
        return _mmd(
            x,
            y,
            bandwidth,
            kernel=lambda a, b: (-_squared(a, b).sqrt() / (2 * bandwidth**2)).exp(),
        )

    def cross_term_once(x, y, bandwidth):
        """The cross term counts twice: |a - b|² = |a|² + |b|² - 2ab."""
        return _mmd(x, y, bandwidth, weight=1.0)

    def cross_term_added(x, y, bandwidth):
        """You added the cross term. Points of x near points of y make the distance smaller."""
        return _mmd(x, y, bandwidth, weight=-2.0)

    def square_root_taken(x, y, bandwidth):
        """You took the root. The unbiased estimate may be negative (the root is then NaN), so one
        reports MMD² itself."""
        return _mmd(x, y, bandwidth).sqrt()
