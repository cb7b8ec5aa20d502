"""Exercise of lesson 15: the M-step of a Gaussian mixture."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from course_utils.exercises.spec import About, d, named, normal, simplex

ABOUT = About(see="15, step 4", difficulty=3, minutes=10, gradient=False)
HINTS = (
    "Everything is a weighted average with the weights r[:, k]. Their sum n_k = r.sum(0) is "
    "the size of a component.",
    "weights = n / N; mu = r.T @ x / n[:, None]; for each k: diff = x - mu[k], "
    "cov = (r[:, k, None] * diff).T @ diff / n[k]. Return the three as a tuple.",
)


def m_step(x: Tensor, r: Tensor) -> tuple[Tensor, Tensor, Tensor]:
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


def cases(rng):
    yield d([0.0], [1.0], [4.0]), d([1.0, 0.0], [0.5, 0.5], [0.0, 1.0])
    for n, width, k in ((3, 2, 4), (5, 3, 2), (2, 4, 3), (12, 2, 3)):
        yield normal(rng, n, width) + 2, simplex(rng, n, k)


def hard_cases(rng):
    x, r = torch.randn(500, 6, generator=rng), torch.randn(500, 4, generator=rng)
    yield x + 100, r.softmax(1)  # far from the origin
    yield x, one_hot(r.argmax(1), 4).float()  # hard shares


def scatter(x: Tensor, r: Tensor, centre: Tensor) -> Tensor:
    """Weighted sums of (x - c)(x - c)^T about the centres (K, D)."""
    diff = x[:, None] - centre
    return torch.einsum("nk,nkd,nke->kde", r, diff, diff)


class Mistakes:
    def means_divided_by_N(x, r):
        """You divided the weighted sums by N. Each mean belongs to n_k points, so divide by n_k;
        otherwise small components are pulled to the origin."""
        mu = r.T @ x / len(x)
        return r.mean(0), mu, scatter(x, r, mu) / r.sum(0)[:, None, None]

    def covariances_divided_by_N(x, r):
        """You divided each scatter matrix by N. It belongs to n_k points: divide by n_k."""
        weights, mu, cov = m_step(x, r)
        return weights, mu, cov * weights[:, None, None]

    def covariance_about_the_common_mean(x, r):
        """You subtracted the mean of all points. Each component spreads about its own mu_k."""
        weights, mu, _ = m_step(x, r)
        return weights, mu, scatter(x, r, x.mean(0).expand_as(mu)) / r.sum(0)[:, None, None]

    @named("n_k - 1 in the denominator")
    def n_k_minus_1_in_the_denominator(x, r):
        """You divided by n_k - 1. The bound's maximum has n_k; an unbiased estimate is not the aim
        here, and n_k may be smaller than 1."""
        weights, mu, _ = m_step(x, r)
        return weights, mu, scatter(x, r, mu) / (r.sum(0) - 1)[:, None, None]

    def hard_assignment(x, r):
        """You gave each point to its largest responsibility (k-means). Use the shares as
        weights."""
        return m_step(x, one_hot(r.argmax(1), r.shape[1]).to(x))
