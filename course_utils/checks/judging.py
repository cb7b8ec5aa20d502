"""Exercises of lesson 16: MMD, Frechet, precision, bits per dimension, PSNR, copying, a log."""

import math

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "16_judging_generators"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _d(*values) -> Tensor:
    return torch.tensor(values, dtype=torch.double)


# ---- MMD ---------------------------------------------------------------------------------------


def mmd2_unbiased_reference(x: Tensor, y: Tensor, bandwidth: float) -> Tensor:
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


def _mmd_diagonal_out_but_counted(x, y, bandwidth):
    parts = []
    for a in (x, y):
        gram = (-_squared(a, a) / (2 * bandwidth**2)).exp()
        parts.append((gram.sum() - gram.trace()) / len(a) ** 2)
    return parts[0] + parts[1] - 2 * (-_squared(x, y) / (2 * bandwidth**2)).exp().mean()


def _unbiased(f, rng) -> str | None:
    values = torch.stack([torch.as_tensor(f(*_normal(rng, 2, 3, 1), 1.0)) for _ in range(400)])
    mean, error = float(values.mean()), float(values.std()) / 20
    if not abs(mean) < 5 * error:
        return (
            f"400 times two sets of 3 points from one and the same distribution: an unbiased "
            f"estimate is 0 on average, yours {mean:.3f} (standard error {error:.3f})."
        )
    return None


def _moves_along(f, rng) -> str | None:
    x, y = _normal(rng, 4, 2), _normal(rng, 5, 2)
    before, after = float(f(x, y, 1.0)), float(f(10 * x, 10 * y, 10.0))
    if not abs(before - after) < 1e-6:
        return (
            f"metres or decimetres, points and bandwidth in the same unit, must not matter; "
            f"yours changes from {before:.4f} to {after:.4f}. Is the bandwidth squared?"
        )
    return None


mmd2_unbiased = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=mmd2_unbiased_reference,
    cases=lambda rng: [
        (_d([0.0], [1.0], [3.0]), _d([0.5], [2.0]), 1.5),
        (_normal(rng, 3, 2), _normal(rng, 4, 2) + 1, 0.7),
        (_normal(rng, 2, 1), _normal(rng, 3, 1), 2.0),
        (_normal(rng, 7, 3), _normal(rng, 5, 3) - 0.5, 1.4),
    ],
    properties=[
        Property("0 on average where nothing differs", _unbiased),
        Property("no unit matters", _moves_along),
    ],
    mistakes=[
        Mistake(
            "diagonal kept (the biased estimator)",
            lambda x, y, bandwidth: _mmd(x, y, bandwidth, diagonal=True),
            "You compared every point with itself, too: k(x, x) = 1 lifts the estimate by about "
            "1/N + 1/M. Leave the diagonals out and divide by N(N-1) and M(M-1).",
            "16, step 1",
        ),
        Mistake(
            "diagonal left out, but still divided by N²",
            _mmd_diagonal_out_but_counted,
            "Without the diagonal there are N(N-1) pairs, not N². Divide by as many as you added.",
            "16, step 1",
        ),
        Mistake(
            "bandwidth not squared",
            lambda x, y, bandwidth: _mmd(
                x, y, bandwidth, kernel=lambda a, b: (-_squared(a, b) / (2 * bandwidth)).exp()
            ),
            "You divided the squared distance by 2·bandwidth. The bandwidth is a length (like "
            "sigma); the exponent needs its square (like a variance).",
            "16, step 1",
        ),
        Mistake(
            "missing 2 in the exponent",
            lambda x, y, bandwidth: _mmd(
                x, y, bandwidth, kernel=lambda a, b: (-_squared(a, b) / bandwidth**2).exp()
            ),
            "The kernel's exponent is |a-b|² / (2 bandwidth²), as in a Gaussian density.",
            "16, step 1",
        ),
        Mistake(
            "distance not squared",
            lambda x, y, bandwidth: _mmd(
                x,
                y,
                bandwidth,
                kernel=lambda a, b: (-_squared(a, b).sqrt() / (2 * bandwidth**2)).exp(),
            ),
            "The exponent holds the squared distance; you used the distance (torch.cdist returns "
            "distances).",
            "16, step 1",
        ),
        Mistake(
            "cross term once",
            lambda x, y, bandwidth: _mmd(x, y, bandwidth, weight=1.0),
            "The cross term counts twice: |a - b|² = |a|² + |b|² - 2ab.",
            "16, step 1",
        ),
        Mistake(
            "cross term added",
            lambda x, y, bandwidth: _mmd(x, y, bandwidth, weight=-2.0),
            "You added the cross term. Points of x near points of y make the distance smaller.",
            "16, step 1",
        ),
        Mistake(
            "square root taken",
            lambda x, y, bandwidth: _mmd(x, y, bandwidth).sqrt(),
            "You took the root. The unbiased estimate may be negative (the root is then NaN), so "
            "one reports MMD² itself.",
            "16, step 1",
        ),
    ],
    hints=[
        "Three kernel tables: x with x, y with y, x with y. In the first two, whose entries are "
        "always 1 and say nothing?",
        "(k_xx.sum() - k_xx.trace()) / (n * (n - 1)), the same for y, minus 2 * k_xy.mean(); "
        "squared distances: (a[:, None] - b[None]).square().sum(-1).",
    ],
)

