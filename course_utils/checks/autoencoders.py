"""Exercises of lesson 15: EM, PCA, the energy distance, Tweedie's formula, ROC AUC."""

import math

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "15_mixtures_and_autoencoders"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _simplex(rng: torch.Generator, *shape: int) -> Tensor:
    return _normal(rng, *shape).softmax(-1)


def _d(*values) -> Tensor:
    return torch.tensor(values, dtype=torch.double)


# ---- the E-step --------------------------------------------------------------------------------


def responsibilities_reference(log_density: Tensor, weights: Tensor) -> Tensor:
    """Posterior p(k | x) of a mixture: how much of each point belongs to each component.

    log_density: (N, K) log p(x | k), nats; weights: (K,) summing to 1 -> (N, K), rows sum to 1.
    """
    log_joint = log_density + weights.log()  # (N, K): log p(x, k)
    log_evidence = torch.logsumexp(log_joint, dim=1, keepdim=True)  # (N, 1): log p(x)
    return (log_joint - log_evidence).exp()


def _rows_sum_to_one(f, rng) -> str | None:
    rows = f(_normal(rng, 5, 3), _simplex(rng, 3)).sum(-1)
    worst = float((rows - 1).abs().max())
    return f"a row of yours sums to {float(rows[0]):.4f}, not to 1." if not worst < 1e-9 else None


def _far_away(f, rng) -> str | None:
    got = f(_d([-2000.0, -2001.0]), _d(0.5, 0.5)).flatten()
    right = 1 / (1 + math.exp(-1))
    if not abs(float(got[0]) - right) < 1e-6:
        return (
            f"log densities of -2000 and -2001 (usual for a picture) give {right:.4f} and "
            f"{1 - right:.4f}, you return {float(got[0]):.4g} for the first."
        )
    return None


def _equal_densities(f, rng) -> str | None:
    weights = _d(0.7, 0.2, 0.1)
    got = f(torch.zeros(2, 3, dtype=torch.double), weights)[0]
    if not (got - weights).abs().max() < 1e-9:
        mine = [round(v, 3) for v in got.tolist()]
        return f"where all densities are equal the weights [0.7, 0.2, 0.1] decide; you say {mine}."
    return None


_UNDERFLOW = (
    "exp(-2000) is 0 for a computer, and 0/0 is NaN. Stay with logarithms: subtract the logsumexp "
    "of each row, and take exp at the very end."
)

responsibilities = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=responsibilities_reference,
    cases=lambda rng: [
        (_d([-1.0, -2.0], [-3.0, -0.5], [0.2, 0.1]), _d(0.8, 0.2)),
        (_normal(rng, 1, 3), _simplex(rng, 3)),
        (40 * _normal(rng, 3, 4) - 900, _simplex(rng, 4)),
    ],
    properties=[
        Property("rows sum to 1", _rows_sum_to_one),
        Property("the weights decide between equal densities", _equal_densities),
        Property("no underflow", _far_away),
    ],
    mistakes=[
        Mistake(
            "exp before the division",
            lambda log_density, weights: (
                (weights * log_density.exp()) / (weights * log_density.exp()).sum(1, keepdim=True)
            ),
            _UNDERFLOW,
            "15, step 3",
        ),
        Mistake(
            "forgotten weights",
            lambda log_density, weights: log_density.softmax(1),
            "You compared the densities only. Bayes' rule multiplies each by its weight: a rare "
            "component needs a larger density to claim a point.",
            "15, step 3",
        ),
        Mistake(
            "weights added outside the logarithm",
            lambda log_density, weights: (log_density + weights).softmax(1),
            "You added w to a log density. In logarithms the factor w becomes + log w.",
            "15, step 3",
        ),
        Mistake(
            "normalised over the points",
            lambda log_density, weights: (log_density + weights.log()).softmax(0),
            "Your columns sum to 1. Each point is shared out among the components, so each row "
            "must sum to 1.",
            "15, step 3",
        ),
        Mistake(
            "still logarithms",
            lambda log_density, weights: (log_density + weights.log()).log_softmax(1),
            "You return log p(k | x). The M-step needs shares between 0 and 1: one exp is missing.",
            "15, step 3",
        ),
        Mistake(
            "not normalised",
            lambda log_density, weights: (log_density + weights.log()).exp(),
            "You return the joint density w_k p(x | k). Divide by its sum over k, the evidence.",
            "15, step 3",
        ),
        Mistake(
            "hard choice",
            lambda log_density, weights: torch.nn.functional.one_hot(
                (log_density + weights.log()).argmax(1), len(weights)
            ).to(log_density),
            "You gave each point to its best component: that is k-means. EM shares points, and "
            "only shares make the bound touch the likelihood.",
            "15, step 3",
        ),
    ],
    hints=[
        "Bayes' rule: p(k | x) is w_k p(x | k) over the sum of these. What does the product become "
        "in logarithms?",
        "log_joint = log_density + weights.log(); a softmax over the components (dim=1) is exp and "
        "normalisation in one, without underflow.",
    ],
)

