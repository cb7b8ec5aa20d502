"""Exercise of laboratory 42b: from a guessed v to guessed data."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal, uniform

ABOUT = About(see="42b, step 4", difficulty=2, minutes=6, gradient=False)
HINTS = (
    "a = sqrt(left), b = sqrt(1 - left): x_t = a x_0 + b eps and v = a eps - b x_0. Two equations, "
    "two unknowns; a² + b² = 1.",
    "a x_t - b v = (a² + b²) x_0. Shape left from (B,) to (B, 1, ..., 1) first.",
)


def x_0_from_v(x_t: Tensor, v_hat: Tensor, left: Tensor) -> Tensor:
    """The data behind x_t, if v = sqrt(left) eps - sqrt(1 - left) x_0 is guessed (Salimans, Ho).

    x_t, v_hat: (B, ...), left: (B,), alpha_bar of each example -> (B, ...).
    """
    left = left.view(-1, *[1] * (x_t.ndim - 1))
    return left.sqrt() * x_t - (1 - left).sqrt() * v_hat


def cases(rng):
    yield d([1.0, -2.0]), d([0.5, 0.0]), d(0.36)
    for shape in ((3, 2), (2, 1, 4, 3), (1, 5), (5, 3)):
        yield *normal(rng, 2, *shape), uniform(rng, shape[0]) * 0.9 + 0.05


def hard_cases(rng):
    x_t, v_hat = normal(rng, 2, 16, 28).float()
    yield x_t, v_hat, torch.linspace(0, 1, 16)  # from nothing but noise to nothing but data


class Properties:
    def the_true_v_gives_the_data(f, rng):
        x_0, eps, left = normal(rng, 3, 2), normal(rng, 3, 2), d(0.1, 0.5, 0.9)
        a, b = left.sqrt()[:, None], (1 - left).sqrt()[:, None]
        says = "told the true v, you must return x_0, here {right}; yours is {got}."
        close(f(a * x_0 + b * eps, a * eps - b * x_0, left), x_0, says)


def rooted(left, x_t):
    """sqrt(left) and sqrt(1 - left), shaped like x_t."""
    left = left.view(-1, *[1] * (x_t.ndim - 1))
    return left.sqrt(), (1 - left).sqrt()


class Mistakes:
    def a_plus_for_a_minus(x_t, v_hat, left):
        """v holds MINUS sqrt(1 - left) x_0. Check with eps = 0: then x_t = a x_0 and v = -b x_0."""
        a, b = rooted(left, x_t)
        return a * x_t + b * v_hat

    @named("that is the noise")
    def the_noise(x_t, v_hat, left):
        """b x_t + a v is the guessed noise. The data are a x_t - b v."""
        a, b = rooted(left, x_t)
        return b * x_t + a * v_hat

    def read_as_guessed_noise(x_t, v_hat, left):
        """You treat v_hat as if it were eps_hat. They agree only where left is 1."""
        a, b = rooted(left, x_t)
        return (x_t - b * v_hat) / a

    def roots_forgotten(x_t, v_hat, left):
        """left and 1 - left are shares of the variance; x_t and v are mixed by their roots."""
        left = left.view(-1, *[1] * (x_t.ndim - 1))
        return left * x_t - (1 - left) * v_hat

    @named("the first example's level for all")
    def one_level(x_t, v_hat, left):
        """Every example gets the noise level of the first one. left has one entry an example."""
        return x_0_from_v(x_t, v_hat, left[:1].expand(len(x_t)))
