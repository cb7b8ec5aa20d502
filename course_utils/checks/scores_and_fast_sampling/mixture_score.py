"""Exercise of lesson 42: the score of a noisy Gaussian mixture."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal, simplex

ABOUT = About(see="42, step 2", difficulty=3, minutes=10, gradient=False)
HINTS = (
    "Noise widens every component: its variance is std² + sigma². Then weigh the components' "
    "scores (mu - x) / variance with p(k | x), the softmax of the log joint densities.",
    "log w - D/2 log variance - |x - mu|² / (2 variance), shape (B, K); r = its softmax(1); "
    "return (r[..., None] * (mu - x[:, None]) / variance[:, None]).sum(1).",
)


def mixture_score(x: Tensor, sigma: float, weights: Tensor, mu: Tensor, std: Tensor) -> Tensor:
    """Gradient of log p_sigma at x: the mixture's density, with noise of sd sigma in it.

    x: (B, D), weights, std: (K,), mu: (K, D): round Gaussians -> (B, D).
    """
    variance = std**2 + sigma**2  # (K,): variances add
    towards = mu - x[:, None]  # (B, K, D)
    log_joint = weights.log() - x.shape[1] / 2 * variance.log()
    log_joint = log_joint - towards.square().sum(-1) / (2 * variance)
    r = log_joint.softmax(1)[..., None]  # (B, K, 1): p(k | x)
    return (r * towards / variance[:, None]).sum(1)


def cases(rng):
    yield d([1.0, 2.0]), 1.0, d(1.0), d([0.0, 0.0]), d(1.0)  # one component: -x / 2
    for n, dim, k, sigma in ((3, 2, 4, 0.8), (1, 3, 2, 0.5), (5, 1, 3, 1.7), (4, 3, 5, 0.0)):
        mu, std = 2 * normal(rng, k, dim), (0.5 * normal(rng, k)).exp()
        yield 2 * normal(rng, n, dim), sigma, simplex(rng, k), mu, std


def hard_cases(rng):
    mu = torch.tensor([[-4.0, 0.0], [3.0, 3.0], [3.0, -3.0]])
    weights, std = torch.tensor([0.6, 0.3, 0.1]), torch.tensor([0.7, 0.5, 0.3])
    yield 40 * normal(rng, 16, 2).float(), 0.02, weights, mu, std  # where every density is 0
    yield 4 * normal(rng, 512, 2).float(), 0.5, weights, mu, std


class Properties:
    def far_away_it_leads_back_to_the_middle(f, rng):
        x, mu = 1e6 * normal(rng, 3, 2), normal(rng, 4, 2)
        one = torch.ones(4).double()
        says = "1e6 away, with sigma = 1 and std = 1, the score is about -x / 2, here {right}; "
        says += "yours is {got}."
        got = torch.as_tensor(f(x, 1.0, one / 4, mu, one))
        if not got.isfinite().all() or (got == 0).any():
            says += " So far out each exp is 0 for the machine and 0 / 0 no number: compare the "
            says += "LOGARITHMS of the densities (a softmax of them weighs the components)."
        close(got, -x / 2, says, tol=1e-3)


def score(x, weights, mu, variance):
    """The score of a mixture with these variances."""
    return mixture_score(x, 0.0, weights, mu, variance.sqrt())


class Mistakes:
    def score_of_the_clean_density(x, sigma, weights, mu, std):
        """You left the noise out. At noise level sigma each variance is std² + sigma²."""
        return mixture_score(x, 0.0, weights, mu, std)

    def standard_deviations_added(x, sigma, weights, mu, std):
        """Standard deviations do not add up, variances do: std² + sigma²."""
        return score(x, weights, mu, (std + sigma) ** 2)

    def weights_instead_of_responsibilities(x, sigma, weights, mu, std):
        """You mixed the components' scores with their weights. At a given x they count with the
        probabilities p(k | x): a component that cannot have made this x has no say."""
        variance = (std**2 + sigma**2)[:, None]
        return (weights[:, None] * (mu - x[:, None]) / variance).sum(1)

    def responsibilities_without_the_height(x, sigma, weights, mu, std):
        """A narrow Gaussian is also a high one: log N has the term - D/2 log variance, which your
        responsibilities leave out."""
        variance = std**2 + sigma**2
        return score(x, weights * variance ** (x.shape[1] / 2), mu, variance)

    @named("the height of a bell in the plane")
    def height_in_two_dimensions(x, sigma, weights, mu, std):
        """In D dimensions a round Gaussian's height is (2 pi variance)^(-D/2): D/2 times the log of
        the variance. You have taken it once, which is right in the plane only."""
        variance = std**2 + sigma**2
        return score(x, weights * variance ** (x.shape[1] / 2 - 1), mu, variance)