# ---- the M-step --------------------------------------------------------------------------------


def m_step_reference(x: Tensor, r: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Weights, means and covariances that maximise the bound for given responsibilities.

    x: (N, D), r: (N, K), rows sum to 1 -> weights (K,), mu (K, D), cov (K, D, D); cov has no
    "- 1" in its denominator: it is a maximum, not an unbiased estimate.
    """
    n = r.sum(0)  # (K,): how many points, in parts, each component holds
    mu = r.T @ x / n[:, None]  # (K, D)
    cov = []
    for k in range(len(n)):
        diff = x - mu[k]  # (N, D)
        cov.append((r[:, k, None] * diff).T @ diff / n[k])
    return n / len(x), mu, torch.stack(cov)


def _shares(rng: torch.Generator, n: int, k: int) -> Tensor:
    return (2 * _normal(rng, n, k)).softmax(1)


def _one_component(f, rng) -> str | None:
    x = _normal(rng, 7, 2)
    _, mu, cov = f(x, torch.ones(7, 1, dtype=torch.double))
    right = torch.cov(x.T, correction=0)
    if not (mu[0] - x.mean(0)).abs().max() < 1e-9:
        return "with one component mu is the mean of all points; yours is not."
    if not (cov[0] - right).abs().max() < 1e-9:
        return (
            "with one component cov is the (biased) covariance of all points, its first entry "
            f"{float(right[0, 0]):.4f}; you return {float(cov[0].flatten()[0]):.4f}."
        )
    return None


def _weights_sum(f, rng) -> str | None:
    total = float(f(_normal(rng, 6, 2), _shares(rng, 6, 3))[0].sum())
    return (
        f"the weights must sum to 1; yours sum to {total:.4f}." if abs(total - 1) > 1e-9 else None
    )


def _moves_along(f, rng) -> str | None:
    x, r = _normal(rng, 8, 2), _shares(rng, 8, 2)
    change = float((f(x + 5, r)[2] - f(x, r)[2]).abs().max())
    if not change < 1e-6:
        return f"moving all points by 5 must not change a covariance; yours moves by {change:.3g}."
    return None


def _cov_about(x: Tensor, r: Tensor, centre: Tensor) -> Tensor:
    """Weighted covariances about given centres (K, D), divided by the components' sizes."""
    diff = x[:, None] - centre
    return torch.einsum("nk,nkd,nke->kde", r, diff, diff) / r.sum(0)[:, None, None]


def _changed(**changes):
    """The reference's answer with some of its three parts computed otherwise."""

    def answer(x, r):
        parts = dict(zip(("weights", "mu", "cov"), m_step_reference(x, r), strict=True))
        parts |= {name: change(x, r, *parts.values()) for name, change in changes.items()}
        return tuple(parts.values())

    return answer


m_step = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=10,
    reference=m_step_reference,
    cases=lambda rng: [
        (_d([0.0, 0.0], [1.0, 0.0], [3.0, 2.0]), _d([0.9, 0.1], [0.6, 0.4], [0.2, 0.8])),
        (_normal(rng, 1, 2), _shares(rng, 1, 2)),
        (_normal(rng, 3, 3) + 2, _shares(rng, 3, 2)),
        (_normal(rng, 12, 2) - 1, _shares(rng, 12, 3)),
    ],
    properties=[
        Property("the weights sum to 1", _weights_sum),
        Property("one component: mean and covariance of all", _one_component),
        Property("covariances do not feel a shift", _moves_along),
    ],
    mistakes=[
        Mistake(
            "weights not divided by N",
            _changed(weights=lambda x, r, weights, mu, cov: r.sum(0)),
            "Your weights are the sizes n_k; they sum to N. A weight is the share n_k / N.",
            "15, step 4",
        ),
        Mistake(
            "means divided by N",
            _changed(mu=lambda x, r, weights, mu, cov: r.T @ x / len(x)),
            "You divided the weighted sums by N. Each mean belongs to n_k points, so divide by "
            "n_k; otherwise small components are pulled to the origin.",
            "15, step 4",
        ),
        Mistake(
            "covariances divided by N",
            _changed(cov=lambda x, r, weights, mu, cov: cov * weights[:, None, None]),
            "You divided each scatter matrix by N. It belongs to n_k points: divide by n_k.",
            "15, step 4",
        ),
        Mistake(
            "covariance about the common mean",
            _changed(
                cov=lambda x, r, weights, mu, cov: _cov_about(x, r, x.mean(0).expand_as(mu)),
            ),
            "You subtracted the mean of all points. Each component spreads about its own mu_k.",
            "15, step 4",
        ),
        Mistake(
            "second moment instead of covariance",
            _changed(
                cov=lambda x, r, weights, mu, cov: _cov_about(x, r, torch.zeros_like(mu)),
            ),
            "You averaged x xᵀ without subtracting the mean: that is cov + mu muᵀ.",
            "15, step 4",
        ),
        Mistake(
            "diagonal only",
            _changed(
                cov=lambda x, r, weights, mu, cov: torch.diag_embed(cov.diagonal(dim1=-2, dim2=-1))
            ),
            "You kept the variances and dropped the covariances. A full matrix lets a component "
            "lie slantwise.",
            "15, step 4",
        ),
        Mistake(
            "n_k - 1 in the denominator",
            _changed(
                cov=lambda x, r, weights, mu, cov: cov * (r.sum(0) / (r.sum(0) - 1))[:, None, None],
            ),
            "You divided by n_k - 1. The bound's maximum has n_k; an unbiased estimate is not the "
            "aim here, and n_k may be smaller than 1.",
            "15, step 4",
        ),
        Mistake(
            "hard assignment",
            lambda x, r: m_step_reference(
                x, torch.nn.functional.one_hot(r.argmax(1), r.shape[1]).to(x)
            ),
            "You gave each point to its largest responsibility (k-means). Use the shares as "
            "weights.",
            "15, step 4",
        ),
    ],
    hints=[
        "Everything is a weighted average with the weights r[:, k]. Their sum n_k = r.sum(0) is "
        "the size of a component.",
        "weights = n / N; mu = r.T @ x / n[:, None]; for each k: diff = x - mu[k], "
        "cov = (r[:, k, None] * diff).T @ diff / n[k]. Return the three as a tuple.",
    ],
)

