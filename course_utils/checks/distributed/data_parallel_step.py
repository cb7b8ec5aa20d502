"""Exercise of lesson 82: one step of one of n processes that train as one."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.processes import Others, together
from course_utils.checks.shared.training_steps import equal
from course_utils.exercises.spec import About, expect, named, normal

ABOUT = About(see="82, step 3", difficulty=4, minutes=12, gradient=False)
HINTS = (
    "The loop of step 3 without the loop. When is the gradient complete, and when is it used?",
    "Between backward and step: for p in net.parameters(): all_reduce(p.grad), p.grad /= n. Then "
    "the same with the detached loss.",
)


def data_parallel_step(
    net: nn.Module, opt: torch.optim.Optimizer, x: Tensor, y: Tensor, all_reduce, n: int
) -> Tensor:
    """Take one step of one of n processes, which all have equally many rows and the same net.

    x: (B, D), y: (B,) labels: this process's rows. net(x) -> logits. all_reduce(t) turns a tensor
    into the sum over the processes, in place. -> mean loss of all rows, detached scalar, nats.
    """
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    for p in net.parameters():
        all_reduce(p.grad)
        p.grad /= n
    opt.step()
    mean = loss.detach().clone()
    all_reduce(mean)
    return mean / n


def member(rng, batch, n_in, n_classes, dtype=torch.double):
    """A small net, its optimiser and rows: what one process has."""
    net = nn.Sequential(nn.Linear(n_in, 5), nn.Tanh(), nn.Linear(5, n_classes)).to(dtype)
    for weight in net.parameters():
        weight.data = normal(rng, *weight.shape).to(dtype)
    opt = torch.optim.SGD(net.parameters(), lr=0.5, momentum=0.9)
    y = torch.randint(n_classes, (batch,), generator=rng)
    return net, opt, normal(rng, batch, n_in).to(dtype), y


def cases(rng):
    for batch, n_in, factor, n in ((3, 2, 1.5, 2), (1, 3, 5.0, 4), (5, 3, 2.0, 3), (4, 2, 1.0, 1)):
        yield *member(rng, batch, n_in, 4), Others(factor), n


def hard_cases(rng):
    yield *member(rng, 64, 16, 10, torch.float), Others(6.5), 8


def apart(members):
    """Names of the weights that differ between the first process and another one."""
    ours = dict(members[0][0].named_parameters())
    for net, *_ in members[1:]:
        for name, p in net.named_parameters():
            if not torch.allclose(p, ours[name], rtol=0, atol=1e-9):
                yield name


def three_and_one(f, rng, make_optimiser):
    """Two steps of three processes, and of one process with all rows."""
    net, _, x, y = member(rng, 12, 3, 4)
    start = (net, make_optimiser(net.parameters()))
    whole, members = copy.deepcopy(start), []
    for rows in torch.arange(12).split(4):
        members.append((*copy.deepcopy(start), x[rows], y[rows]))
    for step in (1, 2):
        error = together(f, members)
        expect(error is None, f"three processes, step {step}: one ends with {error!r}.")
        expect(not equal(members[0][0], start[0]), "the net stands still: which gradient is used?")
        data_parallel_step(*whole, x, y, Others(1), 1)
        names = ", ".join(dict.fromkeys(apart(members)))
        says = f"after step {step} three processes hold different weights ({names})."
        expect(not names, says + " What did not travel?")
        says = f"three processes agree, but not with one process on all rows (step {step})."
        expect(equal(members[0][0], whole[0]), says)


class Properties:
    @named("three processes are one with all rows")
    def one_with_all_rows(f, rng):
        attached = getattr(f(*member(rng, 5, 3, 4), Others(2.0), 2), "requires_grad", False)
        expect(not attached, "the loss you return still carries its graph: detach it.")
        three_and_one(f, rng, lambda weights: torch.optim.SGD(weights, lr=0.5, momentum=0.9))

    @named("and with Adam, too")
    def one_with_adam(f, rng):
        three_and_one(f, rng, lambda weights: torch.optim.Adam(weights, lr=0.1))


def with_gradients(net, opt, x, y, change):
    """A step in which ``change`` is called between backward and the optimiser's step."""
    loss = F.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    for p in net.parameters():
        change(p)
    opt.step()
    return loss.detach().clone()


def averaged(t, all_reduce, n):
    all_reduce(t)
    return t / n


class Mistakes:
    @named("summed, not averaged", see="82, find the bug")
    def summed(net, opt, x, y, all_reduce, n):
        """all_reduce gives the sum. Without the division the step is n times too long."""
        loss = with_gradients(net, opt, x, y, lambda p: all_reduce(p.grad))
        return averaged(loss, all_reduce, n)

    @named("each process steps alone")
    def alone(net, opt, x, y, all_reduce, n):
        """Your gradients do not meet before the step, so every process follows its own rows, and
        the nets drift apart. all_reduce belongs between backward and step."""
        return averaged(with_gradients(net, opt, x, y, lambda p: None), all_reduce, n)

    @named("the loss of one process only")
    def own_loss(net, opt, x, y, all_reduce, n):
        """The net moves right, but the loss you return is that of your own rows. Average it like
        the gradients."""

        def change(p):
            all_reduce(p.grad)
            p.grad /= n

        return with_gradients(net, opt, x, y, change)

    @named("zero_grad forgotten")
    def no_zero_grad(net, opt, x, y, all_reduce, n):
        """backward ADDS to .grad. Without zero_grad a step also follows the gradients of former
        steps."""
        opt.zero_grad = lambda: None
        return data_parallel_step(net, opt, x, y, all_reduce, n)
