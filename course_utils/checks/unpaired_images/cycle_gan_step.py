"""Exercise of lesson 26: one round of a CycleGAN, with four modules and two optimisers."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import descend, equal
from course_utils.exercises.spec import About, expect, named, normal

ABOUT = About(see="26, step 1", difficulty=4, minutes=15, gradient=False)
HINTS = (
    "Two gan_steps and two terms more. Which fake does disc_b judge? What should to_b do to a b?",
    "fake_a, fake_b = to_a(b), to_b(a). D: both discriminators, fakes detached. G: fool both, + "
    "cycle_weight * cycle_loss(to_a, to_b, a, b) + identity_weight * (mean |to_a(a) - a| + ...).",
)


def cycle_gan_step(
    to_a: nn.Module,
    to_b: nn.Module,
    disc_a: nn.Module,
    disc_b: nn.Module,
    opt_gen: torch.optim.Optimizer,
    opt_disc: torch.optim.Optimizer,
    a: Tensor,
    b: Tensor,
    cycle_weight: float,
    identity_weight: float,
) -> tuple[Tensor, Tensor]:
    """Play one round: both discriminators, then both generators (Zhu et al. 2017).

    L_G adds cycle_weight times the cycle loss and identity_weight times mean |to_a(a) - a| +
    mean |to_b(b) - b|. a, b: one batch of each domain -> (L_D, L_G), detached scalars.
    """
    fake_a, fake_b = to_a(b), to_b(a)
    loss_d = F.softplus(-disc_a(a)).mean() + F.softplus(disc_a(fake_a.detach())).mean()
    loss_d = loss_d + F.softplus(-disc_b(b)).mean() + F.softplus(disc_b(fake_b.detach())).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()

    fooled = F.softplus(-disc_a(fake_a)).mean() + F.softplus(-disc_b(fake_b)).mean()
    cycle = (to_a(fake_b) - a).abs().mean() + (to_b(fake_a) - b).abs().mean()
    loss_g = fooled + cycle_weight * cycle
    if identity_weight > 0:  # else two walks through the nets would be for nothing
        identity = (to_a(a) - a).abs().mean() + (to_b(b) - b).abs().mean()
        loss_g = loss_g + identity_weight * identity
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def game(rng, batch, width, weights, dtype=torch.double):
    """Four small nets, their two optimisers, a batch of each domain, two weights: a case."""
    nets = []
    for n_out in (width, width, 1, 1):
        net = nn.Sequential(nn.Linear(width, 4), nn.Tanh(), nn.Linear(4, n_out)).to(dtype)
        for weight in net.parameters():
            weight.data = normal(rng, *weight.shape).to(dtype)
        nets.append(net)
    opts = []
    for pair in (nets[:2], nets[2:]):
        weights_of_pair = [weight for net in pair for weight in net.parameters()]
        opts.append(torch.optim.SGD(weights_of_pair, lr=0.1))
    a, b = normal(rng, batch, width) - 1, normal(rng, batch, width) + 1
    return *nets, *opts, a.to(dtype), b.to(dtype), *weights


def cases(rng):
    yield game(rng, 3, 2, (10.0, 5.0))
    yield game(rng, 1, 3, (2.0, 0.5))
    yield game(rng, 4, 3, (0.0, 0.0))  # two GANs side by side
    yield game(rng, 5, 4, (10.0, 0.0))


def hard_cases(rng):
    yield game(rng, 64, 16, (10.0, 5.0), torch.float)


class Properties:
    @named("each half moves its own networks, and those alone")
    def moves_its_own(f, rng):
        mine = game(rng, 5, 3, (10.0, 5.0))
        right = copy.deepcopy(mine)  # nets and optimisers together
        losses, right_losses = f(*mine), cycle_gan_step(*right)
        gaps = [abs(float(a) - float(b)) for a, b in zip(losses, right_losses, strict=True)]
        expect(max(gaps) < 1e-9, "the losses differ: which networks does each of them see?")
        attached = any(getattr(loss, "requires_grad", False) for loss in losses)
        expect(not attached, "the losses you return still carry their graphs: detach them.")
        names = ("to_a", "to_b", "disc_a", "disc_b")
        for name, net, other in zip(names, mine[:4], right[:4], strict=True):
            says = f"the losses are right, but {name} has not moved by its own loss alone."
            expect(equal(net, other), says)
        f(*mine[:6], mine[7], mine[6], *mine[8:])  # a second round, with other data
        cycle_gan_step(*right[:6], right[7], right[6], *right[8:])
        says = "one round is right, but not the second: which gradients has the first one left?"
        expect(all(equal(n, o) for n, o in zip(mine[:4], right[:4], strict=True)), says)


def step(given, *, cycle=True, moved=False, exchanged=False):
    """A round with one thing changed: no cycle loss, another identity loss, other fakes judged."""
    to_a, to_b, disc_a, disc_b, opt_gen, opt_disc, a, b, cycle_weight, identity_weight = given
    fake_a, fake_b = to_a(b), to_b(a)
    seen_a, seen_b = (fake_b, fake_a) if exchanged else (fake_a, fake_b)
    loss_d = F.softplus(-disc_a(a)).mean() + F.softplus(disc_a(seen_a.detach())).mean()
    loss_d = loss_d + F.softplus(-disc_b(b)).mean() + F.softplus(disc_b(seen_b.detach())).mean()
    loss_d = descend(opt_disc, loss_d)
    loss = F.softplus(-disc_a(seen_a)).mean() + F.softplus(-disc_b(seen_b)).mean()
    if cycle:
        loss = loss + cycle_weight * (to_a(fake_b) - a).abs().mean()
        loss = loss + cycle_weight * (to_b(fake_a) - b).abs().mean()
    same_a, same_b = (to_b(a), to_a(b)) if moved else (to_a(a), to_b(b))
    identity = (same_a - a).abs().mean() + (same_b - b).abs().mean()
    return loss_d, descend(opt_gen, loss + identity_weight * identity)


class Mistakes:
    @named("the way back computed and never used", see="26, find the bug")
    def cycle_unused(*given):
        """The recovered points do not stand in your loss. Two GANs side by side remain, and
        nothing ties a translation to its original."""
        return step(given, cycle=False)

    @named("identity with the other domain's points")
    def other_identity(*given):
        """Your identity loss compares to_b(a) with a: it forbids the translation. It should say
        that to_b has nothing to do where a b comes in: to_b(b) = b."""
        return step(given, moved=True)

    @named("the discriminators exchanged")
    def discriminators_exchanged(*given):
        """disc_a judged the fakes of B. It knows A: to_a(b) is what it must see."""
        return step(given, exchanged=True)

    @named("the discriminators move in the generators' step too")
    def disc_moves_twice(*given):
        """The generators' loss leaves gradients in the discriminators as well. A second
        opt_disc.step() after it trains them to call fakes real."""
        losses = cycle_gan_step(*given)
        given[5].step()
        return losses
