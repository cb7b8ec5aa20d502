"""Exercise of lesson 23: the penalty that keeps a critic's slope near 1."""

import copy

import torch
from torch import Tensor, nn

from course_utils.exercises.spec import About, close, d, expect, named, normal, uniform

ABOUT = About(see="23, the critic", difficulty=3, minutes=12, gradient=False)
HINTS = (
    "The slope is asked between a real and a fake point, in the direction of the POINT, not of the "
    "weights. Which argument of torch.autograd.grad makes it possible to train through a slope?",
    "x_hat = (t * x + (1 - t) * fake).detach().requires_grad_(); (slope,) = torch.autograd.grad("
    "critic(x_hat).sum(), x_hat, create_graph=True); then (slope.norm(dim=-1) - 1).square().mean()",
)


def gradient_penalty(critic: nn.Module, x: Tensor, fake: Tensor, t: Tensor) -> Tensor:
    """Mean of (|slope| - 1)^2 at the points t x + (1 - t) fake (Gulrajani et al. 2017, eq. 3).

    x, fake: (..., B, F), t: (..., B, 1) in [0, 1]; critic: (..., B, F) -> (..., B, 1). The slope of
    a point is the gradient of its score by its F coordinates. -> scalar that can be descended.
    """
    x_hat = (t * x + (1 - t) * fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    return (slope.norm(dim=-1) - 1).square().mean()


def case(rng, *shape):
    """A small critic, and real points, fakes and mixing shares of this shape."""
    critic = nn.Sequential(nn.Linear(shape[-1], 5), nn.Tanh(), nn.Linear(5, 1)).double()
    for weight in critic.parameters():
        weight.data = normal(rng, *weight.shape)
    x, fake = normal(rng, *shape) + 1, normal(rng, *shape)
    return critic, x, fake, uniform(rng, *shape[:-1], 1)


def cases(rng):
    for shape in ((3, 2), (1, 3), (5, 3), (4, 6, 2)):
        yield case(rng, *shape)


def hard_cases(rng):
    critic, *points = case(rng, 5, 64, 2)
    yield critic.float(), *[v.float() for v in points]


class Properties:
    @named("a straight critic of slope 3 pays 4")
    def straight(f, rng):
        critic = nn.Linear(2, 1).double()
        critic.weight.data = d([3.0, 0.0])
        _, x, fake, t = case(rng, 7, 2)
        got = float(f(critic, x, fake, t))
        close(got, 4.0, "a critic of slope 3 pays (3 - 1)^2 = {right}, yours pays {got}.")

    @named("the critic can descend it")
    def trains(f, rng):
        critic, *points = case(rng, 6, 3)
        twin = copy.deepcopy(critic)
        gradient_penalty(twin, *points).backward()
        value = f(critic, *points)
        says = "your penalty is a number without a graph: the critic cannot learn from it. Ask for "
        expect(getattr(value, "requires_grad", False), says + "the slope with create_graph=True.")
        value.backward()
        for mine, right in zip(critic.parameters(), twin.parameters(), strict=True):
            if right.grad is not None:
                got = torch.zeros_like(right) if mine.grad is None else mine.grad
                says = "the gradient that your penalty sends into the critic is {got}, not {right}."
                close(got, right.grad, says)


def slopes(critic, x_hat):
    x_hat = x_hat.detach().requires_grad_()
    return torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)[0]


class Mistakes:
    @named("a slope without a graph")
    def no_graph(critic, x, fake, t):
        """The number is right, but it is a constant: without create_graph=True nothing leads back
        to the critic's weights, and the penalty punishes nobody."""
        return gradient_penalty(critic, x, fake, t).detach()

    @named("the slope's square held at 1")
    def squared(critic, x, fake, t):
        """You penalise (|slope|^2 - 1)^2. It has its minimum at the same place and a far steeper
        wall: take the norm, not its square."""
        return (slopes(critic, t * x + (1 - t) * fake).square().sum(-1) - 1).square().mean()

    @named("one norm for the whole batch")
    def whole_batch(critic, x, fake, t):
        """You took the norm of all slopes together. Every point has a slope of its own: norm over
        the last dimension, then the mean."""
        return (slopes(critic, t * x + (1 - t) * fake).norm() - 1).square()

    @named("asked at the real points", see="23, cure 2")
    def at_the_data(critic, x, fake, t):
        """You asked for the slope at the real points alone. The path from fake to real is where
        the generator must travel: ask at t x + (1 - t) fake."""
        return (slopes(critic, x).norm(dim=-1) - 1).square().mean()

    @named("held at 0", see="23, cure 2")
    def held_at_zero(critic, x, fake, t):
        """You penalise the slope's square itself. That holds the critic flat; its gap is a
        distance only where its slope is 1: (|slope| - 1)^2."""
        return slopes(critic, t * x + (1 - t) * fake).square().sum(-1).mean()
