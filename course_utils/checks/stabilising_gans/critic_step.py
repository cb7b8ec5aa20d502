"""Exercise of lesson 23: one round of a Wasserstein GAN with a gradient penalty."""

import copy

import torch
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import descend, equal
from course_utils.checks.stabilising_gans.gradient_penalty import gradient_penalty
from course_utils.exercises.spec import About, expect, named, normal, uniform

ABOUT = About(see="23, the critic", difficulty=4, minutes=15, gradient=False)
HINTS = (
    "gan_step with two other losses. The critic wants its gap LARGE and its penalty small.",
    "gap = critic(x).mean() - critic(fake.detach()).mean(); the critic descends weight * penalty - "
    "gap; then the generator descends loss_g = -critic(fake).mean(). Return both, detached.",
)


def critic_step(
    gen: nn.Module,
    critic: nn.Module,
    opt_gen: torch.optim.Optimizer,
    opt_critic: torch.optim.Optimizer,
    x: Tensor,
    z: Tensor,
    t: Tensor,
    weight: float,
) -> tuple[Tensor, Tensor]:
    """Play one round: the critic steps first, then G against the new one (Gulrajani et al. 2017).

    The critic raises its gap E[f(x)] - E[f(G(z))] and pays weight times gradient_penalty(critic, x,
    fake, t); G raises E[f(G(z))].
    gen: (..., B, Z) -> (..., B, F); critic: (..., B, F) -> (..., B, 1); x: (..., B, F), z: (..., B,
    Z), t: (..., B, 1). Leading dimensions count games side by side: join no batches along them.
    -> (gap before the critic's step, G's loss after it), detached scalars.
    """
    fake = gen(z)
    gap = critic(x).mean() - critic(fake.detach()).mean()
    penalty = gradient_penalty(critic, x, fake.detach(), t)
    opt_critic.zero_grad()
    (weight * penalty - gap).backward()
    opt_critic.step()

    loss_g = -critic(fake).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return gap.detach(), loss_g.detach()


def game(rng, batch, x_dim, z_dim, dtype=torch.double):
    """Two small nets and their optimisers, a batch, noise, mixing shares, a weight: a case."""
    gen = nn.Sequential(nn.Linear(z_dim, 4), nn.Tanh(), nn.Linear(4, x_dim)).to(dtype)
    critic = nn.Sequential(nn.Linear(x_dim, 6), nn.Tanh(), nn.Linear(6, 1)).to(dtype)
    for weight in [*gen.parameters(), *critic.parameters()]:
        weight.data = normal(rng, *weight.shape).to(dtype)
    opts = [torch.optim.SGD(net.parameters(), lr=0.05) for net in (gen, critic)]
    x, z, t = normal(rng, batch, x_dim) + 2, normal(rng, batch, z_dim), uniform(rng, batch, 1)
    return gen, critic, *opts, x.to(dtype), z.to(dtype), t.to(dtype), 0.7


def cases(rng):
    return [game(rng, *sizes) for sizes in ((3, 2, 4), (1, 3, 2), (5, 3, 2), (8, 2, 3))]


class Several(nn.Linear):
    """A matrix for each of n games side by side: (n, B, in) -> (n, B, out)."""

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight


def hard_cases(rng):
    yield game(rng, 64, 16, 8, torch.float)
    gen, critic = Several(1, 1, bias=False), Several(1, 1, bias=False)
    gen.weight, critic.weight = (nn.Parameter(normal(rng, 3, n, m)) for n, m in ((4, 2), (2, 1)))
    opts = [torch.optim.SGD(net.parameters(), lr=0.05) for net in (gen, critic)]
    yield gen, critic, *opts, normal(rng, 3, 5, 2), normal(rng, 3, 5, 4), uniform(rng, 3, 5, 1), 2.0


class Properties:
    def each_step_moves_its_own_network_and_that_one_alone(f, rng):
        mine = game(rng, 5, 3, 2)
        start, right = copy.deepcopy(mine), copy.deepcopy(mine)  # nets and optimisers together
        returned = f(*mine)
        critic_step(*right)
        attached = any(getattr(value, "requires_grad", False) for value in returned)
        expect(not attached, "what you return still carries its graph: detach it.")
        moves = not equal(mine[0], start[0])
        expect(moves, "gen stands still: does its loss reach it, and does opt_gen step?")
        says = "critic has not moved by its own loss, weight * penalty - gap, and by that alone."
        expect(equal(mine[1], right[1]), says)
        says = "gen has not moved by its own loss alone: does the critic's reach it, too?"
        expect(equal(mine[0], right[0]), says)
        for play, (gen, critic, *opts, x, z, t, weight) in ((f, mine), (critic_step, right)):
            play(gen, critic, *opts, x - 1, z + 1, t, weight)
        says = "one round is right, but not the second: which gradients has the first one left?"
        expect(equal(mine[0], right[0]) and equal(mine[1], right[1]), says)


def losses(critic, x, fake, t, weight):
    """Gap, detached, the penalty, and the loss that the critic should descend."""
    gap = critic(x).mean() - critic(fake).mean()
    penalty = weight * gradient_penalty(critic, x, fake.detach(), t)
    return gap.detach(), penalty, penalty - gap


class Mistakes:
    @named("the critic's sign reversed", see="23, find the bug")
    def sign_reversed(gen, critic, opt_gen, opt_critic, x, z, t, weight):
        """Your critic descends D(x) - D(G(z)): it learns to score real points LOW, and a generator
        that raises its score then runs away from them. Descend D(G(z)) - D(x)."""
        gap, penalty, loss = losses(critic, x, gen(z).detach(), t, weight)
        descend(opt_critic, 2 * penalty - loss)
        return gap, descend(opt_gen, -critic(gen(z)).mean())

    @named("fakes not detached in the critic's step", see="23, find the bug")
    def not_detached(gen, critic, opt_gen, opt_critic, x, z, t, weight):
        """The critic's loss has sent a gradient through G, where it works AGAINST the generator."""
        opt_gen.zero_grad()
        gap, _, loss = losses(critic, x, gen(z), t, weight)
        descend(opt_critic, loss)
        loss_g = -critic(gen(z)).mean()
        loss_g.backward()
        opt_gen.step()
        return gap, loss_g.detach()

    @named("the penalty is not paid", see="23, find the bug")
    def penalty_forgotten(gen, critic, opt_gen, opt_critic, x, z, t, weight):
        """Your critic descends -gap alone: it can widen that for ever by multiplying itself."""
        gap, penalty, loss = losses(critic, x, gen(z).detach(), t, weight)
        descend(opt_critic, loss - penalty)
        return gap, descend(opt_gen, -critic(gen(z)).mean())

    @named("G against the old critic")
    def old_critic(gen, critic, opt_gen, opt_critic, x, z, t, weight):
        """G has followed the critic from before its step. The critic moves first."""
        old = copy.deepcopy(critic)
        gap, _, loss = losses(critic, x, gen(z).detach(), t, weight)
        descend(opt_critic, loss)
        return gap, descend(opt_gen, -old(gen(z)).mean())

    @named("G lowers its score")
    def g_lowers(gen, critic, opt_gen, opt_critic, x, z, t, weight):
        """Your generator goes where the critic scores low: descend -critic(fake).mean()."""
        gap, _, loss = losses(critic, x, gen(z).detach(), t, weight)
        descend(opt_critic, loss)
        return gap, descend(opt_gen, critic(gen(z)).mean())
