"""Exercise of lesson 26: there and back, in both directions."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_utils.exercises.spec import About, close, expect, named, normal

ABOUT = About(see="26, step 1", difficulty=2, minutes=6)
HINTS = (
    "Where does an a stand after to_b and then to_a? How far is that from where it began?",
    "(to_a(to_b(a)) - a).abs().mean() + (to_b(to_a(b)) - b).abs().mean()",
)


def cycle_loss(to_a: Callable, to_b: Callable, a: Tensor, b: Tensor) -> Tensor:
    """Cycle consistency, mean |to_a(to_b(a)) - a| + mean |to_b(to_a(b)) - b| (Zhu et al. 2017).

    to_a, to_b: maps (N, F) -> (N, F); a: (N, F), b: (M, F) -> scalar, both means over all numbers.
    """
    there_and_back_a = (to_a(to_b(a)) - a).abs().mean()
    there_and_back_b = (to_b(to_a(b)) - b).abs().mean()
    return there_and_back_a + there_and_back_b


def maps(rng, n, m, width, dtype=torch.double):
    """Two small nets, a batch of each domain: a case."""
    made = []
    for _ in range(2):
        net = nn.Sequential(nn.Linear(width, 4), nn.Tanh(), nn.Linear(4, width)).to(dtype)
        for weight in net.parameters():
            weight.data = normal(rng, *weight.shape).to(dtype)
        made.append(net)
    return *made, normal(rng, n, width).to(dtype), (normal(rng, m, width) + 2).to(dtype)


def cases(rng):
    for n, m, width in ((1, 2, 2), (3, 4, 2), (5, 1, 3), (6, 7, 5)):
        yield maps(rng, n, m, width)


def hard_cases(rng):
    yield maps(rng, 64, 128, 16, torch.float)


class Properties:
    def maps_that_undo_each_other_lose_nothing(f, rng):
        a, b = normal(rng, 5, 2), normal(rng, 4, 2)
        loss = f(lambda y: (y - 1) / 3, lambda x: 3 * x + 1, a, b)
        close(loss, 0, "each map undoes the other, yet your loss is {got}.")

    @named("both maps learn from both ways")
    def both_learn(f, rng):
        to_a, to_b, a, b = maps(rng, 3, 4, 2)
        mine = torch.autograd.grad(f(to_a, to_b, a, b), [to_a[0].weight, to_b[0].weight])
        right = torch.autograd.grad(cycle_loss(to_a, to_b, a, b), [to_a[0].weight, to_b[0].weight])
        says = "the value is right, but the gradient is not: is a fake detached on its way back?"
        expect(all(torch.allclose(g, r) for g, r in zip(mine, right, strict=True)), says)


def apart(x, y):
    return (x - y).abs().mean()


class Mistakes:
    @named("the fakes detached")
    def fakes_detached(to_a, to_b, a, b):
        """The value is right, but you cut the graph at the fakes: the way there learns nothing
        from the way back. Only the discriminators' loss detaches them."""
        return apart(to_a(to_b(a).detach()), a) + apart(to_b(to_a(b).detach()), b)

    def one_direction_only(to_a, to_b, a, b):
        """You sent a there and back, but not b. Half of a cycle lets to_b throw whole parts of the
        other domain away: nothing asks whether every b can be reached."""
        return apart(to_a(to_b(a)), a)

    def nobody_came_back(to_a, to_b, a, b):
        """You compared the translation with its original: that asks for no change at all. Bring it
        back first, then compare."""
        return apart(to_b(a), a) + apart(to_a(b), b)

    def the_wrong_way_round(to_a, to_b, a, b):
        """You sent a through to_a first, as if it were a b. A point of A goes to B first."""
        return apart(to_b(to_a(a)), a) + apart(to_a(to_b(b)), b)

    def squares(to_a, to_b, a, b):
        """You squared the differences. The cycle loss takes their absolute values."""
        return (to_a(to_b(a)) - a).square().mean() + (to_b(to_a(b)) - b).square().mean()