# ---- Frechet -----------------------------------------------------------------------------------


def frechet_gaussians_reference(mu_x: Tensor, cov_x: Tensor, mu_y: Tensor, cov_y: Tensor) -> Tensor:
    """Squared Frechet distance of two Gaussians, |mu_x - mu_y|^2 + tr(cov_x + cov_y) - 2 tr root.

    mu: (F,), cov: (F, F) symmetric, may be singular -> scalar. The trace of the root of
    cov_x cov_y is the sum of the singular values of cov_x^(1/2) cov_y^(1/2).
    """

    def root(cov: Tensor) -> Tensor:
        values, vectors = torch.linalg.eigh(cov)
        return vectors * values.clamp(min=0).sqrt() @ vectors.T

    cross = torch.linalg.svdvals(root(cov_x) @ root(cov_y)).sum()
    return (mu_x - mu_y).square().sum() + cov_x.trace() + cov_y.trace() - 2 * cross


def _cross(cov_x, cov_y):
    roots = []
    for cov in (cov_x, cov_y):
        values, vectors = torch.linalg.eigh(cov)
        roots.append(vectors * values.clamp(min=0).sqrt() @ vectors.T)
    return torch.linalg.svdvals(roots[0] @ roots[1]).sum()


def _means(mu_x, mu_y):
    return (mu_x - mu_y).square().sum()


def _traces(cov_x, cov_y):
    return cov_x.trace() + cov_y.trace()


def _cov(rng: torch.Generator, width: int, rank: int) -> Tensor:
    half = _normal(rng, width, rank)
    return half @ half.T


def _frechet_line(f, rng) -> str | None:
    got = float(f(_d(3.0), _d([4.0]), _d(0.0), _d([9.0])))
    if not abs(got - 10) < 1e-6:
        return (
            f"on a line, N(3, 2²) against N(0, 3²): (3-0)² + (2-3)² = 10, you return {got:.4f}. "
            "cov holds variances."
        )
    return None


def _frechet_self(f, rng) -> str | None:
    mu, cov = _normal(rng, 4), _cov(rng, 4, 4)
    got = float(f(mu, cov, mu, cov))
    return (
        f"a Gaussian is at distance 0 from itself, you return {got:.4g}."
        if not (abs(got) < 1e-6)
        else None
    )