# ---- PCA ---------------------------------------------------------------------------------------


def pca_reconstruction_reference(x: Tensor, k: int) -> Tensor:
    """Best copy of each point from k numbers: project on the k directions of largest variance.

    x: (N, D), k: int >= 1 -> (N, D), unit of x.
    """
    mean = x.mean(0)
    _, _, directions = torch.linalg.svd(x - mean, full_matrices=False)  # rows, largest first
    top = directions[:k]  # (k, D), orthonormal
    codes = (x - mean) @ top.T  # (N, k)
    return mean + codes @ top


def _all_directions(f, rng) -> str | None:
    x = _normal(rng, 8, 3) + 4
    worst = float((f(x, 3) - x).abs().max())
    if not worst < 1e-8:
        return f"with k = D nothing may be lost, but your copy is off by up to {worst:.3g}."
    return None


def _never_worse(f, rng) -> str | None:
    x = _normal(rng, 20, 3) * _d(3.0, 1.0, 0.3) + 4
    error = [float((f(x, k) - x).square().sum(1).mean()) for k in (1, 2)]
    if not error[0] >= error[1] - 1e-9:
        return (
            f"k = 2 must not be worse than k = 1; your errors are {error[1]:.3f}, {error[0]:.3f}."
        )
    values = torch.linalg.eigvalsh(torch.cov(x.T, correction=0))
    if not abs(error[0] - float(values[:2].sum())) < 1e-6:
        return (
            f"with k = 1 the error is the sum of the two smaller eigenvalues, "
            f"{float(values[:2].sum()):.4f}; yours is {error[0]:.4f}."
        )
    return None


