"""Exercise of lesson 11b: the Gaussian of largest likelihood."""

from torch import Tensor

from course_utils.exercises.spec import About, d, named, normal

ABOUT = About(see="11b, step 2", difficulty=2, minutes=5, gradient=False)
HINTS = (
    "Write the mean log-likelihood, differentiate with respect to mu, then with respect to "
    "sigma, and set both to zero.",
    "mu is the mean over dim 0; sigma is the root of the mean (not the sum) of (x - mu)^2.",
)


def gaussian_mle(x: Tensor) -> tuple[Tensor, Tensor]:
    """Maximum likelihood of one Gaussian per column. x: (N, D) -> mu (D,), sigma (D,).

    sigma is a standard deviation; its square divides by N (not N - 1).
    """
    mu = x.mean(0)
    sigma = ((x - mu) ** 2).mean(0).sqrt()
    return mu, sigma


def cases(rng):
    yield (d([1.0], [2.0], [6.0]),)
    yield (3 + 2 * normal(rng, 5, 2),)
    yield (d(0.5, 4.0, -1.0) + d(1.0, 3.0, 0.2) * normal(rng, 40, 3),)
    yield (d([2.0, -7.0]),)  # a single example has no width


def hard_cases(rng):
    yield (15 + 4 * normal(rng, 600, 1).float(),)
    x = d(10_000.0, -3.0, 0.5) + d(1.0, 0.01, 30.0) * normal(rng, 200, 3)
    yield (x.float(),)


class Mistakes:
    @named("n - 1 for n")
    def n_minus_1_for_n(x):
        """torch.std divides by N - 1 by default: unbiased for the variance, but not the maximum of
        the likelihood, which divides by N (correction=0)."""
        return x.mean(0), x.std(0)

    def the_variance_instead_of_the_standard_deviation(x):
        """You return sigma^2. The exercise asks for sigma, in the unit of x."""
        return x.mean(0), x.var(0, correction=0)

    def spread_around_zero_instead_of_around_the_mean(x):
        """sqrt(mean(x^2)) contains the mean itself, E[x^2] = sigma^2 + mu^2. Subtract mu first."""
        return x.mean(0), (x**2).mean(0).sqrt()

    @named("the squares added, not averaged")
    def squares_added(x):
        """Without the division by N the spread would grow with every new example."""
        return x.mean(0), ((x - x.mean(0)) ** 2).sum(0).sqrt()

    def the_mean_absolute_deviation(x):
        """That is the best width of a Laplace distribution. The Gaussian has squares in its
        exponent, so squares are averaged."""
        return x.mean(0), (x - x.mean(0)).abs().mean(0)