frechet_gaussians = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=frechet_gaussians_reference,
    cases=lambda rng: [
        (_d(1.0), _d([4.0]), _d(-1.0), _d([0.25])),
        (_d(0.0, 1.0), _d([4.0, 0.0], [0.0, 1.0]), _d(1.0, 1.0), _d([1.0, 0.5], [0.5, 2.0])),
        (_normal(rng, 3), _cov(rng, 3, 3), _normal(rng, 3), _cov(rng, 3, 4)),
        (_normal(rng, 4), _cov(rng, 4, 2), _normal(rng, 4), _cov(rng, 4, 1)),  # singular
    ],
    properties=[
        Property("known on a line", _frechet_line),
        Property("0 from itself", _frechet_self),
    ],
    mistakes=[
        Mistake(
            "root entry by entry",
            lambda mu_x, cov_x, mu_y, cov_y: (
                _means(mu_x, mu_y)
                + _traces(cov_x, cov_y)
                - 2 * (cov_x.diagonal() * cov_y.diagonal()).sqrt().sum()
            ),
            "You took the root of each entry (the trace keeps the diagonal). A matrix root R has "
            "R @ R = C; the two agree for diagonal matrices only.",
            "16, step 2",
        ),
        Mistake(
            "root of the product, entry by entry",
            lambda mu_x, cov_x, mu_y, cov_y: (
                _means(mu_x, mu_y)
                + _traces(cov_x, cov_y)
                - 2 * (cov_x @ cov_y).diagonal().clamp(min=0).sqrt().sum()
            ),
            "You multiplied the covariances rightly, but then took the root of each entry. It has "
            "to be a matrix root; its trace is a sum of singular values.",
            "16, step 2",
        ),
        Mistake(
            "missing factor 2",
            lambda mu_x, cov_x, mu_y, cov_y: (
                _means(mu_x, mu_y) + _traces(cov_x, cov_y) - _cross(cov_x, cov_y)
            ),
            "The cross term counts twice, as in (a-b)² = a² + b² - 2ab. Yours is not 0 for equal "
            "Gaussians.",
            "16, step 2",
        ),
        Mistake(
            "no root at all",
            lambda mu_x, cov_x, mu_y, cov_y: (
                _means(mu_x, mu_y)
                + _traces(cov_x, cov_y)
                - 2 * torch.linalg.svdvals(cov_x @ cov_y).sum()
            ),
            "You summed the singular values of cov_x @ cov_y. Take the roots of both first; "
            "otherwise units do not match (variance times variance).",
            "16, step 2",
        ),
        Mistake(
            "means not squared",
            lambda mu_x, cov_x, mu_y, cov_y: (
                _means(mu_x, mu_y).sqrt() + _traces(cov_x, cov_y) - 2 * _cross(cov_x, cov_y)
            ),
            "You added the distance of the means; the formula holds its square, in the unit of a "
            "variance.",
            "16, step 2",
        ),
        Mistake(
            "means forgotten",
            lambda mu_x, cov_x, mu_y, cov_y: _traces(cov_x, cov_y) - 2 * _cross(cov_x, cov_y),
            "Where is |mu_x - mu_y|²? Two clouds of equal shape far apart would be at distance 0.",
            "16, step 2",
        ),
        Mistake(
            "covariances taken for standard deviations",
            lambda mu_x, cov_x, mu_y, cov_y: _means(mu_x, mu_y) + (cov_x - cov_y).square().sum(),
            "You compared the covariances entry by entry and squared, as if they were sigmas. On a "
            "line the term is (sigma_x - sigma_y)², with sigma the root of the entry.",
            "16, step 2",
        ),
        Mistake(
            "square root of the whole",
            lambda mu_x, cov_x, mu_y, cov_y: (
                _means(mu_x, mu_y) + _traces(cov_x, cov_y) - 2 * _cross(cov_x, cov_y)
            ).sqrt(),
            "That is the distance. The score called FID is its square.",
            "16, step 2",
        ),
    ],
    hints=[
        "First a root of each covariance: eigenvalues and eigenvectors (torch.linalg.eigh), root "
        "of the eigenvalues, back.",
        "vectors * values.clamp(min=0).sqrt() @ vectors.T is the root; then "
        "torch.linalg.svdvals(root_x @ root_y).sum() is the trace you need, twice.",
    ],
)

# ---- precision ---------------------------------------------------------------------------------


def precision_knn_reference(real: Tensor, fake: Tensor, k: int) -> Tensor:
    """Share of fakes inside the ball of at least one real point (Kynkaanniemi et al. 2019, eq. 1).

    The ball of a real point just reaches its k-th nearest other real point.
    real: (N, D), N > k; fake: (M, D) -> scalar in [0, 1].
    """
    among_reals = torch.cdist(real, real)
    among_reals.fill_diagonal_(torch.inf)  # a point is not its own neighbour
    radius = among_reals.kthvalue(k, dim=1).values  # (N,)
    inside = torch.cdist(fake, real) <= radius  # (M, N)
    return inside.any(1).to(real.dtype).mean()


def _radius(points, k):
    distances = torch.cdist(points, points)
    distances.fill_diagonal_(torch.inf)
    return distances.kthvalue(k, dim=1).values


def _clouds(rng, n, m, width, k):
    return _normal(rng, n, width), 0.6 * _normal(rng, m, width) + 0.7, k


def _reals_are_precise(f, rng) -> str | None:
    real = _normal(rng, 30, 2)
    got = float(f(real, real[:7].clone(), 3))
    if not abs(got - 1) < 1e-9:
        return f"fakes that are copies of reals lie in real balls: precision 1, you return {got:g}."
    return None


