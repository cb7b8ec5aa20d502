"""Exercise of lesson 41: one training step of a diffusion model, with a net and an optimiser."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.diffusion.shared import left
from course_utils.checks.shared.training_steps import descend
from course_utils.exercises.spec import About, close, d, expect, named, normal
from course_utils.maths.diffusion import linear_schedule

ABOUT = About(see="41, step 7", difficulty=4, minutes=15, gradient=False)
HINTS = (
    "Algorithm 1: jump to x_t (each example with its own t), ask the net, compare with eps. Then "
    "the three lines of every training step, in their order.",
    "loss = ((net(x_t, t) - eps) ** 2).mean(); opt.zero_grad(); loss.backward(); opt.step(). "
    "Return loss.detach().",
)


def ddpm_step(
    net: nn.Module,
    opt: torch.optim.Optimizer,
    x_0: Tensor,
    t: Tensor,
    eps: Tensor,
    alpha_bars: Tensor,
) -> Tensor:
    """Do one training step (Ho et al. 2020, algorithm 1) and return its loss, detached.

    The loss is the mean over everything of (net(x_t, t) - eps)^2. net: (B, ...), (B,) -> (B, ...);
    x_0, eps: (B, ...), t: (B,) long, alpha_bars: (n_timesteps,) -> scalar.
    """
    alpha_bar = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))  # (B, 1, ..., 1)
    x_t = alpha_bar.sqrt() * x_0 + (1 - alpha_bar).sqrt() * eps
    loss = ((net(x_t, t) - eps) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


class Net(nn.Module):
    """A small net of both arguments. Its clock is fixed: nothing may move it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layer = nn.Linear(width, width)
        self.pace = nn.Parameter(d(0.1))
        self.clock = nn.Parameter(torch.linspace(-1, 1, 1000), requires_grad=False)

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        hand = self.clock[t].view(-1, *[1] * (x_t.ndim - 1))
        return self.layer(x_t) + self.pace * hand * x_t.sin()


def problem(rng, shape, t, dtype=torch.double):
    """A net, its optimiser and a batch: a case."""
    net = Net(shape[-1]).to(dtype)
    for weight in net.layer.parameters():
        weight.data = normal(rng, *weight.shape).to(dtype)
    opt = torch.optim.SGD(net.parameters(), lr=0.2)
    x_0, eps = (normal(rng, *shape).to(dtype) for _ in range(2))
    return net, opt, x_0 + 1, torch.tensor(t), eps, left().to(dtype)


def cases(rng):
    yield problem(rng, (1, 2), [3])
    yield problem(rng, (3, 4), [0, 2, 5])
    yield problem(rng, (2, 1, 4, 3), [5, 1])  # pictures
    yield problem(rng, (4, 3), [1, 1, 0, 3])


def hard_cases(rng):
    net, opt, x_0, _t, eps, _bars = problem(rng, (16, 1, 24, 28), [0] * 16, torch.float)
    yield net, opt, x_0, torch.arange(16) * 60, eps, linear_schedule(1000).alpha_bars.float()


def weights(net):
    """All weights of a net as one vector, trained or fixed."""
    return torch.cat([p.detach().flatten() for p in net.parameters()])


class Properties:
    @named("the net moves down the gradient of this loss, and nothing else moves")
    def moves(f, rng):
        mine = problem(rng, (3, 4), [0, 2, 5])
        start, right = copy.deepcopy(mine), copy.deepcopy(mine)  # net and optimiser together
        loss = f(*mine)
        ddpm_step(*right)
        says = "the loss you return still carries its graph: detach it."
        expect(not getattr(loss, "requires_grad", False), says)
        says = "the net stands still: does the optimiser step, after backward?"
        expect(not torch.equal(weights(mine[0]), weights(start[0])), says)
        says = "the loss is right, but a weight went to {got} instead of {right}: the net follows "
        says += "the gradient of this loss once, and what needs no gradient stays."
        close(weights(mine[0]), weights(right[0]), says)

    @named("a second step forgets the first")
    def second_step(f, rng):
        mine = problem(rng, (3, 4), [0, 2, 5])
        right = copy.deepcopy(mine)
        for shift in (0, 1, -1):
            f(*mine[:2], mine[2] + shift, *mine[3:])
            ddpm_step(*right[:2], right[2] + shift, *right[3:])
        says = "the first step is right, but not those behind it: after three a weight is {got}, "
        says += "not {right}. Which gradients has the first one left?"
        close(weights(mine[0]), weights(right[0]), says)


def noised(x_0, t, eps, alpha_bars):
    """x_t of every example."""
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    return a.sqrt() * x_0 + (1 - a).sqrt() * eps


class Mistakes:
    @named("zero_grad forgotten")
    def no_zero_grad(net, opt, x_0, t, eps, alpha_bars):
        """backward ADDS to .grad: without zero_grad each step follows the gradients of all former
        batches, too."""
        loss = ((net(noised(x_0, t, eps, alpha_bars), t) - eps) ** 2).mean()
        loss.backward()
        opt.step()
        return loss.detach()

    @named("a step without this batch's gradient")
    def too_early(net, opt, x_0, t, eps, alpha_bars):
        """opt.step() is missing, or stands where the gradients of this batch are not there: before
        backward, or after zero_grad. The order is zero_grad, backward, step."""
        loss = ((net(noised(x_0, t, eps, alpha_bars), t) - eps) ** 2).mean()
        opt.zero_grad()
        opt.step()
        loss.backward()
        return loss.detach()

    @named("no noise in the input", see="41, find the bug 2")
    def no_noise_in_the_input(net, opt, x_0, t, eps, alpha_bars):
        """The net sees the clean data and must guess noise that is not in it. Its input is x_t."""
        return descend(opt, F.mse_loss(net(x_0, t), eps))

    @named("the data as the target")
    def data_as_the_target(net, opt, x_0, t, eps, alpha_bars):
        """Your net learns to predict x_0. That can be made to work, but Algorithm 2 subtracts a
        predicted noise: the target is eps."""
        return descend(opt, F.mse_loss(net(noised(x_0, t, eps, alpha_bars), t), x_0))

    @named("the first example's t for all")
    def one_t_for_all(net, opt, x_0, t, eps, alpha_bars):
        """Every example gets the noise level of the first one. alpha_bars[t] has one entry an
        example, (B,); shape it to (B, 1, ..., 1)."""
        x_t = noised(x_0, t[:1].expand(len(t)), eps, alpha_bars)
        return descend(opt, F.mse_loss(net(x_t, t), eps))
