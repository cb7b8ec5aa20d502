"""Exercise of lesson 81: one training step whose batch is cut into micro-batches."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import equal
from course_utils.exercises.spec import About, close, expect, named, normal

ABOUT = About(see="81, step 8", difficulty=4, minutes=12, gradient=False)
HINTS = (
    "zero_grad once, before; step once, after. Between them a loop: loss of the part, backward. "
    "By which share must a part's mean loss be weighted?",
    "for part, wanted in zip(x.split(size), y.split(size)): "
    "loss = len(part) / len(x) * F.cross_entropy(net(part), wanted); loss.backward()",
)


def accumulated_step(
    net: nn.Module, opt: torch.optim.Optimizer, x: Tensor, y: Tensor, size: int
) -> Tensor:
    """Take one step on the mean loss of a batch, with at most ``size`` examples at a time.

    net: (B, D) -> (B, V) logits; x: (B, D), y: (B,) long, the classes; the last micro-batch may be
    shorter. The graph of each is let go of before the next one is made.
    -> the mean cross-entropy of all B examples before the step, a detached scalar, nats.
    """
    opt.zero_grad()
    total = torch.zeros((), dtype=x.dtype, device=x.device)
    for part, wanted in zip(x.split(size), y.split(size), strict=True):
        share = len(part) / len(x)
        loss = share * F.cross_entropy(net(part), wanted)
        loss.backward()  # adds to the gradients, and lets this part's graph go
        total += loss.detach()
    opt.step()
    return total


def pupil(rng, batch, size, n_in=3, n_classes=4, dtype=torch.double):
    """A net, its optimiser, a batch and the size of a micro-batch: a case."""
    net = nn.Sequential(nn.Linear(n_in, 5), nn.Tanh(), nn.Linear(5, n_classes)).to(dtype)
    for weight in net.parameters():
        weight.data = normal(rng, *weight.shape).to(dtype)
    opt = torch.optim.SGD(net.parameters(), lr=0.5, momentum=0.9)
    y = torch.randint(n_classes, (batch,), generator=rng)
    return net, opt, normal(rng, batch, n_in).to(dtype), y, size


def cases(rng):
    for batch, size in ((4, 2), (5, 2), (1, 1), (3, 8), (8, 3)):
        yield pupil(rng, batch, size)


def hard_cases(rng):
    yield pupil(rng, 50, 16, 64, 10, torch.float)


class Properties:
    @named("no more examples at a time than fit")
    def fits(f, rng):
        net, opt, x, y, size = pupil(rng, 9, 2)
        seen, added = [], []
        net.register_forward_pre_hook(lambda _net, given: seen.append(len(given[0])))
        net[0].bias.register_post_accumulate_grad_hook(added.append)
        f(net, opt, x, y, size)
        says = f"size is 2, and {max(seen, default=0)} examples went through net at once."
        expect(max(seen, default=0) <= 2, says)
        says = f"9 examples by 2 are 5 parts, but backward ran {len(added)} times: "
        expect(len(added) == 5, says + "once a part, so that its graph can go.")

    @named("every part moves the weights")
    def every_part(f, rng):
        net = nn.Linear(3, 2, bias=False).double()
        start = net.weight.detach().clone()
        x = torch.eye(3, dtype=torch.double)  # part k sees column k of the weights alone
        f(net, torch.optim.SGD(net.parameters(), lr=0.5), x, torch.tensor([0, 1, 0]), 1)
        moved = int((net.weight != start).any(0).sum())
        says = f"of three parts {moved} moved the weights: what throws away the gradients of the "
        expect(moved == 3, says + "others, or is there no step?")

    @named("the weights are those of a step on the whole batch")
    def moves(f, rng):
        mine = pupil(rng, 8, 3)
        start = copy.deepcopy(mine[0])
        net, opt, x, y, _size = whole = copy.deepcopy(mine)  # net and optimiser together
        for data, turn in ((x, "one step"), (x + 1, "a second step")):
            loss = f(*mine[:2], data, y, 3)
            right = accumulated_step(net, opt, data, y, len(data))
            close(loss, right, "the mean loss of all eight examples is {right}, yours {got}.")
            expect(not equal(mine[0], start), "net has not moved: does opt.step() run?")
            says = f"after {turn} the weights are not those of the whole batch: how are parts "
            expect(equal(mine[0], whole[0]), says + "weighted, and when does zero_grad run?")
        expect(not getattr(loss, "requires_grad", False), "the loss carries its graph: detach it.")


def parts_of(x, y, size):
    return zip(x.split(size), y.split(size), strict=True)


class Mistakes:
    @named("parts not weighted")
    def sum_of_means(net, opt, x, y, size):
        """You added the parts' mean losses. Their sum is a step as many times too long as there
        are parts: weight each by its share of the examples."""
        opt.zero_grad()
        total = 0
        for part, wanted in parts_of(x, y, size):
            loss = F.cross_entropy(net(part), wanted)
            loss.backward()
            total = total + len(part) / len(x) * loss.detach()
        opt.step()
        return total

    @named("mean of means")
    def mean_of_means(net, opt, x, y, size):
        """You divided by the number of parts. The last part is often shorter, and each of its
        examples then counts for too much: weight by len(part) / len(x)."""
        opt.zero_grad()
        parts = list(parts_of(x, y, size))
        total = 0
        for part, wanted in parts:
            loss = F.cross_entropy(net(part), wanted) / len(parts)
            loss.backward()
            total = total + loss.detach()
        opt.step()
        return total

    @named("a step for each part")
    def a_step_a_part(net, opt, x, y, size):
        """You step within the loop. Later parts then meet other weights: these are several small
        steps, not one large one. One opt.step(), after the loop."""
        total = 0
        for part, wanted in parts_of(x, y, size):
            total = total + len(part) / len(x) * accumulated_step(net, opt, part, wanted, size)
        return total

    @named("zero_grad in the loop")
    def only_the_last_part(net, opt, x, y, size):
        """zero_grad within the loop throws away what the earlier parts have added: only the last
        one moves the weights. Call it once, before the loop."""
        total = 0
        for part, wanted in parts_of(x, y, size):
            opt.zero_grad()
            loss = len(part) / len(x) * F.cross_entropy(net(part), wanted)
            loss.backward()
            total = total + loss.detach()
        opt.step()
        return total