def _project(x: Tensor, mean: Tensor, top: Tensor) -> Tensor:
    return (x - mean) @ top.T @ top + mean


def _directions(x: Tensor) -> Tensor:
    return torch.linalg.svd(x - x.mean(0), full_matrices=False)[2]


def _smallest_first(x: Tensor, k: int) -> Tensor:
    _, vectors = torch.linalg.eigh((x - x.mean(0)).T @ (x - x.mean(0)))
    return _project(x, x.mean(0), vectors[:, :k].T)


def _rows_of_vectors(x: Tensor, k: int) -> Tensor:
    _, vectors = torch.linalg.eigh((x - x.mean(0)).T @ (x - x.mean(0)))
    return _project(x, x.mean(0), vectors.flip(1)[:k])


def _whitened(x: Tensor, k: int) -> Tensor:
    codes = (x - x.mean(0)) @ _directions(x)[:k].T
    scale = codes.square().mean(0).sqrt()
    return x.mean(0) + codes / torch.where(scale > 0, scale, 1.0) @ _directions(x)[:k]


pca_reconstruction = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=7,
    reference=pca_reconstruction_reference,
    cases=lambda rng: [
        (_d([2.0, 0.0], [0.0, 1.0], [-1.0, -2.0], [3.0, 2.5]), 1),
        (_normal(rng, 1, 3), 1),
        (_normal(rng, 3, 4) + 1, 1),
        (_normal(rng, 12, 4) * _d(3.0, 2.0, 1.0, 0.5) + 2, 2),
    ],
    properties=[
        Property("k = D loses nothing", _all_directions),
        Property("the error is the sum of the discarded eigenvalues", _never_worse),
    ],
    mistakes=[
        Mistake(
            "mean not subtracted",
            lambda x, k: (
                x
                @ torch.linalg.svd(x, full_matrices=False)[2][:k].T
                @ torch.linalg.svd(x, full_matrices=False)[2][:k]
            ),
            "You projected x itself. The first direction then points at the mean and is wasted on "
            "what all points share. Subtract the mean first, add it back at the end.",
            "15, step 8",
        ),
        Mistake(
            "mean not added back",
            lambda x, k: _project(x, x.mean(0), _directions(x)[:k]) - x.mean(0),
            "Your copies are centred at 0. Add the mean again after the projection.",
            "15, step 8",
        ),
        Mistake(
            "smallest variances kept",
            _smallest_first,
            "torch.linalg.eigh sorts ascending: the first columns are the directions of the "
            "smallest variance. Take the last k.",
            "15, step 8",
        ),
        Mistake(
            "rows of the eigenvector matrix",
            _rows_of_vectors,
            "The eigenvectors of torch.linalg.eigh are the columns of its matrix; you took rows. "
            "(The rows are right for the Vh of an SVD.)",
            "15, step 8",
        ),
        Mistake(
            "codes instead of copies",
            lambda x, k: (x - x.mean(0)) @ _directions(x)[:k].T,
            "You return the k numbers of each point. The decoder is missing: multiply with the "
            "directions again and add the mean.",
            "15, step 8",
        ),
        Mistake(
            "whitened codes",
            _whitened,
            "You divided the codes by their standard deviation and decoded them as if you had "
            "not. Undo every scaling before decoding.",
            "15, step 8",
        ),
    ],
    hints=[
        "Centre the points. Which orthonormal directions hold most of their variance?",
        "torch.linalg.svd(x - mean, full_matrices=False)[2][:k] has the directions as rows V. "
        "Codes are (x - mean) @ V.T; the copy is mean + codes @ V.",
    ],
)

