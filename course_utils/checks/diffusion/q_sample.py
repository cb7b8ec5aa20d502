"""Exercise of lesson 41: the whole chain of noise in one jump."""

import torch
from torch import Tensor

from course_utils.checks.diffusion.shared import left
from course_utils.exercises.spec import About, close, d, named, normal
from course_utils.maths.diffusion import linear_schedule

# the lesson keeps its schedule in float64 and compares to 9 digits and more
ABOUT = About(see="41, step 2", difficulty=2, minutes=5, gradient=False, tol=1e-9)
HINTS = (
    "alpha_bars[t] has shape (B,). To multiply images (B, C, H, W) it must be "
    "(B, 1, 1, 1): .view(-1, *[1] * (x_0.ndim - 1)).",
    "a.sqrt() * x_0 + (1 - a).sqrt() * eps, with the reshaped a.",
)


def q_sample(x_0: Tensor, t: Tensor, eps: Tensor, alpha_bars: Tensor) -> Tensor:
    """Jump from data to timestep t: sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps.

    x_0, eps: (B, ...), t: (B,) long, alpha_bars: (n_timesteps,) -> x_t (B, ...).
    """
    alpha_bar = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))  # (B, 1, ..., 1)
    return alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * eps


def cases(rng):
    yield d([1.0, -2.0]), torch.tensor([1]), d([0.5, 1.0]), d(0.9, 0.64, 0.36)
    for shape, t in (
        ((3, 2), [0, 2, 5]),
        ((2, 1, 4, 3), [5, 1]),
        ((3, 1, 2, 3), [4, 1, 0]),  # as wide as the batch is long
        ((5,), [0, 1, 3, 5, 5]),
    ):
        yield normal(rng, *shape), torch.tensor(t), normal(rng, *shape), left()


def hard_cases(rng):
    alpha_bars, t = linear_schedule(1000).alpha_bars.float(), torch.tensor([0, 1, 500, 999])
    x_0, eps = normal(rng, 2, 4, 1, 28, 28).float()
    yield x_0, t, eps, alpha_bars


class Properties:
    def variance_1_stays_variance_1(f, rng):
        one, t = torch.ones(3, 2).double(), torch.tensor([0, 2, 5])
        of_x_0, of_eps = f(one, t, 0 * one, left()), f(0 * one, t, one, left())
        says = "the squares of the factors of x_0 and eps must add up to 1; yours to {got}."
        close(of_x_0**2 + of_eps**2, 1, says)


def of(alpha_bars, t, x):
    """alpha_bar of every example, shaped to multiply x."""
    return alpha_bars[t].view(-1, *[1] * (x.ndim - 1))


class Mistakes:
    def no_square_roots(x_0, t, eps, alpha_bars):
        """You mixed with alpha_bar and 1 - alpha_bar. Those are shares of the variance; a variable
        is scaled by the square root of its share."""
        a = of(alpha_bars, t, x_0)
        return a * x_0 + (1 - a) * eps

    def the_root_of_the_noise_forgotten(x_0, t, eps, alpha_bars):
        """The factor of the data has its root, that of the noise has not."""
        a = of(alpha_bars, t, x_0)
        return a.sqrt() * x_0 + (1 - a) * eps

    @named("the data is not shrunk", see="41, step 1")
    def not_shrunk(x_0, t, eps, alpha_bars):
        """You added noise but kept all of x_0: the variance grows beyond 1, and the end of the
        chain is not N(0, 1). (A chain of that kind exists, with other formulas.)"""
        return x_0 + (1 - of(alpha_bars, t, x_0)).sqrt() * eps

    def the_product_taken_twice(x_0, t, eps, alpha_bars):
        """alpha_bars holds the products already: alpha_bar_t = alpha_0 · ... · alpha_t. You
        multiplied them up once more."""
        return q_sample(x_0, t, eps, alpha_bars.cumprod(0))

    @named("the first image's t for all")
    def one_t_for_all(x_0, t, eps, alpha_bars):
        """Every image gets the noise level of the first one. t has one entry an image:
        alpha_bars[t] has shape (B,), reshaped to (B, 1, ..., 1)."""
        return q_sample(x_0, t[:1].expand(len(t)), eps, alpha_bars)
