"""Exercise of lesson 16: the unbiased squared MMD."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, named, normal, sizes

ABOUT = About(see="16, step 2", difficulty=3, minutes=8, gradient=False)
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
    yield d([0.0], [1.0], [3.0]), d([0.5], [2.0]), 1.5
    for n, m, width in sizes(3)[::2]:
        yield normal(rng, n, width), normal(rng, m, width) + 1, 0.7
    yield normal(rng, 2, 3), normal(rng, 6, 3) - 0.5, 1.4


def hard_cases(rng):
    x, y = torch.randn(120, 16, generator=rng), torch.randn(90, 16, generator=rng)
    yield x, 1.2 * y, 4.0
    yield 1000 + x[:20, :3], 1000 + y[:15, :3], 1.0  # far from the origin


def kernel(a: Tensor, b: Tensor, bandwidth: float) -> Tensor:
    """The kernel of all pairs, (len(a), len(b))."""
    return (-torch.cdist(a, b).square() / (2 * bandwidth**2)).exp()


class Mistakes:
    @named("diagonal kept (the biased estimator)")
    def diagonal_kept(x, y, bandwidth):
        """You compared every point with itself, too: k(x, x) = 1 lifts the estimate by about 1/N +
        1/M. Leave the diagonals out and divide by N(N-1) and M(M-1)."""
        within = sum(kernel(a, a, bandwidth).mean() for a in (x, y))
        return within - 2 * kernel(x, y, bandwidth).mean()

    @named("diagonal left out, but still divided by N²")
    def diagonal_left_out_but_still_divided_by_n_squared(x, y, bandwidth):
        """Without the diagonal there are N(N-1) pairs, not N². Divide by as many as you added."""
        within = sum(kernel(a, a, bandwidth).fill_diagonal_(0).mean() for a in (x, y))
        return within - 2 * kernel(x, y, bandwidth).mean()

    def missing_2_in_the_exponent(x, y, bandwidth):
        """The kernel's exponent is |a-b|² / (2 bandwidth²), as in a Gaussian density."""
        return mmd2_unbiased(x, y, bandwidth / 2**0.5)

    def distance_not_squared(x, y, bandwidth):
        """The exponent holds the squared distance; you used the distance (torch.cdist returns
        distances)."""
        within = sum((-torch.pdist(a) / (2 * bandwidth**2)).exp().mean() for a in (x, y))
        return within - 2 * (-torch.cdist(x, y) / (2 * bandwidth**2)).exp().mean()

    def cross_term_once(x, y, bandwidth):
        """The cross term counts twice: |a - b|² = |a|² + |b|² - 2ab."""
        return mmd2_unbiased(x, y, bandwidth) + kernel(x, y, bandwidth).mean()