# ---- energy distance ---------------------------------------------------------------------------


def energy_distance_reference(x: Tensor, y: Tensor) -> Tensor:
    """Unbiased estimate of 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Szekely & Rizzo 2013).

    x: (N, D), y: (M, D), N, M >= 2 -> scalar, unit of x; about 0 for samples of one distribution.
    """
    n, m = len(x), len(y)
    between = torch.cdist(x, y).mean()
    within_x = torch.cdist(x, x).sum() / (n * (n - 1))  # a point is no pair with itself
    within_y = torch.cdist(y, y).sum() / (m * (m - 1))
    return 2 * between - within_x - within_y


def _unbiased(f, rng) -> str | None:
    values = torch.stack([f(_normal(rng, 4, 2), _normal(rng, 4, 2)) for _ in range(400)])
    mean, error = float(values.mean()), float(values.std()) / 20
    if not abs(mean) < 5 * error:
        return (
            f"two samples of the same distribution: the average over 400 trials should be 0 within "
            f"{5 * error:.3f}, yours is {mean:.3f}."
        )
    return None


def _doubles(f, rng) -> str | None:
    x, y = _normal(rng, 6, 2), _normal(rng, 5, 2) + 2
    once, twice = float(f(x, y)), float(f(2 * x, 2 * y))
    if not abs(twice - 2 * once) < 1e-6 * (1 + abs(once)):
        return (
            f"twice as large points are twice as far apart; yours goes {once:.3f} -> {twice:.3f}."
        )
    return None


def _within(x: Tensor) -> Tensor:
    return torch.cdist(x, x).sum() / (len(x) * (len(x) - 1))


