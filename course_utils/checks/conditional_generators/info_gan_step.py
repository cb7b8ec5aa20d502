"""Exercise of lesson 24: one round of a GAN that finds classes which nobody named."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import descend, equal
from course_utils.exercises.spec import About, expect, named, normal

ABOUT = About(see="24, step 4", difficulty=4, minutes=15, gradient=False)
HINTS = (
    "It is the GAN's round with one term more in each half: code_loss of what the auxiliary head "
    "reads in the FAKES. Which half lets it pass into gen?",
    "fake = gen(z, c). D's half: the usual two means, plus code_loss(read, c) of fake.detach(). "
    "G's half, through the new disc: -log D(fake) plus code_loss(read, c) of fake.",
)


def info_gan_step(
    gen: nn.Module,
    disc: nn.Module,
    opt_gen: torch.optim.Optimizer,
    opt_disc: torch.optim.Optimizer,
    x: Tensor,
    z: Tensor,
    c: Tensor,
    code_loss,
) -> tuple[Tensor, Tensor, Tensor]:
    """Play one round of an InfoGAN: D and Q step first, then G (Chen et al. 2016).

    gen: (B, Z), codes -> (B, F); disc: (B, F) -> logits (B,), what Q reads (B, K). x: (B, F) real,
    z: (B, Z) noise, c: (B,) long codes; code_loss(read, c) -> scalar, nats, minus the mean log Q.
    -> (L_D, L_G, code loss of G's half), detached; L_D and L_G without the code loss.
    """
    fake = gen(z, c)
    logit_real, _ = disc(x)
    logit_fake, read = disc(fake.detach())
    loss_d = F.softplus(-logit_real).mean() + F.softplus(logit_fake).mean()
    opt_disc.zero_grad()
    (loss_d + code_loss(read, c)).backward()
    opt_disc.step()

    logit_fake, read = disc(fake)
    loss_g, loss_c = F.softplus(-logit_fake).mean(), code_loss(read, c)
    opt_gen.zero_grad()
    (loss_g + loss_c).backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


class Coded(nn.Sequential):
    """A small generator: noise (B, Z) beside one of four codes (B,) -> (B, x_dim)."""

    def forward(self, z: Tensor, c: Tensor) -> Tensor:
        return super().forward(torch.cat([z, F.one_hot(c, 4).to(z.dtype)], dim=1))


class TwoHeads(nn.Sequential):
    """A small discriminator with a second head. x: (B, x_dim) -> (B,), (B, 4)."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        out = super().forward(x)
        return out[:, 0], out[:, 1:]


def game(rng, batch, x_dim, z_dim, dtype=torch.double):
    """Two small nets and their optimisers, a batch, noise, codes and a loss: a case."""
    gen = Coded(nn.Linear(z_dim + 4, 5), nn.Tanh(), nn.Linear(5, x_dim)).to(dtype)
    disc = TwoHeads(nn.Linear(x_dim, 6), nn.Tanh(), nn.Linear(6, 5)).to(dtype)
    for weight in [*gen.parameters(), *disc.parameters()]:
        weight.data = normal(rng, *weight.shape).to(dtype)
    opts = [torch.optim.SGD(net.parameters(), lr=0.3) for net in (gen, disc)]
    x, z = normal(rng, batch, x_dim) + 2, normal(rng, batch, z_dim)
    c = torch.randint(4, (batch,), generator=rng)
    return gen, disc, *opts, x.to(dtype), z.to(dtype), c, F.cross_entropy


def cases(rng):
    for batch, x_dim, z_dim in ((3, 2, 4), (1, 3, 2), (5, 3, 2), (8, 2, 3)):
        yield game(rng, batch, x_dim, z_dim)


def hard_cases(rng):
    yield game(rng, 64, 16, 8, torch.float)


class Properties:
    @named("after a round the codes are easier to read")
    def codes_are_easier_to_read(f, rng):
        gen, disc, opt_gen, opt_disc, x, z, c, code_loss = game(rng, 6, 3, 2)
        disc[2].weight.data[0] = 0  # D has no opinion: G can only follow the code loss
        opt_disc.param_groups[0]["lr"] = 0.0
        opt_gen.param_groups[0]["lr"] = 0.02
        before = code_loss(disc(gen(z, c))[1], c).item()
        f(gen, disc, opt_gen, opt_disc, x, z, c, code_loss)
        after = code_loss(disc(gen(z, c))[1], c).item()
        says = f"with a D that has no opinion the code loss of the same fakes was {before:.5f} "
        says += f"before the round and is {after:.5f} after it. "
        expect(after != before, says + "In G's half it has to reach gen.")
        expect(after < before, says + "G should make it small.")

    @named("each half moves its own network by its own losses")
    def moves_its_own(f, rng):
        mine = game(rng, 5, 3, 2)
        start, right = copy.deepcopy(mine), copy.deepcopy(mine)
        losses = f(*mine)
        info_gan_step(*right)
        attached = any(getattr(loss, "requires_grad", False) for loss in losses)
        expect(not attached, "the losses you return still carry their graphs: detach them.")
        expect(not equal(mine[0], start[0]), "gen stands still: does opt_gen step?")
        says = "the losses are right, but disc has moved in another way: in its half the code loss "
        expect(equal(mine[1], right[1]), says + "of the fakes belongs to it, and nothing later.")
        says = "disc is right, gen is not: G follows -log D plus the code loss, nothing of D's."
        expect(equal(mine[0], right[0]), says)
        other = mine[4] - 1, mine[5] + 1, (mine[6] + 1) % 4
        f(*mine[:4], *other, mine[7])
        info_gan_step(*right[:4], *other, right[7])
        says = "one round is right, but not the second: which gradients has the first one left?"
        expect(equal(mine[0], right[0]) and equal(mine[1], right[1]), says)


def round_with(gen, disc, opt_gen, opt_disc, x, z, c, code_loss, *, in_d=1, in_g=1, real=False):
    """A round with the code loss weighted in each half; real: Q reads real pictures in D's."""
    fake = gen(z, c)
    loss_d = F.softplus(-disc(x)[0]).mean() + F.softplus(disc(fake.detach())[0]).mean()
    read = disc(x if real else fake.detach())[1]
    descend(opt_disc, loss_d + in_d * code_loss(read, c))
    logit, read = disc(fake)
    loss_g, loss_c = F.softplus(-logit).mean(), code_loss(read, c)
    descend(opt_gen, loss_g + in_g * loss_c)
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


class Mistakes:
    @named("the code loss does not reach G")
    def q_alone(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
        """You trained Q to read the codes, but never G to write them: without the code loss in G's
        half nothing stops G from ignoring c."""
        return round_with(gen, disc, opt_gen, opt_disc, x, z, c, code_loss, in_g=0)

    @named("Q never learns")
    def g_alone(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
        """You trained G to be read by a Q that never learns to read. The code loss of the detached
        fakes belongs to D's half, too."""
        return round_with(gen, disc, opt_gen, opt_disc, x, z, c, code_loss, in_d=0)

    @named("Q taught on real pictures")
    def real_pictures(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
        """You taught Q the codes on the REAL pictures, which have none: c belongs to the fakes."""
        return round_with(gen, disc, opt_gen, opt_disc, x, z, c, code_loss, real=True)

    @named("the code loss subtracted")
    def minus(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
        """G made the code loss large: it hides the code. Information is minus the code loss, and G
        wants much of it, so the loss is added."""
        return round_with(gen, disc, opt_gen, opt_disc, x, z, c, code_loss, in_g=-1)
