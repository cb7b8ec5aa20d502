"""Exercise of lesson 42: one step of Heun's method along the probability-flow ODE."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, expect, named, normal

ABOUT = About(see="42, step 6", difficulty=3, minutes=10, gradient=False)
HINTS = (
    "slope = (x - denoise(x, sigma)) / sigma. Take Euler's step, ask for the slope where it "
    "ends, and walk again FROM x with the mean of the two slopes.",
    "At sigma_next = 0 the second slope would be 0 / 0: return Euler's step there. Two network "
    "calls a step, one at the last.",
)


def heun_step(denoise, x: Tensor, sigma: float, sigma_next: float) -> Tensor:
    """One step of Heun's method along dx/dsigma = (x - denoise(x, sigma)) / sigma.

    denoise(x, sigma) -> x_0_hat; x: (B, ...). To sigma_next = 0 it is Euler's step -> (B, ...).
    """
    slope = (x - denoise(x, sigma)) / sigma
    euler = x + (sigma_next - sigma) * slope
    if sigma_next == 0:
        return euler
    slope_there = (euler - denoise(euler, sigma_next)) / sigma_next
    return x + (sigma_next - sigma) * (slope + slope_there) / 2


def bent(x, sigma):
    """A denoiser that is no straight line in x."""
    return x / (1 + sigma**2) + 0.3 * torch.sin(x + sigma)


def cases(rng):
    yield bent, d([1.0, -2.0]), 2.0, 1.0
    for shape, a, b in (((3, 2), 3.0, 0.5), ((2, 1, 4, 3), 0.7, 0.2), ((1, 4), 0.5, 0.0)):
        yield bent, normal(rng, *shape), a, b
    yield bent, normal(rng, 2, 3), 1e-3, 2e-4  # low, but not yet the end


def hard_cases(rng):
    yield bent, 20 * normal(rng, 16, 28).float(), 20.0, 15.0
    yield bent, normal(rng, 16, 28).float(), 0.02, 0.0
    at = torch.tensor([2.0, 1.0, 0.0])  # levels come as tensors, too
    yield bent, normal(rng, 5, 3).float(), at[0], at[1]
    yield bent, normal(rng, 5, 3).float(), at[1], at[2]


class Properties:
    def two_calls_a_step_one_at_the_end(f, rng):
        for sigma_next, right in ((1.0, 2), (0.0, 1)):
            calls = []

            def counted(x, sigma, calls=calls):
                calls.append(float(sigma))
                return bent(x, sigma)

            f(counted, normal(rng, 3, 2), 2.0, sigma_next)
            says = f"a step to sigma_next = {sigma_next:g} calls the network {right} times (once "
            says += f"at each end, but never at 0); yours asked at sigma = {calls}."
            expect(len(calls) == right, says)

    def halving_the_step_divides_the_error_by_eight(f, rng):
        x, sd = normal(rng, 3, 2), 0.5  # one Gaussian, where the way is known

        def denoise(x, sigma):
            return x * sd**2 / (sd**2 + sigma**2)

        errors = []
        for h in (0.02, 0.01):
            exact = x * ((sd**2 + (1 - h) ** 2) / (sd**2 + 1)) ** 0.5
            errors.append((f(denoise, x, 1.0, 1 - h) - exact).abs().mean())
        says = "half the step, an eighth of the error (or less): that is second order. Yours "
        ratio = errors[0] / errors[1]
        expect(ratio > 7.5, says + f"divides it by {ratio:.3g}.")


class Mistakes:
    @named("Euler's step")
    def euler(denoise, x, sigma, sigma_next):
        """That is Euler's step: one slope, taken at the beginning. Heun asks again at the end."""
        return x + (sigma_next - sigma) * (x - denoise(x, sigma)) / sigma

    def both_slopes_added(denoise, x, sigma, sigma_next):
        """You walk with the sum of the two slopes, twice as far. Take their mean."""
        mean = heun_step(denoise, x, sigma, sigma_next)
        return mean if sigma_next == 0 else 2 * mean - x

    def the_second_slope_from_the_old_level(denoise, x, sigma, sigma_next):
        """Where Euler's step ends, the noise level is sigma_next: ask the network there, and divide
        by sigma_next."""
        slope = (x - denoise(x, sigma)) / sigma
        euler = x + (sigma_next - sigma) * slope
        there = (euler - denoise(euler, sigma)) / sigma
        return euler if sigma_next == 0 else x + (sigma_next - sigma) * (slope + there) / 2

    def the_mean_slope_from_the_end(denoise, x, sigma, sigma_next):
        """The corrected step begins at x again, not at the end of Euler's step: that was only a
        trial."""
        slope, there, euler = both(denoise, x, sigma, sigma_next)
        return euler if sigma_next == 0 else euler + (sigma_next - sigma) * (slope + there) / 2

    def no_care_for_the_end(denoise, x, sigma, sigma_next):
        """At sigma_next = 0 you divide by 0: there is no slope to ask for. Return Euler's step
        there, before the second call."""
        slope, there, _ = both(denoise, x, sigma, sigma_next)
        return x + (sigma_next - sigma) * (slope + there) / 2


def both(denoise, x, sigma, sigma_next):
    """The slope here, the one at the end of Euler's step, and that end; two calls."""
    slope = (x - denoise(x, sigma)) / sigma
    euler = x + (sigma_next - sigma) * slope
    return slope, (euler - denoise(euler, sigma_next)) / sigma_next, euler