def _far_is_not(f, rng) -> str | None:
    got = float(f(_normal(rng, 30, 2), _normal(rng, 10, 2) + 1000, 3))
    if not abs(got) < 1e-9:
        return f"fakes 1000 units away lie in no real ball: precision 0, you return {got:g}."
    return None


precision_knn = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=precision_knn_reference,
    cases=lambda rng: [
        (_d([0.0], [1.0], [3.0], [10.0]), _d([2.5], [5.5], [20.0]), 1),
        _clouds(rng, 40, 25, 2, 3),
        _clouds(rng, 60, 33, 3, 2),
        (_normal(rng, 12, 2), _normal(rng, 1, 2), 4),
        _clouds(rng, 50, 3, 2, 1),
        _clouds(rng, 30, 71, 2, 2),
    ],
    properties=[
        Property("copies of reals are precise", _reals_are_precise),
        Property("fakes far away are not", _far_is_not),
    ],
    mistakes=[
        Mistake(
            "precision and recall swapped",
            lambda real, fake, k: (
                (torch.cdist(real, fake) <= _radius(fake, min(k, max(len(fake) - 1, 1))))
                .any(1)
                .double()
                .mean()
                if len(fake) > 1
                else _d(0.0).squeeze()
            ),
            "You drew the balls around the fakes and asked how many reals lie inside: that is "
            "recall. Precision asks it of the fakes.",
            "16, step 4",
        ),
        Mistake(
            "a point counted as its own neighbour",
            lambda real, fake, k: (
                (torch.cdist(fake, real) <= torch.cdist(real, real).kthvalue(k, dim=1).values)
                .any(1)
                .double()
                .mean()
            ),
            "Every point is its own nearest neighbour at distance 0, so your balls reach the "
            "(k-1)-th. Fill the diagonal with infinity first, or ask for k + 1.",
            "16, step 4",
        ),
        Mistake(
            "inside all balls",
            lambda real, fake, k: (
                (torch.cdist(fake, real) <= _radius(real, k)).all(1).double().mean()
            ),
            "You asked for fakes inside the balls of all reals. One ball is enough: any, not all.",
            "16, step 4",
        ),
        Mistake(
            "density instead of precision",
            lambda real, fake, k: (
                (torch.cdist(fake, real) <= _radius(real, k)).sum(1).double().mean() / k
            ),
            "You counted the balls and divided by k: that is density, which exceeds 1.",
            "16, step 4",
        ),
        Mistake(
            "coverage instead of precision",
            lambda real, fake, k: (
                (torch.cdist(fake, real) <= _radius(real, k)).any(0).double().mean()
            ),
            "You reduced over the fakes: the share of real balls that hold a fake is coverage. "
            "Reduce over the reals (dim 1) to ask each fake.",
            "16, step 4",
        ),
        Mistake(
            "one radius for all",
            lambda real, fake, k: (
                (torch.cdist(fake, real) <= _radius(real, k).mean()).any(1).double().mean()
            ),
            "You used the average radius for every ball. Each real point has its own: small where "
            "data are dense.",
            "16, step 4",
        ),
        Mistake(
            "radius from reals to fakes",
            lambda real, fake, k: (
                (
                    torch.cdist(fake, real)
                    <= torch.cdist(real, fake).kthvalue(min(k, len(fake)), dim=1).values
                )
                .any(1)
                .double()
                .mean()
            ),
            "Your balls reach to the k-th fake. Then they always hold fakes; they must be drawn "
            "from the real points alone.",
            "16, step 4",
        ),
        Mistake(
            "distances against squared radii",
            lambda real, fake, k: (
                (torch.cdist(fake, real) <= _radius(real, k).square()).any(1).double().mean()
            ),
            "You compared distances with squared radii. Square both or neither.",
            "16, step 4",
        ),
    ],
    hints=[
        "Two tables of distances: reals with reals (for the radii, without the diagonal) and fakes "
        "with reals.",
        "radius = table.fill_diagonal_(inf).kthvalue(k, dim=1).values; then the share of fakes "
        "with (distance <= radius).any(1).",
    ],
)

# ---- bits per dimension ------------------------------------------------------------------------


def bits_per_dim_reference(nll_nats: Tensor, n_dims: int, bin_width: float) -> Tensor:
    """Bits per dimension of a density model, for data quantised in steps of bin_width.

    nll_nats: (B,) -log density of each example, nats; n_dims: pixels times channels; bin_width: the
    step in the unit of the density -> (B,), bits. P(bin) is about density * bin_width^n_dims.
    """
    nats_per_dim = nll_nats / n_dims - math.log(bin_width)
    return nats_per_dim / math.log(2)


