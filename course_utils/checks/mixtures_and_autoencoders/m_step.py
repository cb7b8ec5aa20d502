"""Lesson 15: Weights, means and covariances that maximise the bound for given responsibiliti"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="15, step 4", difficulty=3, minutes=10)
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
    return [
        (d([0.0, 0.0], [1.0, 0.0], [3.0, 2.0]), d([0.9, 0.1], [0.6, 0.4], [0.2, 0.8])),
        (normal(rng, 1, 2), _shares(rng, 1, 2)),
        (normal(rng, 3, 3) + 2, _shares(rng, 3, 2)),
        (normal(rng, 12, 2) - 1, _shares(rng, 12, 3)),
    ]


def _shares(rng: torch.Generator, n: int, k: int) -> Tensor:
    return (2 * normal(rng, n, k)).softmax(1)


def _cov_about(x: Tensor, r: Tensor, centre: Tensor) -> Tensor:
    """Weighted covariances about given centres (K, D), divided by the components' sizes."""
    diff = x[:, None] - centre
    return torch.einsum("nk,nkd,nke->kde", r, diff, diff) / r.sum(0)[:, None, None]


def _changed(**changes):
    """The reference's answer with some of its three parts computed otherwise."""

    def answer(x, r):
        parts = dict(zip(("weights", "mu", "cov"), m_step(x, r), strict=True))
        parts |= {name: change(x, r, *parts.values()) for name, change in changes.items()}
        return tuple(parts.values())

    return answer


class Properties:
    def the_weights_sum_to_1(f, rng):
        total = float(f(normal(rng, 6, 2), _shares(rng, 6, 3))[0].sum())
        if abs(total - 1) > 1e-9:
            raise Fails(f"the weights must sum to 1; yours sum to {total:.4f}.")

    @named("one component: mean and covariance of all")
    def one_component_mean_and_covariance_of_all(f, rng):
        x = normal(rng, 7, 2)
        _, mu, cov = f(x, torch.ones(7, 1, dtype=torch.double))
        right = torch.cov(x.T, correction=0)
        if not (mu[0] - x.mean(0)).abs().max() < 1e-9:
            raise Fails("with one component mu is the mean of all points; yours is not.")
        if not (cov[0] - right).abs().max() < 1e-9:
            raise Fails(
                "with one component cov is the (biased) covariance of all points, its first entry "
                f"{float(right[0, 0]):.4f}; you return {float(cov[0].flatten()[0]):.4f}."
            )

    def covariances_do_not_feel_a_shift(f, rng):
        x, r = normal(rng, 8, 2), _shares(rng, 8, 2)
        change = float((f(x + 5, r)[2] - f(x, r)[2]).abs().max())
        if not change < 1e-6:
            raise Fails(
                f"moving all points by 5 must not change a covariance; yours moves by {change:.3g}."
            )


class Mistakes:
    def weights_not_divided_by_N(x, r):
        """Your weights are the sizes n_k; they sum to N. A weight is the share n_k / N."""
        return (_changed(weights=lambda x, r, weights, mu, cov: r.sum(0)))(x, r)

    def means_divided_by_N(x, r):
        """You divided the weighted sums by N. Each mean belongs to n_k points, so divide by n_k;
        otherwise small components are pulled to the origin."""
        return (_changed(mu=lambda x, r, weights, mu, cov: r.T @ x / len(x)))(x, r)

    def covariances_divided_by_N(x, r):
        """You divided each scatter matrix by N. It belongs to n_k points: divide by n_k."""
        return (_changed(cov=lambda x, r, weights, mu, cov: cov * weights[:, None, None]))(x, r)

    def covariance_about_the_common_mean(x, r):
        """You subtracted the mean of all points. Each component spreads about its own mu_k."""
        return (
            _changed(
                cov=lambda x, r, weights, mu, cov: _cov_about(x, r, x.mean(0).expand_as(mu)),
            )
        )(x, r)

    def second_moment_instead_of_covariance(x, r):
        """You averaged x xᵀ without subtracting the mean: that is cov + mu muᵀ."""
        return (
            _changed(
                cov=lambda x, r, weights, mu, cov: _cov_about(x, r, torch.zeros_like(mu)),
            )
        )(x, r)

    def diagonal_only(x, r):
        """You kept the variances and dropped the covariances. A full matrix lets a component lie
        slantwise."""
        return (
            _changed(
                cov=lambda x, r, weights, mu, cov: torch.diag_embed(cov.diagonal(dim1=-2, dim2=-1))
            )
        )(x, r)

    @named("n_k - 1 in the denominator")
    def n_k_1_in_the_denominator(x, r):
        """You divided by n_k - 1. The bound's maximum has n_k; an unbiased estimate is not the aim
        here, and n_k may be smaller than 1."""
        return (
            _changed(
                cov=lambda x, r, weights, mu, cov: cov * (r.sum(0) / (r.sum(0) - 1))[:, None, None],
            )
        )(x, r)

    def hard_assignment(x, r):
        """You gave each point to its largest responsibility (k-means). Use the shares as weights."""
        return m_step(x, torch.nn.functional.one_hot(r.argmax(1), r.shape[1]).to(x))
