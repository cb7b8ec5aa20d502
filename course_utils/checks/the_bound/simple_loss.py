"""Exercise of lesson 41b: the loss that trains a diffusion model."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.diffusion.q_sample import of, q_sample
from course_utils.checks.diffusion.shared import left
from course_utils.exercises.spec import About, close, d, named, normal
from course_utils.maths.diffusion import linear_schedule

ABOUT = About(see="41b, step 5", difficulty=2, minutes=5)
HINTS = (
    "First make x_t with the closed form (q_sample). What does the net get, what should it find?",
    "((net(x_t, t) - eps) ** 2).mean()",
)


def simple_loss(net, x_0: Tensor, t: Tensor, eps: Tensor, alpha_bars: Tensor) -> Tensor:
    """Mean squared error of the predicted noise. x_0, eps: (B, ...), t: (B,) long -> scalar.

    net(x_t, t) -> eps_hat (B, ...); alpha_bars: (n_timesteps,). The mean runs over everything.
    """
    alpha_bar = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    x_t = alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * eps
    return ((net(x_t, t) - eps) ** 2).mean()


class Net(nn.Module):
    """Some function of both arguments, with two weights to train."""

    def __init__(self) -> None:
        super().__init__()
        self.slope, self.pace = nn.Parameter(d(0.5)), nn.Parameter(d(0.1))

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        t = t.to(x_t.dtype).view(-1, *[1] * (x_t.ndim - 1))
        return self.slope * x_t + self.pace * t * x_t.sin()


def cases(rng):
    yield Net(), d([1.0, -2.0]), torch.tensor([1]), d([0.5, 1.0]), d(0.64, 0.36)
    for shape, t in (((3, 4), [0, 2, 5]), ((2, 1, 4, 3), [5, 1]), ((4, 3), [1, 1, 0, 3])):
        yield Net(), normal(rng, *shape), torch.tensor(t), normal(rng, *shape), left()


def hard_cases(rng):
    alpha_bars, t = linear_schedule(1000).alpha_bars.float(), torch.arange(16) ** 2
    x_0, eps = normal(rng, 2, 16, 1, 28, 28).float()
    yield Net().float(), x_0, t, eps, alpha_bars


class Properties:
    @named("0 for a net that finds the noise")
    def finds_the_noise(f, rng):
        x_0, eps = normal(rng, 2, 3, 2)
        a, t = left()[[0, 2, 5], None], torch.tensor([0, 2, 5])
        got = f(lambda x_t, t: (x_t - a.sqrt() * x_0) / (1 - a).sqrt(), x_0, t, eps, left())
        close(got, 0, "a net that finds the noise exactly has loss 0; yours gives it {got}.")


class Mistakes:
    def the_image_as_the_target(net, x_0, t, eps, alpha_bars):
        """Your net learns to predict x_0. That works too, but the sampler of this lesson subtracts
        a predicted noise: the target is eps."""
        return F.mse_loss(net(q_sample(x_0, t, eps, alpha_bars), t), x_0)

    @named("no noise in the input", see="41, find the bug 2")
    def no_noise_in_the_input(net, x_0, t, eps, alpha_bars):
        """The net sees the clean image and must guess noise that is not in it. Its input is
        x_t."""
        return F.mse_loss(net(x_0, t), eps)

    def summed_over_pixels(net, x_0, t, eps, alpha_bars):
        """You summed over the pixels and averaged over the batch, as the bound does. The simple
        loss here is a mean over everything."""
        error = net(q_sample(x_0, t, eps, alpha_bars), t) - eps
        return error.square().flatten(1).sum(1).mean()

    @named("no square roots", see="41, step 2")
    def no_square_roots(net, x_0, t, eps, alpha_bars):
        """x_t was mixed with alpha_bar and 1 - alpha_bar instead of their square roots."""
        a = of(alpha_bars, t, x_0)
        return F.mse_loss(net(a * x_0 + (1 - a) * eps, t), eps)

    def absolute_instead_of_squared_error(net, x_0, t, eps, alpha_bars):
        """The absolute error leads to a median; the derivation, and the sampler, want the mean of
        the noise given x_t, which the squared error finds."""
        return F.l1_loss(net(q_sample(x_0, t, eps, alpha_bars), t), eps)