energy_distance = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=energy_distance_reference,
    cases=lambda rng: [
        (_d([0.0], [1.0]), _d([3.0], [5.0], [4.0])),
        (_normal(rng, 2, 1), _normal(rng, 2, 1)),
        (_normal(rng, 3, 2), _normal(rng, 3, 2) + 1),
        (_normal(rng, 10, 4), 2 * _normal(rng, 7, 4)),
    ],
    properties=[
        Property("0 on average for one distribution", _unbiased),
        Property("grows with the unit of length", _doubles),
    ],
    mistakes=[
        Mistake(
            "points paired with themselves",
            lambda x, y: (
                2 * torch.cdist(x, y).mean() - torch.cdist(x, x).mean() - torch.cdist(y, y).mean()
            ),
            "The mean over the whole N x N table counts each point's distance 0 to itself. That "
            "makes the inner terms too small and the result too large, by about E|X - X'|/N: "
            "divide the sum by N (N - 1).",
            "15, step 7",
        ),
        Mistake(
            "inner terms left out",
            lambda x, y: 2 * torch.cdist(x, y).mean(),
            "You return the mean distance between the samples. Two samples of one distribution "
            "have that, too: subtract the mean distances inside each.",
            "15, step 7",
        ),
        Mistake(
            "factor 2 forgotten",
            lambda x, y: torch.cdist(x, y).mean() - _within(x) - _within(y),
            "The distance between the samples counts twice: once for each inner term.",
            "15, step 7",
        ),
        Mistake(
            "squared distances",
            lambda x, y: (
                2 * torch.cdist(x, y).square().mean()
                - torch.cdist(x, x).square().sum() / (len(x) * (len(x) - 1))
                - torch.cdist(y, y).square().sum() / (len(y) * (len(y) - 1))
            ),
            "With squared distances everything but the means cancels: you compute "
            "2 |mean x - mean y|². Plain distances see the whole distribution.",
            "15, step 7",
        ),
        Mistake(
            "square root taken",
            lambda x, y: energy_distance_reference(x, y).clamp(min=0).sqrt(),
            "You took the square root. Some texts do; here the unbiased estimate, which may be "
            "slightly negative, is left as it is.",
            "15, step 7",
        ),
        Mistake(
            "half of it",
            lambda x, y: energy_distance_reference(x, y) / 2,
            "You return half the energy distance. The terms are 2 E|X - Y| - E|X - X'| - "
            "E|Y - Y'|.",
            "15, step 7",
        ),
        Mistake(
            "city-block distance",
            lambda x, y: (
                2 * torch.cdist(x, y, p=1).mean()
                - torch.cdist(x, x, p=1).sum() / (len(x) * (len(x) - 1))
                - torch.cdist(y, y, p=1).sum() / (len(y) * (len(y) - 1))
            ),
            "You used |a| + |b| as the distance. Use the Euclidean one (torch.cdist's default).",
            "15, step 7",
        ),
    ],
    hints=[
        "Three averages of distances: between the samples, inside x, inside y. torch.cdist gives "
        "all pairs.",
        "2 * cdist(x, y).mean(), minus cdist(x, x).sum() / (n * (n - 1)), minus the same for y.",
    ],
)

# ---- Tweedie -----------------------------------------------------------------------------------


def tweedie_reference(y: Tensor, sigma: float, weights: Tensor, mu: Tensor, var: Tensor) -> Tensor:
    """E[x | y] by Tweedie's formula, for x from a mixture on the line and y = x + sigma * noise.

    y: (B,), sigma: sd of the noise, weights, mu, var: (K,) of the mixture of x -> (B,), unit of y.
    """
    wide = var + sigma**2  # (K,): the noise widens every component of p(y)
    log_joint = weights.log() - 0.5 * (wide.log() + (y[:, None] - mu) ** 2 / wide)
    r = log_joint.softmax(1)  # (B, K): the constant 2 pi cancels
    score = (r * (mu - y[:, None]) / wide).sum(1)  # (B,): d/dy log p(y)
    return y + sigma**2 * score


def _mixture_score(y, weights, mu, wide, *, r=None):
    log_joint = weights.log() - 0.5 * (wide.log() + (y[:, None] - mu) ** 2 / wide)
    r = log_joint.softmax(1) if r is None else r
    return (r * (mu - y[:, None]) / wide).sum(1)


def _tweedie_cases(rng: torch.Generator) -> list[tuple]:
    def mixture(k: int) -> tuple:
        return _simplex(rng, k), 2 * _normal(rng, k), _normal(rng, k).exp()

    return [
        (_d(-2.0, 0.3, 2.5), 0.8, _d(0.3, 0.7), _d(-1.0, 2.0), _d(0.25, 1.0)),
        (_normal(rng, 1), 0.5, *mixture(2)),
        (2 * _normal(rng, 3), 1.7, *mixture(3)),
    ]


def _one_gaussian(f, rng) -> str | None:
    got = float(f(_d(3.0), 2.0, _d(1.0), _d(1.0), _d(4.0))[0])
    if not abs(got - 2) < 1e-6:
        return (
            "prior N(1, 2²), noise sd 2, y = 3: both are equally sure, the mean is halfway, 2; you "
            f"return {got:.4f}."
        )
    return None


def _no_noise(f, rng) -> str | None:
    y = _d(-1.0, 0.4, 2.0)
    got = f(y, 1e-4, _d(0.5, 0.5), _d(-1.0, 1.0), _d(0.5, 0.5))
    if not (got - y).abs().max() < 1e-4:
        return f"with almost no noise E[x | y] is y = 2, you return {float(got[-1]):.4f}."
    return None


