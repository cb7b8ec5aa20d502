"""Exercise of lesson 42: one step of DDIM, in the notation of lesson 41."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="42, step 5", difficulty=2, minutes=6, gradient=False)
HINTS = (
    "First the data that are guessed behind x_t, by the jump of lesson 41 solved for x_0. Then "
    "jump again, to the other noise level, with the SAME guess of the noise.",
    "x_0_hat = (x_t - sqrt(1 - left) eps_hat) / sqrt(left); return sqrt(left_next) x_0_hat + "
    "sqrt(1 - left_next) eps_hat.",
)


def ddim_step(x_t: Tensor, eps_hat: Tensor, left: Tensor, left_next: Tensor) -> Tensor:
    """One step of DDIM (Song et al. 2021, eq. 12 with sigma = 0), between any two noise levels.

    x_t, eps_hat: (B, ...); left, left_next: alpha_bar here and there, scalars; 1 is clean -> x.
    """
    x_0_hat = (x_t - (1 - left).sqrt() * eps_hat) / left.sqrt()
    return left_next.sqrt() * x_0_hat + (1 - left_next).sqrt() * eps_hat


def cases(rng):
    one = d(1.0)[0]
    yield d([1.0, -2.0]), d([0.5, 0.0]), 0.36 * one, 0.64 * one
    for shape, a, b in (((3, 2), 0.2, 0.5), ((2, 1, 4, 3), 0.7, 0.1), ((4, 3), 0.3, 1.0)):
        yield *normal(rng, 2, *shape), a * one, b * one


def hard_cases(rng):
    for a, b in ((4e-5, 2e-3), (0.9999, 1.0)):
        x_t, eps_hat = normal(rng, 2, 16, 28).float()
        yield x_t, eps_hat, torch.tensor(a), torch.tensor(b)


class Properties:
    def the_true_noise_leads_to_the_same_jump(f, rng):
        x_0, eps = normal(rng, 2, 3, 2)
        here, there = d(0.3)[0], d(0.8)[0]
        x_t = here.sqrt() * x_0 + (1 - here).sqrt() * eps
        right = there.sqrt() * x_0 + (1 - there).sqrt() * eps
        says = "told the true noise, a step from 0.3 to 0.8 lands where the jump of lesson 41 to "
        says += "0.8 does, at {right}; yours lands at {got}."
        close(f(x_t, eps, here, there), right, says)

    def a_step_to_the_same_level_stays(f, rng):
        x_t, eps_hat = normal(rng, 2, 3, 2)
        says = "where left_next = left nothing happens, {right}; yours is {got}."
        close(f(x_t, eps_hat, d(0.4)[0], d(0.4)[0]), x_t, says)


class Mistakes:
    def all_the_way_to_the_data(x_t, eps_hat, left, left_next):
        """That is the guess of x_0, all the noise taken away at once. Put the part of the noise
        back that belongs to left_next."""
        return (x_t - (1 - left).sqrt() * eps_hat) / left.sqrt()

    @named("no noise put back")
    def no_noise_back(x_t, eps_hat, left, left_next):
        """You scale the guess of x_0 but put no noise back: at left_next the picture still holds
        sqrt(1 - left_next) of it, the same eps_hat."""
        return left_next.sqrt() * (x_t - (1 - left).sqrt() * eps_hat) / left.sqrt()

    def roots_forgotten(x_t, eps_hat, left, left_next):
        """alpha_bar is a share of the variance: pictures and noise are multiplied by its root."""
        x_0_hat = (x_t - (1 - left) * eps_hat) / left
        return left_next * x_0_hat + (1 - left_next) * eps_hat

    @named("the mean of lesson 41's step")
    def ancestral_mean(x_t, eps_hat, left, left_next):
        """That is the mean of the step of Algorithm 2, which expects fresh noise on top. A step
        without noise takes less away."""
        alpha = left / left_next
        return (x_t - (1 - alpha) / (1 - left).sqrt() * eps_hat) / alpha.sqrt()

    @named("fresh noise put back")
    def fresh_noise(x_t, eps_hat, left, left_next):
        """You put NEW noise back. DDIM rolls no dice: the same noise that was taken out, eps_hat,
        goes back in, less of it."""
        x_0_hat = (x_t - (1 - left).sqrt() * eps_hat) / left.sqrt()
        return left_next.sqrt() * x_0_hat + (1 - left_next).sqrt() * torch.randn_like(x_t)
