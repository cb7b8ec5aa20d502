"""Exercise of lesson 42: one training step of a denoiser that is told the noise level."""

import copy

import torch
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import descend, equal
from course_utils.exercises.spec import About, expect, named, normal

ABOUT = About(see="42, step 7", difficulty=3, minutes=10, gradient=False)
HINTS = (
    "Each example has its own sigma: shape it to (B, 1, ..., 1). x = x_0 + sigma eps goes in, x_0 "
    "should come out. Then the three lines of every training step, in their order.",
    "error = (net(x, sigma, y) - x_0) ** 2, times (1 / s**2 + 1 / sd**2), then the mean over "
    "everything; zero_grad, backward, step. Return loss.detach().",
)


def denoiser_step(
    net: nn.Module,
    opt: torch.optim.Optimizer,
    x_0: Tensor,
    y: Tensor,
    sigma: Tensor,
    eps: Tensor,
    sd: float,
) -> Tensor:
    """Do one training step of a denoiser and return its loss, detached.

    The loss: mean over everything of (1 / sigma^2 + 1 / sd^2) (net(x, sigma, y) - x_0)^2, where
    x = x_0 + sigma eps. x_0, eps: (B, ...), y: (B,) labels, sigma: (B,), sd: of the data -> scalar.
    """
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))  # (B, 1, ..., 1)
    error = (net(x_0 + s * eps, sigma, y) - x_0) ** 2
    loss = ((1 / s**2 + 1 / sd**2) * error).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


class Net(nn.Module):
    """A small net of all three arguments."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layer = nn.Linear(width, width)
        self.label = nn.Embedding(11, width)

    def forward(self, x: Tensor, sigma: Tensor, y: Tensor) -> Tensor:
        shape = (-1, *[1] * (x.ndim - 2), x.shape[-1])
        by_level = self.label(y) / (1 + sigma[:, None])
        return self.layer(x) + by_level.view(shape) * x.sin()


def problem(rng, shape, sigma, sd=0.7, dtype=torch.double):
    """A net, its optimiser and a batch: a case."""
    net = Net(shape[-1]).to(dtype)
    for weight in net.parameters():
        weight.data = normal(rng, *weight.shape).to(dtype)
    opt = torch.optim.SGD(net.parameters(), lr=0.02)
    x_0, eps = (normal(rng, *shape).to(dtype) for _ in range(2))
    y = torch.arange(len(sigma)) * 3 % 11
    return net, opt, x_0 + 1, y, torch.tensor(sigma, dtype=dtype), eps, sd


def cases(rng):
    yield problem(rng, (1, 2), [0.5])
    yield problem(rng, (3, 4), [0.3, 1.0, 4.0])
    yield problem(rng, (2, 1, 4, 3), [2.0, 0.4], 1.5)  # pictures
    yield problem(rng, (4, 3), [1.0, 1.0, 0.5, 3.0])


def hard_cases(rng):
    sigma = torch.linspace(-3, 3, 16).exp().tolist()
    yield problem(rng, (16, 1, 24, 28), sigma, dtype=torch.float)


class Properties:
    @named("the net moves down the gradient of this loss")
    def moves(f, rng):
        mine = problem(rng, (3, 4), [0.3, 1.0, 4.0])
        start, right = copy.deepcopy(mine), copy.deepcopy(mine)  # net and optimiser together
        loss = f(*mine)
        denoiser_step(*right)
        says = "the loss you return still carries its graph: detach it."
        expect(not getattr(loss, "requires_grad", False), says)
        says = "the net stands still: does the optimiser step, after backward?"
        expect(not equal(mine[0], start[0]), says)
        says = "the net has not gone where the gradient of the loss asked for leads: one step, "
        expect(equal(mine[0], right[0]), says + "along this gradient alone.")

    @named("a second step forgets the first")
    def second_step(f, rng):
        mine = problem(rng, (3, 4), [0.3, 1.0, 4.0])
        right = copy.deepcopy(mine)
        for shift in (0, 1, -1):
            f(*mine[:2], mine[2] + shift, *mine[3:])
            denoiser_step(*right[:2], right[2] + shift, *right[3:])
        says = "the first step is right, but not those behind it: which gradients has it left?"
        expect(equal(mine[0], right[0]), says)


def noised(x_0, sigma, eps):
    """Every example's sigma in the shape of the batch, and the noisy batch."""
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    return s, x_0 + s * eps


class Mistakes:
    @named("zero_grad forgotten")
    def no_zero_grad(net, opt, x_0, y, sigma, eps, sd):
        """backward ADDS to .grad: without zero_grad each step follows the gradients of all former
        batches, too."""
        s, x = noised(x_0, sigma, eps)
        loss = ((1 / s**2 + 1 / sd**2) * (net(x, sigma, y) - x_0) ** 2).mean()
        loss.backward()
        opt.step()
        return loss.detach()

    @named("the noise as the target", see="42, step 1")
    def noise_as_the_target(net, opt, x_0, y, sigma, eps, sd):
        """Your net is asked for the noise, as in lesson 41. A denoiser's answer is x_0."""
        s, x = noised(x_0, sigma, eps)
        return descend(opt, ((1 / s**2 + 1 / sd**2) * (net(x, sigma, y) - eps) ** 2).mean())

    @named("all levels weighed alike")
    def no_weight(net, opt, x_0, y, sigma, eps, sd):
        """An error of size sigma is no shame at level sigma, but here it counts in full: the high
        levels shout the low ones down. Multiply by 1 / sigma^2 + 1 / sd^2."""
        _, x = noised(x_0, sigma, eps)
        return descend(opt, ((net(x, sigma, y) - x_0) ** 2).mean())

    @named("lesson 41's mixture")
    def mixture(net, opt, x_0, y, sigma, eps, sd):
        """You mix data and noise as lesson 41 did. Here noise is added: x = x_0 + sigma eps."""
        s, x = noised(x_0, sigma, eps)
        x = x / (1 + s**2).sqrt()
        return descend(opt, ((1 / s**2 + 1 / sd**2) * (net(x, sigma, y) - x_0) ** 2).mean())

    @named("no noise in the input")
    def clean_input(net, opt, x_0, y, sigma, eps, sd):
        """The net sees the clean data: to return it is no art. Its input is x_0 + sigma eps."""
        s, _ = noised(x_0, sigma, eps)
        return descend(opt, ((1 / s**2 + 1 / sd**2) * (net(x_0, sigma, y) - x_0) ** 2).mean())
