"""What the exercises share in which a student writes a training step."""

import copy
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from course_utils.exercises.spec import close, expect


def equal(net: nn.Module, other: nn.Module, atol: float = 1e-9) -> bool:
    """Whether two nets have the same weights, each to ``atol``."""
    pairs = zip(net.parameters(), other.parameters(), strict=True)
    return all(torch.allclose(a, b, rtol=0, atol=atol) for a, b in pairs)


def descend(opt: torch.optim.Optimizer, loss: Tensor) -> Tensor:
    """Take one step of an optimiser down a scalar loss; return the loss, detached."""
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def follows(f: Callable, step: Callable, mine: tuple, later: Iterable[tuple]) -> None:
    """Raise Fails unless ``f`` moves its net as the reference ``step`` does, time after time.

    mine: (net, opt, *batch) of the first step; later: the batches after it.
    """
    start, right = copy.deepcopy(mine), copy.deepcopy(mine)  # net and optimiser together
    loss = f(*mine)
    right_loss = step(*right)
    close(loss, right_loss, "the loss before the step is {right}, yours is {got}.")
    attached = getattr(loss, "requires_grad", False)
    expect(not attached, "the loss you return still carries its graph: detach it.")
    says = "the net stands still: does the optimiser step, after backward?"
    expect(not equal(mine[0], start[0]), says)
    says = "the loss is right, but the net has not moved by its gradient alone."
    expect(equal(mine[0], right[0], atol=1e-6), says)
    for batch in later:
        f(*mine[:2], *batch)
        step(*right[:2], *batch)
    says = "the first step is right, but not those after it: which gradients has it left?"
    expect(equal(mine[0], right[0], atol=1e-6), says)
