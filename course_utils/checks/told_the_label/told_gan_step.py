"""Exercise of laboratory 22b: one round of a GAN whose two players are told the label."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import descend, equal
from course_utils.exercises.spec import About, expect, named, normal

ABOUT = About(see="22b, step 3", difficulty=3, minutes=12, gradient=False)
HINTS = (
    "It is gan_step with y handed to every call. Which label must a fake be judged with?",
    "fake = gen(z, y); D: softplus(-disc(x, y)) + softplus(disc(fake.detach(), y)); then G: "
    "softplus(-disc(fake, y)).",
)


def told_gan_step(
    gen: nn.Module,
    disc: nn.Module,
    opt_gen: torch.optim.Optimizer,
    opt_disc: torch.optim.Optimizer,
    x: Tensor,
    y: Tensor,
    z: Tensor,
) -> tuple[Tensor, Tensor]:
    """Play one round of a GAN told the label: D steps first, then G (Mirza and Osindero 2014).

    gen: (B, Z), (B,) -> (B, F); disc: (B, F), (B,) -> (B,) logits; x: (B, F) real, y: (B,) their
    labels, z: (B, Z) noise. The fakes are asked for, and judged, with the labels y.
    -> (L_D, L_G), detached scalars, nats.
    """
    fake = gen(z, y)
    loss_d = F.softplus(-disc(x, y)).mean() + F.softplus(disc(fake.detach(), y)).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()

    loss_g = F.softplus(-disc(fake, y)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


class Told(nn.Module):
    """A small net that is told a label: its input beside the label's vector."""

    def __init__(self, n_in: int, n_classes: int, n_out: int):
        super().__init__()
        self.embed = nn.Embedding(n_classes, 3)
        self.body = nn.Sequential(nn.Linear(n_in + 3, 5), nn.Tanh(), nn.Linear(5, n_out))
        self.n_out = n_out

    def forward(self, inputs: Tensor, y: Tensor) -> Tensor:
        """inputs: (B, n_in), y: (B,) -> (B, n_out), or (B,) for n_out = 1."""
        out = self.body(torch.cat([inputs, self.embed(y)], dim=1))
        return out[:, 0] if self.n_out == 1 else out


def game(rng, batch, x_dim, z_dim, dtype=torch.double):
    """Two small nets and their optimisers, a batch with labels, and noise: a case."""
    gen, disc = Told(z_dim, 4, x_dim).to(dtype), Told(x_dim, 4, 1).to(dtype)
    for weight in [*gen.parameters(), *disc.parameters()]:
        weight.data = normal(rng, *weight.shape).to(dtype)
    opts = [torch.optim.SGD(net.parameters(), lr=0.5) for net in (gen, disc)]
    x, z = normal(rng, batch, x_dim) + 2, normal(rng, batch, z_dim)
    y = torch.randint(4, (batch,), generator=rng)
    return gen, disc, *opts, x.to(dtype), y, z.to(dtype)


def cases(rng):
    for batch, x_dim, z_dim in ((3, 2, 4), (4, 3, 2), (5, 3, 2), (8, 2, 3)):
        yield game(rng, batch, x_dim, z_dim)


def hard_cases(rng):
    yield game(rng, 64, 16, 8, torch.float)


class Properties:
    @named("each step moves its own network, and that one alone")
    def moves_its_own(f, rng):
        mine = game(rng, 5, 3, 2)
        start, right = copy.deepcopy(mine), copy.deepcopy(mine)
        losses, right_losses = f(*mine), told_gan_step(*right)
        attached = any(getattr(loss, "requires_grad", False) for loss in losses)
        expect(not attached, "the losses you return still carry their graphs: detach them.")
        gaps = [abs(float(a) - float(b)) for a, b in zip(losses, right_losses, strict=True)]
        expect(max(gaps) < 1e-9, "the losses differ: with which label is each picture judged?")
        says = "gen stands still: does its loss reach it, and does opt_gen step?"
        expect(not equal(mine[0], start[0]), says)
        says = (
            "the losses are right, but disc has moved in another way: its own loss alone moves it."
        )
        expect(equal(mine[1], right[1]), says)
        says = "gen has not moved by its own loss alone: is D's loss sending it a gradient, too?"
        expect(equal(mine[0], right[0]), says)
        f(*mine[:4], mine[4] - 1, mine[5], mine[6] + 1)
        told_gan_step(*right[:4], mine[4] - 1, mine[5], mine[6] + 1)
        says = "one round is right, but not the second: which gradients has the first one left?"
        expect(equal(mine[0], right[0]) and equal(mine[1], right[1]), says)


def loss_of_d(disc, x, y, fake, y_fake):
    return F.softplus(-disc(x, y)).mean() + F.softplus(disc(fake, y_fake)).mean()


class Mistakes:
    @named("the fakes asked for with other labels")
    def other_labels(gen, disc, opt_gen, opt_disc, x, y, z):
        """You drew the fakes for other labels than those that D is told beside them. D then
        learns that such pairs are fake whatever G does: ask and judge with the same y."""
        fake = gen(z, y.roll(1))
        loss_d = descend(opt_disc, loss_of_d(disc, x, y, fake.detach(), y))
        return loss_d, descend(opt_gen, F.softplus(-disc(gen(z, y.roll(1)), y)).mean())

    @named("only G is told")
    def only_g(gen, disc, opt_gen, opt_disc, x, y, z):
        """Your D judges every picture with label 0. It cannot see whether a fake shows what was
        asked for, so G has no reason to obey."""
        none = torch.zeros_like(y)
        loss_d = descend(opt_disc, loss_of_d(disc, x, none, gen(z, y).detach(), none))
        return loss_d, descend(opt_gen, F.softplus(-disc(gen(z, y), none)).mean())

    @named("fakes not detached in D's step")
    def not_detached(gen, disc, opt_gen, opt_disc, x, y, z):
        """In D's step the fakes are constants. Without detach D's loss sends a gradient through
        all of G, and without zero_grad behind it G learns to help D."""
        opt_gen.zero_grad()
        loss_d = descend(opt_disc, loss_of_d(disc, x, y, gen(z, y), y))
        loss_g = F.softplus(-disc(gen(z, y), y)).mean()
        loss_g.backward()
        opt_gen.step()
        return loss_d, loss_g.detach()

    @named("G against the old D")
    def old_d(gen, disc, opt_gen, opt_disc, x, y, z):
        """You computed G's loss before D moved. D steps first, then the fakes meet the new D."""
        fake = gen(z, y).detach()
        loss_g = descend(opt_gen, F.softplus(-disc(gen(z, y), y)).mean())
        return descend(opt_disc, loss_of_d(disc, x, y, fake, y)), loss_g

    @named("D moves in G's step too")
    def d_moves_twice(gen, disc, opt_gen, opt_disc, x, y, z):
        """G's loss leaves gradients in D as well. A second opt_disc.step() after it trains D to
        call fakes real. In G's half only opt_gen steps."""
        losses = told_gan_step(gen, disc, opt_gen, opt_disc, x, y, z)
        opt_disc.step()
        return losses
