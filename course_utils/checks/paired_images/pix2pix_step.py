"""Exercise of lesson 25: one round of pix2pix, whose discriminator sees input and answer."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import descend, equal
from course_utils.exercises.spec import About, expect, named, normal

ABOUT = About(see="25, step 4", difficulty=4, minutes=12, gradient=False)
HINTS = (
    "It is gan_step: the noise is the input x, D is shown the pair, G pays for its distance, too.",
    "fake = gen(x); D: softplus(-disc(x, y)) + softplus(disc(x, fake.detach())); then G: "
    "softplus(-disc(x, fake)).mean() + l1_weight * (fake - y).abs().mean().",
)


def pix2pix_step(
    gen: nn.Module,
    disc: nn.Module,
    opt_gen: torch.optim.Optimizer,
    opt_disc: torch.optim.Optimizer,
    x: Tensor,
    y: Tensor,
    l1_weight: float,
) -> tuple[Tensor, Tensor]:
    """Play one round of pix2pix: D steps on pairs, then G (Isola et al. 2017, eq. 4).

    gen: (B, ...) -> like y; disc: (x, y) -> logits of any shape; x: inputs, y: their true answers.
    L_G = E softplus(-D(x, G(x))) + l1_weight E|G(x) - y| -> (L_D, L_G), detached scalars.
    """
    fake = gen(x)
    loss_d = F.softplus(-disc(x, y)).mean() + F.softplus(disc(x, fake.detach())).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()

    loss_g = F.softplus(-disc(x, fake)).mean() + l1_weight * (fake - y).abs().mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


class Pair(nn.Module):
    """A small discriminator of pairs: both side by side into one net."""

    def __init__(self, x_dim: int, y_dim: int):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(x_dim + y_dim, 5), nn.Tanh(), nn.Linear(5, 2))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """x: (B, x_dim), y: (B, y_dim) -> (B, 2) logits, one for each of two patches."""
        return self.body(torch.cat([x, y], dim=1))


def game(rng, batch, x_dim, y_dim, l1_weight, dtype=torch.double):
    """Two small nets, their optimisers, a batch of pairs, a weight: a case."""
    gen = nn.Sequential(nn.Linear(x_dim, 4), nn.Tanh(), nn.Linear(4, y_dim)).to(dtype)
    disc = Pair(x_dim, y_dim).to(dtype)
    for weight in [*gen.parameters(), *disc.parameters()]:
        weight.data = normal(rng, *weight.shape).to(dtype)
    opts = [torch.optim.SGD(net.parameters(), lr=0.1) for net in (gen, disc)]
    x, y = normal(rng, batch, x_dim), normal(rng, batch, y_dim) + 1
    return gen, disc, *opts, x.to(dtype), y.to(dtype), l1_weight


def cases(rng):
    for batch, x_dim, y_dim, weight in ((3, 2, 4, 10.0), (2, 3, 2, 0.0), (5, 4, 3, 100.0)):
        yield game(rng, batch, x_dim, y_dim, weight)
    yield game(rng, 1, 3, 2, 10.0)


def hard_cases(rng):
    yield game(rng, 64, 16, 12, 10.0, torch.float)


class Properties:
    @named("each step moves its own network, and that one alone")
    def moves_its_own(f, rng):
        mine = game(rng, 5, 3, 2, 10.0)
        right = copy.deepcopy(mine)
        losses, right_losses = f(*mine), pix2pix_step(*right)
        gaps = [abs(float(a) - float(b)) for a, b in zip(losses, right_losses, strict=True)]
        expect(max(gaps) < 1e-9, "the losses differ: which networks does each of them see?")
        attached = any(getattr(loss, "requires_grad", False) for loss in losses)
        expect(not attached, "the losses you return still carry their graphs: detach them.")
        for name, k in (("disc", 1), ("gen", 0)):
            says = f"the losses are right, but {name} has not moved by its own loss alone."
            expect(equal(mine[k], right[k]), says)
        f(*mine[:4], mine[4] - 1, mine[5] + 1, 3.0)
        pix2pix_step(*right[:4], mine[4] - 1, mine[5] + 1, 3.0)
        says = "one round is right, but not the second: which gradients has the first one left?"
        expect(equal(mine[0], right[0]) and equal(mine[1], right[1]), says)


def step(given, shown, distance=None):
    """A round in which D is shown ``shown(x)`` in place of x, and G pays another distance."""
    gen, disc, opt_gen, opt_disc, x, y, weight = given
    fake, (real_x, fake_x) = gen(x), shown(x)
    loss_d = F.softplus(-disc(real_x, y)).mean() + F.softplus(disc(fake_x, fake.detach())).mean()
    loss_d = descend(opt_disc, loss_d)
    far = (fake - y).abs().mean() if distance is None else distance(fake - y)
    return loss_d, descend(opt_gen, F.softplus(-disc(fake_x, fake)).mean() + weight * far)


class Mistakes:
    @named("D never sees the input", see="25, find the bug 2")
    def d_sees_the_answer_alone(*given):
        """Your D judges answers without their inputs. It cannot tell a right answer from a fine
        answer to another question: hand it disc(x, ...)."""
        return step(given, lambda x: (0 * x, 0 * x))

    @named("the fake beside another input")
    def another_input(*given):
        """D judges each fake beside somebody else's input, so pairs that do not belong together
        are fake whatever G does. Judge gen(x) beside its own x."""
        return step(given, lambda x: (x, x.roll(1, 0)))

    @named("the square instead of the absolute error")
    def squares(*given):
        """Your pixel loss squares the difference. Isola et al. take the absolute value, which
        blurs less."""
        return step(given, lambda x: (x, x), lambda gap: gap.square().mean())

    @named("the error added up")
    def summed(*given):
        """You added the absolute errors up. The weight is meant for their mean: with a sum it
        would grow with the picture."""
        return step(given, lambda x: (x, x), lambda gap: gap.abs().sum())

    @named("D moves in G's step too")
    def d_moves_twice(*given):
        """G's loss leaves gradients in D as well. A second opt_disc.step() after it trains D to
        call fakes real. In G's half only opt_gen steps."""
        losses = pix2pix_step(*given)
        given[3].step()
        return losses
