"""Exercise of lesson 27: one update of a classifier on real and added examples."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import descend, equal
from course_utils.exercises.spec import About, close, expect, named, normal

ABOUT = About(see="27, step 1", difficulty=2, minutes=10, gradient=False)
HINTS = (
    "Two means, one of the real and one of the added examples. The share weighs the means, however "
    "many examples stand behind each of them.",
    "(1 - share) * F.cross_entropy(net(x), y) + share * F.cross_entropy(net(x_more), y_more), then "
    "zero_grad, backward, step.",
)


def mixed_step(
    net: nn.Module,
    opt: torch.optim.Optimizer,
    x: Tensor,
    y: Tensor,
    x_more: Tensor,
    y_more: Tensor,
    share: float,
) -> Tensor:
    """Take one step of a classifier on real and added examples -> its loss, detached, nats.

    net: (B, ...) -> (B, K) logits; x, y: real examples and labels (B,); x_more, y_more: (M,) added
    ones. The loss is (1 - share) times the mean over the real, plus share times that over the
    added. The added examples are constants: nothing moves but net.
    """
    logits = net(torch.cat([x, x_more.detach()]))  # one pass: batch norm sees both
    real = F.cross_entropy(logits[: len(x)], y)
    added = F.cross_entropy(logits[len(x) :], y_more)
    loss = (1 - share) * real + share * added
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def example(rng, batch, n_more, width, share, dtype=torch.double):
    """A small classifier, its optimiser, real and added examples: a case."""
    net = nn.Sequential(nn.Linear(width, 5), nn.Tanh(), nn.Linear(5, 4)).to(dtype)
    for weight in net.parameters():
        weight.data = normal(rng, *weight.shape).to(dtype)
    opt = torch.optim.SGD(net.parameters(), lr=0.5)
    x, x_more = normal(rng, batch, width).to(dtype), normal(rng, n_more, width).to(dtype) + 1
    y = torch.randint(4, (batch,), generator=rng)
    return net, opt, x, y, x_more, torch.randint(4, (n_more,), generator=rng), share


def cases(rng):
    for batch, n_more, width, share in ((3, 4, 2, 0.25), (1, 5, 3, 0.5), (6, 2, 3, 0.75)):
        yield example(rng, batch, n_more, width, share)


def hard_cases(rng):
    yield example(rng, 32, 64, 16, 0.5, torch.float)


class Properties:
    @named("a share of 0 is the step on the real examples alone")
    def no_share(f, rng):
        net, opt, x, y, x_more, y_more, _ = example(rng, 4, 6, 3, 0.0)
        right = F.cross_entropy(net(x), y).item()
        got = torch.as_tensor(f(net, opt, x, y, x_more, y_more, 0.0)).detach()
        close(got, right, "with share 0 the loss is {right}, yours is {got}.")

    @named("the net moves by its loss, and by that alone")
    def moves(f, rng):
        mine = example(rng, 4, 6, 3, 0.25)
        start, right = copy.deepcopy(mine), copy.deepcopy(mine)
        loss = f(*mine)
        attached = getattr(loss, "requires_grad", False)
        expect(not attached, "the loss you return still carries its graph: detach it.")
        mixed_step(*right)
        says = "the net stands still: does the loss reach it, and does opt step?"
        expect(not equal(mine[0], start[0]), says)
        says = "the net moves by another gradient than its loss's."
        expect(equal(mine[0], right[0], 1e-6), says)
        f(*mine)
        mixed_step(*right)
        says = "one step is right, but not the second: which gradients has the first one left?"
        expect(equal(mine[0], right[0], 1e-6), says)


class Mistakes:
    @named("one mean over all examples")
    def one_mean(net, opt, x, y, x_more, y_more, share):
        """You took one mean over all examples, so the count of the added ones decides their
        weight, not share. Take two means, and weigh them."""
        logits = net(torch.cat([x, x_more]))
        return descend(opt, F.cross_entropy(logits, torch.cat([y, y_more])))

    @named("the share on the wrong side")
    def wrong_side(net, opt, x, y, x_more, y_more, share):
        """Your share weighs the real examples. It belongs to the added ones."""
        return mixed_step(net, opt, x_more, y_more, x, y, share)

    @named("the added examples on top")
    def on_top(net, opt, x, y, x_more, y_more, share):
        """You left the real examples at weight 1 and put the added ones on top. The weights must
        sum to 1, or a larger share is a larger learning rate, too."""
        loss = F.cross_entropy(net(x), y) + share * F.cross_entropy(net(x_more), y_more)
        return descend(opt, loss)

    @named("nothing is trained")
    def no_step(net, opt, x, y, x_more, y_more, share):
        """You computed the loss and went on. Without zero_grad, backward and step a loop over it
        trains nothing, however long it runs."""
        loss = (1 - share) * F.cross_entropy(net(x), y)
        return (loss + share * F.cross_entropy(net(x_more), y_more)).detach()

    @named("gradients of the former step")
    def no_zero_grad(net, opt, x, y, x_more, y_more, share):
        """You never call zero_grad: each step adds its gradient to those of all steps before."""
        loss = (1 - share) * F.cross_entropy(net(x), y)
        loss = loss + share * F.cross_entropy(net(x_more), y_more)
        loss.backward()
        opt.step()
        return loss.detach()