def _eight_bits(f, rng) -> str | None:
    got = float(f(_d(0.0), 10, 1 / 256)[0])
    if not abs(got - 8) < 1e-9:
        return (
            f"a uniform density on [0, 1]^10 has nll 0; for 256 grey values that is 8 bits per "
            f"dimension (log2 256), you return {got:.4f}."
        )
    return None


def _unit_free(f, rng) -> str | None:
    nll = _normal(rng, 3)
    a, b = f(nll, 5, 1 / 256), f(nll + 5 * math.log(256), 5, 1.0)
    if not (a - b).abs().max() < 1e-9:
        return (
            "pixels in 0..1 or 0..255 are the same picture: nll grows by n_dims·log 256, "
            f"bits per dimension must not; yours differ by {float((a - b).abs().max()):.3f}."
        )
    return None


bits_per_dim = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=bits_per_dim_reference,
    cases=lambda rng: [
        (_d(100.0), 64, 1.0),
        (_d(-500.0, 20.0, 3.0), 256, 1 / 256),
        (300 * _normal(rng, 3), 784, 1 / 16),
    ],
    properties=[
        Property("8 bits for a uniform density over 256 grey values", _eight_bits),
        Property("the unit of the pixels does not matter", _unit_free),
    ],
    mistakes=[
        Mistake(
            "nats, not bits",
            lambda nll_nats, n_dims, bin_width: nll_nats / n_dims - math.log(bin_width),
            "You forgot log 2: these are nats per dimension. One bit is 0.693 nats, so divide by "
            "log 2.",
            "16, step 6",
        ),
        Mistake(
            "multiplied by log 2",
            lambda nll_nats, n_dims, bin_width: (
                (nll_nats / n_dims - math.log(bin_width)) * math.log(2)
            ),
            "A nat is more than a bit (1.44 bits): divide by log 2, do not multiply.",
            "16, step 6",
        ),
        Mistake(
            "bin width forgotten",
            lambda nll_nats, n_dims, bin_width: nll_nats / n_dims / math.log(2),
            "A density is not a probability. Multiply it by the width of the bin: subtract "
            "log(bin_width) for each dimension.",
            "16, step 6",
        ),
        Mistake(
            "bin width with the wrong sign",
            lambda nll_nats, n_dims, bin_width: (
                (nll_nats / n_dims + math.log(bin_width)) / math.log(2)
            ),
            "Narrow bins hold little probability and cost more bits: -log(bin_width), not plus.",
            "16, step 6",
        ),
        Mistake(
            "bin width once for the whole picture",
            lambda nll_nats, n_dims, bin_width: (
                (nll_nats - math.log(bin_width)) / n_dims / math.log(2)
            ),
            "A picture's bin is a box with bin_width along each of its n_dims sides: its log is "
            "n_dims · log(bin_width).",
            "16, step 6",
        ),
        Mistake(
            "not divided by the dimensions",
            lambda nll_nats, n_dims, bin_width: (
                (nll_nats - n_dims * math.log(bin_width)) / math.log(2)
            ),
            "These are bits per picture. Divide by n_dims.",
            "16, step 6",
        ),
    ],
    hints=[
        "P(bin) is density times bin_width^n_dims. Take -log of it, then change the unit.",
        "(nll / n_dims - log(bin_width)) / log(2).",
    ],
)

# ---- PSNR --------------------------------------------------------------------------------------


def psnr_reference(x: Tensor, y: Tensor, data_range: float) -> Tensor:
    """Peak signal-to-noise ratio of each pair, 10 log10(data_range^2 / MSE).

    x, y: (N, C, H, W) floats; data_range: largest minus smallest possible value -> (N,), dB.
    """
    mse = (x - y).square().mean(dim=(1, 2, 3))  # one per pair
    return 10 * torch.log10(data_range**2 / mse)


def _images(rng, *shape):
    return torch.rand(*shape, generator=rng, dtype=torch.double)


def _twenty_db(f, rng) -> str | None:
    x = 0.5 * _images(rng, 1, 1, 3, 3)
    got = float(f(x, x + 0.1, 1.0)[0])
    if not abs(got - 20) < 1e-6:
        return (
            f"an error of a tenth of the range everywhere is 20 dB (a hundredth of the power), "
            f"you return {got:.3f}."
        )
    return None