tweedie = Exercise(
    lesson=LESSON,
    difficulty=4,
    minutes=10,
    reference=tweedie_reference,
    cases=_tweedie_cases,
    properties=[
        Property("halfway between equally sure sources", _one_gaussian),
        Property("no noise: nothing to mend", _no_noise),
    ],
    mistakes=[
        Mistake(
            "score of the clean density",
            lambda y, sigma, weights, mu, var: y + sigma**2 * _mixture_score(y, weights, mu, var),
            "You used the score of p(x). Tweedie's formula holds for the density of the noisy y: "
            "each variance grows by sigma².",
            "15, step 12",
        ),
        Mistake(
            "sigma not squared",
            lambda y, sigma, weights, mu, var: (
                y + sigma * _mixture_score(y, weights, mu, var + sigma**2)
            ),
            "The score has the unit 1/length; it takes sigma², a length squared, to make a step "
            "in y.",
            "15, step 12",
        ),
        Mistake(
            "walked downhill",
            lambda y, sigma, weights, mu, var: (
                y - sigma**2 * _mixture_score(y, weights, mu, var + sigma**2)
            ),
            "You subtracted the step. The score points to where p(y) grows, and that is where the "
            "clean x lies.",
            "15, step 12",
        ),
        Mistake(
            "step without y",
            lambda y, sigma, weights, mu, var: (
                sigma**2 * _mixture_score(y, weights, mu, var + sigma**2)
            ),
            "You return E[x | y] - y, the step. Add y.",
            "15, step 12",
        ),
        Mistake(
            "weights instead of responsibilities",
            lambda y, sigma, weights, mu, var: (
                y + sigma**2 * _mixture_score(y, weights, mu, var + sigma**2, r=weights)
            ),
            "You mixed the components' scores with their weights. At a given y they count with "
            "their responsibilities p(k | y).",
            "15, step 12",
        ),
        Mistake(
            "responsibilities without the log variance",
            lambda y, sigma, weights, mu, var: (
                y
                + sigma**2
                * _mixture_score(
                    y,
                    weights,
                    mu,
                    var + sigma**2,
                    r=(weights.log() - 0.5 * (y[:, None] - mu) ** 2 / (var + sigma**2)).softmax(1),
                )
            ),
            "A narrow Gaussian is also a high one: log N has the term - log(var + sigma²)/2, which "
            "your responsibilities leave out.",
            "15, step 12",
        ),
        Mistake(
            "sigma added to the variance",
            lambda y, sigma, weights, mu, var: (
                y + sigma**2 * _mixture_score(y, weights, mu, var + sigma)
            ),
            "Variances add, standard deviations do not: var + sigma², not var + sigma.",
            "15, step 12",
        ),
        Mistake(
            "score alone",
            lambda y, sigma, weights, mu, var: _mixture_score(y, weights, mu, var + sigma**2),
            "You return the score of p(y). The clean estimate is y + sigma² · score.",
            "15, step 12",
        ),
    ],
    hints=[
        "What is p(y)? A Gaussian plus Gaussian noise is a Gaussian with variance var + sigma². "
        "So p(y) is a mixture, too.",
        "r = softmax(log w + log N(y | mu, var + sigma²)) over the components; score = sum of "
        "r (mu - y) / (var + sigma²); return y + sigma² · score.",
    ],
)

# ---- ROC AUC -----------------------------------------------------------------------------------


def auc_reference(normal: Tensor, anomalous: Tensor) -> Tensor:
    """Chance that a random anomaly scores higher than a random normal case; a tie counts half.

    normal: (N,), anomalous: (M,) scores, larger = stranger -> scalar in [0, 1]; guessing is 0.5.
    """
    gap = anomalous[:, None] - normal  # (M, N): all pairs
    return (gap > 0).to(normal).mean() + 0.5 * (gap == 0).to(normal).mean()


