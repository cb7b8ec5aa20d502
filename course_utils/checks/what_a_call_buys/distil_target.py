"""Exercise of laboratory 42b: what a student must answer to do a long way in one step."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal, uniform

ABOUT = About(see="42b, step 7", difficulty=3, minutes=8, gradient=False)
HINTS = (
    "One Euler step of the student: x_end = x + (sigma_end - sigma) (x - x_0_hat) / sigma. "
    "Everything but x_0_hat is known.",
    "Solve for it: x_0_hat = (sigma x_end - sigma_end x) / (sigma - sigma_end). The levels "
    "are (B,): shape them to (B, 1, ..., 1).",
)


def distil_target(x: Tensor, x_end: Tensor, sigma: Tensor, sigma_end: Tensor) -> Tensor:
    """The x_0_hat with which ONE Euler step from x at sigma lands on x_end at sigma_end.

    Salimans and Ho 2022, algorithm 2. x, x_end: (B, ...), sigma > sigma_end >= 0: (B,) -> (B, ...).
    """
    shape = (-1, *[1] * (x.ndim - 1))
    sigma, sigma_end = sigma.view(shape), sigma_end.view(shape)
    return (sigma * x_end - sigma_end * x) / (sigma - sigma_end)


def cases(rng):
    yield d([1.0, -2.0]), d([0.5, 0.0]), d(2.0), d(1.0)
    for shape in ((3, 2), (2, 1, 4, 3), (1, 5), (5, 3)):
        low = uniform(rng, shape[0])
        yield *normal(rng, 2, *shape), low + 0.5 + uniform(rng, shape[0]), low
    yield *normal(rng, 2, 4, 3), d(0.1, 1.0, 2.0, 3.0), torch.zeros(4).double()


def hard_cases(rng):
    x, x_end = normal(rng, 2, 16, 28).float()
    sigma = torch.linspace(0.5, 20, 16)
    yield 20 * x, x_end, sigma, sigma / 4


class Properties:
    def the_step_lands_there(f, rng):
        x, x_end, sigma, end = normal(rng, 3, 2), normal(rng, 3, 2), d(1.0, 2.0, 3.0), d(0.5, 0, 1)
        slope = (x - f(x, x_end, sigma, end)) / sigma[:, None]
        landed = x + (end - sigma)[:, None] * slope
        says = "an Euler step with your target must land on x_end, here {right}; it lands at {got}."
        close(landed, x_end, says)


def shaped(x, *levels):
    """The levels, shaped like x."""
    return [level.view(-1, *[1] * (x.ndim - 1)) for level in levels]


class Mistakes:
    @named("where the teacher arrives")
    def arrival(x, x_end, sigma, sigma_end):
        """x_end still holds noise of level sigma_end. The target is the clean picture at which the
        student's slope must point."""
        return x_end.clone()

    def the_slope_itself(x, x_end, sigma, sigma_end):
        """That is the slope (x_end - x) / (sigma_end - sigma). The data it points at are x - sigma
        times it."""
        a, b = shaped(x, sigma, sigma_end)
        return (x_end - x) / (b - a)

    def a_sign_slipped(x, x_end, sigma, sigma_end):
        """The slope is (x - x_0_hat) / sigma, so x_0_hat = x MINUS sigma times it."""
        a, b = shaped(x, sigma, sigma_end)
        return x + a * (x_end - x) / (b - a)

    def the_levels_exchanged(x, x_end, sigma, sigma_end):
        """You weigh x with sigma and x_end with sigma_end. At sigma_end = 0 the target must be
        x_end itself."""
        a, b = shaped(x, sigma, sigma_end)
        return (a * x - b * x_end) / (a - b)

    @named("the first example's levels for all")
    def one_level(x, x_end, sigma, sigma_end):
        """Every example gets the levels of the first one. They have one entry an example."""
        n = len(x)
        return distil_target(x, x_end, sigma[:1].expand(n), sigma_end[:1].expand(n))
