"""Exercise of lesson 21: one round of a GAN, with modules and optimisers."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import descend, equal
from course_utils.exercises.spec import About, expect, named, normal

ABOUT = About(see="21, step 6", difficulty=4, minutes=15, gradient=False)
HINTS = (
    "Twice four lines: a loss, zero_grad, backward, step. In which half are the fakes constants?",
    "loss_d: -log D(x) - log(1 - D(fake.detach())), opt_disc. Then, through the new disc, loss_g: "
    "-log D(fake), opt_gen. Return loss_d.detach(), loss_g.detach().",
)


def gan_step(
    gen: nn.Module,
    disc: nn.Module,
    opt_gen: torch.optim.Optimizer,
    opt_disc: torch.optim.Optimizer,
    x: Tensor,
    z: Tensor,
) -> tuple[Tensor, Tensor]:
    """Play one round of a GAN: D steps first, then G against the new D (Goodfellow et al. 2014).

    gen: (B, Z) -> (B, F); disc: (B, F) -> (B,) logits; x: (B, F) real, z: (B, Z) noise.
    L_D = E[-log D(x)] + E[-log(1 - D(G(z)))] moves disc alone and sends no gradient into gen;
    L_G = E[-log D(G(z))] moves gen alone. -> (L_D, L_G), detached scalars, nats.
    """
    fake = gen(z)
    loss_d = F.softplus(-disc(x)).mean() + F.softplus(disc(fake.detach())).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()

    loss_g = F.softplus(-disc(fake)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def game(rng, batch, x_dim, z_dim, dtype=torch.double):
    """Two small nets and their optimisers, a batch and noise: a case."""
    gen = nn.Sequential(nn.Linear(z_dim, 4), nn.Tanh(), nn.Linear(4, x_dim)).to(dtype)
    disc = nn.Sequential(nn.Linear(x_dim, 6), nn.Tanh(), nn.Linear(6, 1), nn.Flatten(0)).to(dtype)
    for weight in [*gen.parameters(), *disc.parameters()]:
        weight.data = normal(rng, *weight.shape).to(dtype)
    opts = [torch.optim.SGD(net.parameters(), lr=0.5) for net in (gen, disc)]
    x, z = normal(rng, batch, x_dim) + 2, normal(rng, batch, z_dim)
    return gen, disc, *opts, x.to(dtype), z.to(dtype)


def cases(rng):
    for batch, x_dim, z_dim in ((3, 2, 4), (1, 3, 2), (5, 3, 2), (8, 2, 3)):
        yield game(rng, batch, x_dim, z_dim)


def hard_cases(rng):
    yield game(rng, 64, 16, 8, torch.float)


class Properties:
    @named("no gradient goes where it is not wanted")
    def gradients_stay(f, rng):
        gen, *rest = game(rng, 5, 3, 2)
        passed = []
        gen[0].bias.register_post_accumulate_grad_hook(passed.append)
        losses = f(gen, *rest)
        says = f"gradients have passed through gen {len(passed)} times in a round. D's loss needs "
        expect(len(passed) <= 1, says + "none: detach the fakes.")
        attached = any(getattr(loss, "requires_grad", False) for loss in losses)
        expect(not attached, "the losses you return still carry their graphs: detach them.")

    @named("each step moves its own network, and that one alone")
    def moves_its_own(f, rng):
        mine = game(rng, 5, 3, 2)
        start, right = copy.deepcopy(mine), copy.deepcopy(mine)  # nets and optimisers together
        f(*mine)
        gan_step(*right)
        says = "gen stands still: does its loss reach it, and does opt_gen step?"
        expect(not equal(mine[0], start[0]), says)
        says = "the losses are right, but disc has moved further than its own loss takes it: "
        expect(equal(mine[1], right[1]), says + "after G's loss only gen may move.")
        says = "gen has not moved by its own loss alone: is D's loss sending it a gradient, too?"
        expect(equal(mine[0], right[0]), says)
        f(*mine[:4], mine[4] - 1, mine[5] + 1)
        gan_step(*right[:4], mine[4] - 1, mine[5] + 1)
        says = "one round is right, but not the second: which gradients has the first one left?"
        expect(equal(mine[0], right[0]) and equal(mine[1], right[1]), says)


def loss_of_d(disc, x, fake):
    return F.softplus(-disc(x)).mean() + F.softplus(disc(fake)).mean()


class Mistakes:
    @named("fakes not detached in D's step")
    def not_detached(gen, disc, opt_gen, opt_disc, x, z):
        """In D's step the fakes are constants. Without detach D's loss sends a gradient through
        all of G: twice the work, and unless zero_grad stands behind it, G learns to help D."""
        opt_gen.zero_grad()
        loss_d = descend(opt_disc, loss_of_d(disc, x, gen(z)))
        loss_g = F.softplus(-disc(gen(z))).mean()
        loss_g.backward()
        opt_gen.step()
        return loss_d, loss_g.detach()

    @named("zero_grad forgotten")
    def no_zero_grad(gen, disc, opt_gen, opt_disc, x, z):
        """backward ADDS to .grad. Without zero_grad a step also follows the gradients of former
        rounds, and D follows those that G's loss has left in it."""
        opt_gen.zero_grad = opt_disc.zero_grad = lambda: None
        return gan_step(gen, disc, opt_gen, opt_disc, x, z)

    @named("D moves in G's step too")
    def d_moves_twice(gen, disc, opt_gen, opt_disc, x, z):
        """G's loss leaves gradients in D as well. A second opt_disc.step() after it trains D to
        call fakes real. In G's half only opt_gen steps."""
        losses = gan_step(gen, disc, opt_gen, opt_disc, x, z)
        opt_disc.step()
        return losses

    @named("G against the old D")
    def old_d(gen, disc, opt_gen, opt_disc, x, z):
        """You computed G's loss before D moved. D steps first, then the fakes meet the new D."""
        fake = gen(z).detach()
        loss_g = descend(opt_gen, F.softplus(-disc(gen(z))).mean())
        return descend(opt_disc, loss_of_d(disc, x, fake)), loss_g

    @named("label 0 for the generator", see="21, find the bug")
    def label_0(gen, disc, opt_gen, opt_disc, x, z):
        """G's loss calls its fakes fake: it falls while the samples leave. G wants -log D(G(z))."""
        loss_d = descend(opt_disc, loss_of_d(disc, x, gen(z).detach()))
        return loss_d, descend(opt_gen, F.softplus(disc(gen(z))).mean())