def _blind(f, rng) -> str | None:
    got = float(f(torch.ones(4, dtype=torch.double), torch.ones(3, dtype=torch.double)))
    if not abs(got - 0.5) < 1e-9:
        return f"a score that is the same for all knows nothing: 0.5, but you return {got:.3f}."
    return None


def _monotone(f, rng) -> str | None:
    normal, anomalous = _normal(rng, 9), _normal(rng, 7) + 1
    before, after = float(f(normal, anomalous)), float(f(normal.exp(), anomalous.exp()))
    if not abs(before - after) < 1e-9:
        return (
            f"only the order of the scores counts, but exp() of all of them changes yours from "
            f"{before:.3f} to {after:.3f}."
        )
    return None


def _perfect(f, rng) -> str | None:
    got = float(f(_d(0.1, 0.2, 0.3), _d(5.0, 7.0)))
    if not abs(got - 1) < 1e-9:
        return f"every anomaly scores above every normal case: 1.0, but you return {got:.3f}."
    return None


def _paired(normal: Tensor, anomalous: Tensor) -> Tensor:
    n = min(len(normal), len(anomalous))
    return (anomalous[:n] > normal[:n]).to(normal).mean()


def _best_accuracy(normal: Tensor, anomalous: Tensor) -> Tensor:
    cut = torch.cat([normal, anomalous]).mean()
    hits = (anomalous > cut).sum() + (normal <= cut).sum()
    return hits.to(normal) / (len(normal) + len(anomalous))


auc = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=auc_reference,
    cases=lambda rng: [
        (_d(1.0, 2.0, 2.0, 4.0), _d(2.0, 3.0, 5.0)),
        (_d(1.0, 1.0, 3.0), _d(1.0)),
        (_normal(rng, 3), _normal(rng, 3) + 0.5),
        (_normal(rng, 20), _normal(rng, 11) + 1),
    ],
    properties=[
        Property("0.5 for a blind score", _blind),
        Property("1 for a perfect score", _perfect),
        Property("only the order counts", _monotone),
    ],
    mistakes=[
        Mistake(
            "the other way round",
            lambda normal, anomalous: 1 - auc_reference(normal, anomalous),
            "You count how often a normal case scores above an anomaly. Larger means stranger: "
            "anomalies should win.",
            "15, step 14",
        ),
        Mistake(
            "ties lost",
            lambda normal, anomalous: (anomalous[:, None] > normal).to(normal).mean(),
            "A tie is decided by a coin: it counts one half. Yours count nothing.",
            "15, step 14",
        ),
        Mistake(
            "ties won",
            lambda normal, anomalous: (anomalous[:, None] >= normal).to(normal).mean(),
            "A tie is decided by a coin: it counts one half. Yours count in full.",
            "15, step 14",
        ),
        Mistake(
            "first against first",
            _paired,
            "You compared the first anomaly with the first normal case, the second with the "
            "second, ... All N x M pairs count.",
            "15, step 14",
        ),
        Mistake(
            "accuracy at one threshold",
            _best_accuracy,
            "You chose a threshold and counted hits. The AUC needs none: it looks at all pairs, "
            "and so at all thresholds.",
            "15, step 14",
        ),
        Mistake(
            "difference of the means",
            lambda normal, anomalous: anomalous.mean() - normal.mean(),
            "You compared the mean scores. That depends on the scale of the score; the AUC only "
            "on the order.",
            "15, step 14",
        ),
        Mistake(
            "number of pairs",
            lambda normal, anomalous: (
                auc_reference(normal, anomalous) * (len(normal) * len(anomalous))
            ),
            "You counted the pairs that the anomaly wins (that is Mann and Whitney's U). Divide "
            "by N x M.",
            "15, step 14",
        ),
    ],
    hints=[
        "Compare every anomaly with every normal case: anomalous[:, None] - normal is a table.",
        "The mean of (gap > 0), plus half the mean of (gap == 0).",
    ],
)
