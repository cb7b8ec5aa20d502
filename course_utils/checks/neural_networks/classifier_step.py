"""Exercise of lesson 14: one update of a classifier, with a module and an optimiser."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import descend, equal
from course_utils.exercises.spec import About, expect, named, normal

ABOUT = About(see="14, step 4", difficulty=2, minutes=6, gradient=False)
HINTS = (
    "A loss, zero_grad, backward, step. Which of them must stand before which?",
    "loss = F.cross_entropy(net(x), y); opt.zero_grad(); loss.backward(); opt.step(). Return "
    "loss.detach().",
)


def classifier_step(net: nn.Module, opt: torch.optim.Optimizer, x: Tensor, y: Tensor) -> Tensor:
    """Make one update of a classifier on a batch: the mean cross-entropy falls along its gradient.

    net: (B, ...) -> (B, K) logits; x: (B, ...), y: (B,) long in 0..K-1. The optimiser steps once.
    -> the mean loss before the step, detached scalar, nats.
    """
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def reader(rng, batch, n_in, n_classes, dtype=torch.double):
    """A small net, its optimiser and a batch: a case."""
    net = nn.Sequential(nn.Linear(n_in, 5), nn.Tanh(), nn.Linear(5, n_classes)).to(dtype)
    for weight in net.parameters():
        weight.data = normal(rng, *weight.shape).to(dtype)
    opt = torch.optim.SGD(net.parameters(), lr=0.5)
    y = torch.randint(n_classes, (batch,), generator=rng)
    return net, opt, normal(rng, batch, n_in).to(dtype), y


def cases(rng):
    for batch, n_in, n_classes in ((3, 2, 4), (1, 3, 2), (5, 3, 2), (8, 2, 10)):
        yield reader(rng, batch, n_in, n_classes)


def hard_cases(rng):
    yield reader(rng, 64, 16, 10, torch.float)
    sure = reader(rng, 64, 16, 10, torch.float)
    sure[0][2].weight.data *= 1000  # some probabilities are 0 in float32
    yield sure


class Properties:
    @named("one step along the gradient of this batch alone")
    def moves(f, rng):
        mine = reader(rng, 5, 3, 4)
        start, right = copy.deepcopy(mine), copy.deepcopy(mine)  # net and optimiser together
        loss = f(*mine)
        says = "the loss you return still carries its graph: detach it."
        expect(not getattr(loss, "requires_grad", False), says)
        of_right = classifier_step(*right)
        expect(abs(float(loss) - of_right) < 1e-9, "the loss is not the mean cross-entropy.")
        says = "the net stands still: is zero_grad between backward and step, or step missing?"
        expect(not equal(mine[0], start[0]), says)
        says = "the loss is right, but the net has not moved by one step along its gradient."
        expect(equal(mine[0], right[0]), says)
        f(*mine[:2], mine[2] + 1, mine[3])
        classifier_step(*right[:2], mine[2] + 1, mine[3])
        says = "one update is right, but not the second: which gradients has the first one left?"
        expect(equal(mine[0], right[0]), says)


class Mistakes:
    @named("softmax twice")
    def softmax_twice(net, opt, x, y):
        """F.cross_entropy takes logits and applies the softmax itself. A softmax before it squeezes
        all scores into [0, 1]: the loss can no longer fall to 0, and gradients shrink."""
        return descend(opt, F.cross_entropy(net(x).softmax(-1), y))

    @named("a sum over the batch")
    def a_sum(net, opt, x, y):
        """You summed over the batch. The mean keeps the step's size the same for any batch."""
        return descend(opt, F.cross_entropy(net(x), y, reduction="sum"))

    @named("zero_grad forgotten")
    def no_zero_grad(net, opt, x, y):
        """backward ADDS to .grad. Without zero_grad a step also follows the gradients of all former
        batches."""
        opt.zero_grad = lambda: None
        return classifier_step(net, opt, x, y)

    @named("the loss after the step")
    def loss_after(net, opt, x, y):
        """You returned the loss of the net after its step. The loss that made the gradient is that
        before it, and needs no second pass."""
        descend(opt, F.cross_entropy(net(x), y))
        return F.cross_entropy(net(x), y).detach()

    @named("uphill")
    def uphill(net, opt, x, y):
        """The loss is the surprise: minus the log probability of the true class. Yours has the
        other sign, and the net unlearns."""
        return descend(opt, -F.cross_entropy(net(x), y))