def _range_free(f, rng) -> str | None:
    x, y = _images(rng, 2, 1, 4, 4), _images(rng, 2, 1, 4, 4)
    a, b = f(x, y, 1.0), f(255 * x, 255 * y, 255.0)
    if not (a - b).abs().max() < 1e-6:
        return (
            f"the same pictures in 0..1 and in 0..255 must score alike; yours differ by "
            f"{float((a - b).abs().max()):.2f} dB."
        )
    return None


def _one_by_one(f, rng) -> str | None:
    x, y = _images(rng, 3, 1, 4, 4), _images(rng, 3, 1, 4, 4)
    together, alone = f(x, y, 1.0), f(x[1:2], y[1:2], 1.0)
    if together.shape != (3,) or not (together[1] - alone[0]).abs() < 1e-9:
        return "a pair's score must not depend on the other pairs of the batch."
    return None


psnr = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=psnr_reference,
    cases=lambda rng: [
        (_images(rng, 1, 1, 2, 2), _images(rng, 1, 1, 2, 2), 1.0),
        (2 * _images(rng, 3, 1, 5, 4) - 1, 2 * _images(rng, 3, 1, 5, 4) - 1, 2.0),
        (255 * _images(rng, 2, 3, 4, 4), 255 * _images(rng, 2, 3, 4, 4), 255.0),
    ],
    properties=[
        Property("20 dB for an error of a tenth", _twenty_db),
        Property("the same in 0..1 and 0..255", _range_free),
        Property("each pair by itself", _one_by_one),
    ],
    mistakes=[
        Mistake(
            "range forgotten",
            lambda x, y, data_range: -10 * torch.log10((x - y).square().mean((1, 2, 3))),
            "You left out data_range, as if it were 1. An error of 1 is nothing among 255 grey "
            "values and everything among 0..1.",
            "16, step 7",
        ),
        Mistake(
            "range not squared",
            lambda x, y, data_range: (
                10 * torch.log10(data_range / (x - y).square().mean((1, 2, 3)))
            ),
            "The MSE is a power, so the peak must be one, too: data_range².",
            "16, step 7",
        ),
        Mistake(
            "20 instead of 10",
            lambda x, y, data_range: (
                20 * torch.log10(data_range**2 / (x - y).square().mean((1, 2, 3)))
            ),
            "20 log10 is for a ratio of amplitudes; the squares are already inside.",
            "16, step 7",
        ),
        Mistake(
            "root of the MSE under a squared range",
            lambda x, y, data_range: (
                10 * torch.log10(data_range**2 / (x - y).square().mean((1, 2, 3)).sqrt())
            ),
            "You divided a power by an amplitude. Either MSE with data_range², or "
            "20 log10(data_range / RMSE).",
            "16, step 7",
        ),
        Mistake(
            "natural logarithm",
            lambda x, y, data_range: (
                10 * torch.log(data_range**2 / (x - y).square().mean((1, 2, 3)))
            ),
            "Decibels are tenths of powers of ten: log10, not log.",
            "16, step 7",
        ),
        Mistake(
            "upside down",
            lambda x, y, data_range: (
                10 * torch.log10((x - y).square().mean((1, 2, 3)) / data_range**2)
            ),
            "Signal over noise: a better picture must have more decibels.",
            "16, step 7",
        ),
        Mistake(
            "one error for the whole batch",
            lambda x, y, data_range: (
                10 * torch.log10(data_range**2 / (x - y).square().mean()).expand(len(x))
            ),
            "You averaged the squared error over the batch. Each pair has its own MSE: mean over "
            "(1, 2, 3).",
            "16, step 7",
        ),
        Mistake(
            "one number for the whole batch",
            lambda x, y, data_range: 10 * torch.log10(data_range**2 / (x - y).square().mean()),
            "You averaged the squared error over the batch and return one number. Each pair has "
            "its own MSE: mean over (1, 2, 3).",
            "16, step 7",
        ),
        Mistake(
            "sum instead of mean",
            lambda x, y, data_range: (
                10 * torch.log10(data_range**2 / (x - y).square().sum((1, 2, 3)))
            ),
            "You summed the squared errors: a larger picture would look worse. Take the mean.",
            "16, step 7",
        ),
    ],
    hints=[
        "One mean squared error for each pair: over channels, rows and columns.",
        "10 * torch.log10(data_range**2 / mse) with mse = (x - y).square().mean((1, 2, 3)).",
    ],
)

# ---- memorisation ------------------------------------------------------------------------------


