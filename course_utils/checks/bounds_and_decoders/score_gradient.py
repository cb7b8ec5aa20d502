"""Exercise of laboratory 31b: a slope that needs no derivative of what is averaged."""

import math

from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="31b, step 2", difficulty=3, minutes=8, gradient=False)
HINTS = (
    "grad E_q[f] = E_q[f(z) · grad log q(z)]. What is the slope of log N(z | mu, sigma²) in mu?",
    "score = (z - mu) / logvar.exp(); then (values[:, None] * score).mean(0).",
)


def score_gradient(values: Tensor, z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """Score-function (REINFORCE) estimate of the gradient of E[f(z)] with respect to mu.

    values: (N,) f at each draw; z: (N, Z) draws of N(mu, exp(logvar)); mu, logvar: (Z,) -> (Z,).
    """
    score = (z - mu) / logvar.exp()  # (N, Z): gradient of log q(z) with respect to mu
    return (values[:, None] * score).mean(0)


def draws(rng, n, n_units):
    """A case of n draws, with f(z) = |z|² - 1."""
    mu, logvar, eps = normal(rng, n_units), normal(rng, n_units), normal(rng, n, n_units)
    z = mu + (0.5 * logvar).exp() * eps
    return z.square().sum(1) - 1, z, mu, logvar


def cases(rng):
    yield d(2.0, -1.0), d([2.5], [-1.5]), d(0.5), d(math.log(4))
    for n, n_units in ((1, 3), (3, 2), (2, 4), (50, 3)):
        yield draws(rng, n, n_units)


def hard_cases(rng):
    yield tuple(t.float() for t in draws(rng, 20_000, 2))
    yield tuple(t.float() for t in draws(rng, 100, 200))
    mu, logvar = d(0.3, -0.2), d(-9.2, 4.0)  # a variance of 1e-4
    z = mu + (0.5 * logvar).exp() * normal(rng, 30, 2)
    yield tuple(t.float() for t in (normal(rng, 30), z, mu, logvar))


class Properties:
    @named("slope 1 for f(z) = z, slope 2 mu for f(z) = z²")
    def two_draws(f, rng):
        z = d([-0.5], [3.5])
        for power, right in ((1, 1.0), (2, 3.0)):
            got = f(z[:, 0] ** power, z, d(1.5), d(2 * math.log(2)))
            says = f"for f(z) = z^{power} and draws 1.5 ± 2 it is {{right}} exactly; yours {{got}}."
            close(got, right, says)


class Mistakes:
    @named("divided by sigma, not by its square")
    def divided_by_sigma(values, z, mu, logvar):
        """log q holds (z - mu)² / (2 sigma²); its slope is (z - mu) / sigma²."""
        return (values[:, None] * (z - mu) / (0.5 * logvar).exp()).mean(0)

    def product_of_two_means(values, z, mu, logvar):
        """You multiplied two averages. Each draw's score goes with its own value: multiply first,
        then average."""
        return values.mean() * ((z - mu) / logvar.exp()).mean(0)

    def slope_by_logvar(values, z, mu, logvar):
        """That is the slope with respect to logvar. With respect to mu the score is (z - mu) /
        sigma²."""
        return (values[:, None] * 0.5 * ((z - mu) ** 2 / logvar.exp() - 1)).mean(0)

    @named("log q instead of its slope")
    def log_q(values, z, mu, logvar):
        """You weighted each value with log q itself. The estimator needs the slope of log q in mu:
        (z - mu) / sigma²."""
        log_q = -0.5 * ((z - mu) ** 2 / logvar.exp() + logvar + math.log(2 * math.pi))
        return (values[:, None] * log_q).mean(0)

    @named("a baseline from the same draws")
    def baseline(values, z, mu, logvar):
        """You subtracted the mean value of the very draws it is used on: 0 for a single draw, and
        too small by 1/N on average. Here plain f(z) is asked."""
        return score_gradient(values - values.mean(), z, mu, logvar)
