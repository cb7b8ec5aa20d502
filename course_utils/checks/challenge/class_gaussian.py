"""Exercise of lesson 01: fit a Gaussian to examples, and draw from it on k components."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, named, normal, uniform

ABOUT = About(see="01, step 2", difficulty=3, minutes=10, gradient=False)
HINTS = (
    "torch.cov wants a row a dimension; torch.linalg.eigh gives the largest eigenvalues last.",
    "values, vectors = torch.linalg.eigh(torch.cov(x.T)); keep the last k columns V; the samples "
    "are x.mean(0) + z @ V @ diag(sqrt(values)) @ V.T.",
)


def class_gaussian(x: Tensor, z: Tensor, k: int) -> Tensor:
    """Turn noise into samples of the Gaussian fitted to x, on its k largest components.

    x: (N, D) examples; z: (M, D) standard normal; 1 <= k <= D -> (M, D) samples,
    mean + z V diag(sqrt(values)) V^T: values are the k largest eigenvalues of the unbiased
    covariance (divided by N - 1), the columns of V their eigenvectors.
    """
    values, vectors = torch.linalg.eigh(torch.cov(x.T))  # the largest come last
    values, vectors = values[-k:].clamp(min=0), vectors[:, -k:]  # a rounded 0 may be -1e-9
    return x.mean(0) + z @ vectors @ values.sqrt().diag() @ vectors.T


def cases(rng):
    for n, m, dim, k in ((6, 1, 3, 1), (9, 4, 3, 2), (12, 3, 5, 5), (30, 2, 4, 3)):
        scale = torch.arange(1.0, dim + 1, dtype=torch.double)  # eigenvalues far from each other
        yield 2 + normal(rng, n, dim) * scale, normal(rng, m, dim), k


def hard_cases(rng):
    x = uniform(rng, 300, 16)
    x[:, ::4] = 0  # pixels that nobody ever inks
    yield x.float(), normal(rng, 50, 16).float(), 16


class Properties:
    def without_noise_the_mean_comes_out(f, rng):
        x = 3 + normal(rng, 10, 3)
        close(
            f(x, torch.zeros(2, 3, dtype=torch.double), 2),
            x.mean(0),
            "z = 0 gives the mean, {right}; yours gives {got}.",
        )

    @named("all components: the samples' covariance is the examples' own")
    def covariance(f, rng):
        x = normal(rng, 40, 3) @ normal(rng, 3, 3)
        z = 3**0.5 * torch.cat([torch.eye(3), -torch.eye(3)]).double()  # covariance 1, mean 0
        drawn = f(x, z, 3) - x.mean(0)
        close(
            drawn.T @ drawn / 6,
            torch.cov(x.T),
            "noise whose covariance is exactly 1 must come out with the examples' covariance: "
            "{right} is asked, yours is {got}.",
        )


def drawn(x, z, values, vectors):
    return x.mean(0) + z @ (vectors * values.clamp(min=0).sqrt()) @ vectors.T


class Mistakes:
    @named("the smallest components")
    def smallest(x, z, k):
        """You kept the first k columns. eigh sorts upwards: the largest eigenvalues come last."""
        values, vectors = torch.linalg.eigh(torch.cov(x.T))
        return drawn(x, z, values[:k], vectors[:, :k])

    def no_square_root(x, z, k):
        """You scaled by the eigenvalues. They are variances; noise is scaled by standard
        deviations, their square roots."""
        values, vectors = torch.linalg.eigh(torch.cov(x.T))
        return x.mean(0) + z @ (vectors[:, -k:] * values[-k:]) @ vectors[:, -k:].T

    def rows_for_columns(x, z, k):
        """You took rows of the matrix of eigenvectors. eigh puts each of them in a column."""
        values, vectors = torch.linalg.eigh(torch.cov(x.T))
        return drawn(x, z, values[-k:], vectors[-k:].T)

    @named("divided by N")
    def biased(x, z, k):
        """You divided the covariance by N. The unbiased one, of torch.cov, divides by N - 1."""
        values, vectors = torch.linalg.eigh(torch.cov(x.T, correction=0))
        return drawn(x, z, values[-k:], vectors[:, -k:])

    def all_components(x, z, k):
        """You drew on all components. Only the k largest take part."""
        return class_gaussian(x, z, x.shape[1])