def nearer_share_reference(samples: Tensor, train: Tensor, test: Tensor) -> Tensor:
    """P(a sample lies nearer to the training set than a test example does), ties count half.

    samples: (N, D), train: (M, D), test: (K, D) -> scalar in [0, 1]; 0.5 if nothing was copied.
    """
    d_samples = torch.cdist(samples, train).min(1).values  # (N,)
    d_test = torch.cdist(test, train).min(1).values  # (K,)
    nearer = (d_samples[:, None] < d_test).to(train.dtype)  # (N, K), all pairs
    tied = (d_samples[:, None] == d_test).to(train.dtype)
    return (nearer + 0.5 * tied).mean()


def _nearest(a, b):
    return torch.cdist(a, b).min(1).values


def _copies_give_one(f, rng) -> str | None:
    train, test = _normal(rng, 20, 3), _normal(rng, 9, 3)
    got = float(f(train[:5].clone(), train, test))
    if not abs(got - 1) < 1e-9:
        return f"five exact copies are nearer than any fresh point: 1, you return {got:.4f}."
    return None


def _same_gives_half(f, rng) -> str | None:
    train, test = _normal(rng, 20, 3), _normal(rng, 9, 3)
    got = float(f(test.clone(), train, test))
    if not abs(got - 0.5) < 1e-9:
        return (
            f"samples that are the test examples themselves are exactly as near: 0.5, you return "
            f"{got:.4f}."
        )
    return None


def _copy_case(rng, n, m, k):
    train = _normal(rng, m, 2).round(decimals=1)
    samples = _normal(rng, n, 2)
    samples[: n // 2] = train[: n // 2]  # half of them are copies
    test = _normal(rng, k, 2)
    test[0] = train[-1]  # real data hold duplicates, too: a tie at distance 0
    return samples, train, test


nearer_share = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=7,
    reference=nearer_share_reference,
    cases=lambda rng: [
        (_d([0.0], [5.0], [2.0]), _d([0.0], [4.0]), _d([1.5], [7.0], [4.0])),
        _copy_case(rng, 6, 12, 7),
        _copy_case(rng, 4, 9, 4),
        (_normal(rng, 1, 2), _normal(rng, 5, 2), _normal(rng, 3, 2)),
    ],
    properties=[
        Property("1 for copies", _copies_give_one),
        Property("0.5 for the test set itself", _same_gives_half),
    ],
    mistakes=[
        Mistake(
            "samples and test swapped",
            lambda samples, train, test: 1 - nearer_share_reference(samples, train, test),
            "Yours is 1 minus the share: you asked how often a test example lies nearer.",
            "16, step 9",
        ),
        Mistake(
            "nearest test example instead of training example",
            lambda samples, train, test: (
                (_nearest(samples, train) < _nearest(samples, test)).double().mean()
            ),
            "You compared, for each sample, the nearest training with the nearest test example. "
            "That depends on how many there are of each. Let test examples look for their nearest "
            "training example, too.",
            "16, step 9",
        ),
        Mistake(
            "ties not counted",
            lambda samples, train, test: (
                (_nearest(samples, train)[:, None] < _nearest(test, train)).double().mean()
            ),
            "Ties count half: otherwise a sample set equal to the test set would not score 0.5.",
            "16, step 9",
        ),
        Mistake(
            "ties counted in full",
            lambda samples, train, test: (
                (_nearest(samples, train)[:, None] <= _nearest(test, train)).double().mean()
            ),
            "A tie is no win: count it half, so that equal sets score 0.5.",
            "16, step 9",
        ),
        Mistake(
            "compared with the average only",
            lambda samples, train, test: (
                (_nearest(samples, train) < _nearest(test, train).mean()).double().mean()
            ),
            "You compared each sample with the mean distance of the test set. Compare it with "
            "every test example: the share over all pairs depends on ranks alone.",
            "16, step 9",
        ),
        Mistake(
            "average distance instead of the nearest",
            lambda samples, train, test: (
                (torch.cdist(samples, train).mean(1)[:, None] < torch.cdist(test, train).mean(1))
                .double()
                .mean()
            ),
            "You averaged the distances to all training examples. A copy hides there: it is near "
            "to one, not to all. Take the minimum.",
            "16, step 9",
        ),
        Mistake(
            "roles of samples and train exchanged",
            lambda samples, train, test: (
                (_nearest(train, samples)[:, None] < _nearest(train, test)).double().mean()
            ),
            "You let the training examples look for samples. The question is asked of each sample: "
            "how far is its nearest training example?",
            "16, step 9",
        ),
    ],
    hints=[
        "Two lists of distances to the nearest training example: one for the samples, one for the "
        "test examples.",
        "Compare all pairs: (d_samples[:, None] < d_test).double().mean(), and half of the ties.",
    ],
)

# ---- log forensics -----------------------------------------------------------------------------


def smallest_loss_d_reference(loss_g: Tensor) -> Tensor:
    """Smallest L_D = E[-log D(x)] + E[-log(1 - D(G(z)))] that L_G = E[-log D(G(z))] allows.

    loss_g: (B,) > 0, nats -> (B,), nats. Jensen: -log(1 - e^-a) is convex in a = -log D(G(z)).
    """
    return -torch.log(-torch.expm1(-loss_g))


def _equilibrium(f, rng) -> str | None:
    got = float(f(_d(math.log(2)))[0])
    if not abs(got - math.log(2)) < 1e-9:
        return (
            f"at L_G = log 2 the discriminator says 1/2 to every fake, and its fake term alone is "
            f"log 2 = 0.6931; you return {got:.4f}."
        )
    return None


def _really_a_bound(f, rng) -> str | None:
    d = torch.rand(200, 5, generator=rng, dtype=torch.double).clamp(1e-6, 1 - 1e-6)
    loss_g, fake_term = -d.log().mean(1), -(1 - d).log().mean(1)
    gap = fake_term - f(loss_g)
    if not (gap > -1e-9).all():
        return (
            f"of 200 random discriminators {int((gap < -1e-9).sum())} reach a lower loss than you "
            f"allow (by up to {-float(gap.min()):.3f} nats) although they are right on all reals."
        )
    return None


smallest_loss_d = Exercise(
    lesson=LESSON,
    difficulty=4,
    minutes=10,
    reference=smallest_loss_d_reference,
    cases=lambda rng: [
        (_d(0.9),),
        (_d(0.5, 1.5, 3.0),),
        (0.1 + 4 * torch.rand(3, generator=rng, dtype=torch.double),),
    ],
    properties=[
        Property("log 2 where every fake gets 1/2", _equilibrium),
        Property("no discriminator goes below", _really_a_bound),
    ],
    mistakes=[
        Mistake(
            "minus sign lost",
            lambda loss_g: torch.log(-torch.expm1(-loss_g)),
            "Losses are positive; 1 - e^(-L_G) is below 1, so its log is negative. Put the minus "
            "back.",
            "16, step 12",
        ),
        Mistake(
            "loss taken for a probability",
            lambda loss_g: -torch.log(1 - loss_g),
            "You put L_G where D(G(z)) belongs. The typical D(G(z)) is e^(-L_G).",
            "16, step 12",
        ),
        Mistake(
            "plus instead of minus",
            lambda loss_g: torch.log(1 + (-loss_g).exp()),
            "1 + e^(-L_G) is no probability of anything. The fake term holds 1 - D(G(z)).",
            "16, step 12",
        ),
        Mistake(
            "real term added",
            lambda loss_g: loss_g - torch.log(-torch.expm1(-loss_g)),
            "You added -log D(x) with D(x) = D(G(z)). The smallest L_D lets D be right on every "
            "real: that term is 0.",
            "16, step 12",
        ),
        Mistake(
            "mean of the two terms",
            lambda loss_g: -0.5 * torch.log(-torch.expm1(-loss_g)),
            "That is the bound for a loss averaged over the two terms; L_D here is their sum.",
            "16, step 12",
        ),
        Mistake(
            "the equilibrium for every L_G",
            lambda loss_g: torch.full_like(loss_g, 2 * math.log(2)),
            "2 log 2 is the loss at the equilibrium only. A good discriminator goes far below it; "
            "how far depends on L_G.",
            "16, step 12",
        ),
        Mistake(
            "bits",
            lambda loss_g: -torch.log2(-torch.expm1(-loss_g)),
            "You took log2; losses here are in nats.",
            "16, step 12",
        ),
        Mistake(
            "L_G itself",
            lambda loss_g: loss_g.clone(),
            "L_G is E[-log D(G(z))]; the discriminator pays -log(1 - D(G(z))) for the same fakes.",
            "16, step 12",
        ),
    ],
    hints=[
        "Call a = -log D(G(z)), whose mean is L_G. What does the discriminator pay for this fake, "
        "written with a?",
        "It pays -log(1 - e^(-a)), convex in a; Jensen allows L_G in its place. Reals may cost 0.",
    ],
)
