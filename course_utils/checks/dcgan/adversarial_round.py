"""Lesson 22: One round of the smallest GAN: a step of D, then a step of G against the new D."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named, normal

ABOUT = About(see="22, step 4", difficulty=4, minutes=15)
HINTS = (
    "The slope of softplus(u) is sigmoid(u). Write L_D, differentiate in w, step; then L_G.",
    "grad_w = -mean(sigmoid(-x w) x) + mean(sigmoid(f w) f); then with the new w: "
    "grad_theta = -mean(sigmoid(-f w)) w.",
)


def adversarial_round(
    theta: Tensor, w: Tensor, x: Tensor, z: Tensor, lr: float
) -> tuple[Tensor, Tensor]:
    """One round of the smallest GAN: a step of D, then a step of G against the new D.

    G(z) = z + theta, D's logit is x @ w. L_D = mean softplus(-logit of x) + mean softplus(logit of
    G(z)); L_G = mean softplus(-logit of G(z)). Plain gradient descent, the same z in both steps.
    theta, w: (F,); x, z: (B, F); lr: step size -> (theta after, w after), each (F,).
    """
    fake = z + theta
    push_real = torch.sigmoid(-(x @ w))  # (B,) how far D is from saying "real" to x
    push_fake = torch.sigmoid(fake @ w)  # (B,) how far D is from saying "fake" to G(z)
    grad_w = -(push_real[:, None] * x).mean(0) + (push_fake[:, None] * fake).mean(0)
    w = w - lr * grad_w  # only w moves: theta is a constant in D's step

    push = torch.sigmoid(-(fake @ w))  # (B,) the new D; G wants it to say "real"
    grad_theta = -push.mean() * w
    return theta - lr * grad_theta, w


def cases(rng):
    return [
        _case(rng, 1, 1, 0.5),
        _case(rng, 3, 2, 0.5),
        _case(rng, 8, 3, 0.1),
    ]


def _round(theta, w, x, z, lr, *, label=1.0, stale=False, thaw=False, joint=False, swap=False):
    fake = z + theta
    real, d_fake = torch.sigmoid(-(x @ w)), torch.sigmoid(fake @ w)
    grad_w = -(real[:, None] * x).mean(0) + (d_fake[:, None] * fake).mean(0)
    if swap:
        real, d_fake = torch.sigmoid(x @ w), torch.sigmoid(-(fake @ w))
        grad_w = (real[:, None] * x).mean(0) - (d_fake[:, None] * fake).mean(0)
    new = w - lr * grad_w
    if joint:  # the fake was not detached: D's step moves G too, towards helping D
        theta = theta - lr * d_fake.mean() * w
        fake = z + theta
    seen = w if stale else new
    push = torch.sigmoid(-(fake @ seen)) if label else -torch.sigmoid(fake @ seen)
    if thaw:  # G's step also moves D, towards calling the fakes real
        new = new + lr * (push[:, None] * fake).mean(0)
    return theta + lr * push.mean() * seen, new


def _case(rng: torch.Generator, batch: int, n: int, lr: float) -> tuple:
    return normal(rng, n), normal(rng, n), normal(rng, batch, n) + 1, normal(rng, batch, n), lr


class Properties:
    @named("D learns to tell, then G to deceive")
    def D_learns_to_tell_then_G_to_deceive(f, rng):
        x, z = normal(rng, 20, 2) + 2, normal(rng, 20, 2)
        theta, w = torch.zeros(2, dtype=torch.double), torch.zeros(2, dtype=torch.double)
        theta_2, w_2 = f(theta, w, x, z, 0.1)
        gap = ((x @ w_2).mean() - ((z + theta) @ w_2).mean()).item()
        if not gap > 0:
            raise Fails(
                f"after D's step real data must get the larger logit; real minus fake is {gap:.4g}."
            )
        gain = ((theta_2 - theta) @ w_2).item()
        if not gain > 0:
            raise Fails(
                f"G's step must raise the new D's logit for fakes; it changes it by {gain:.4g}."
            )

    def D_moves_by_its_own_loss_only(f, rng):
        x, z, w = normal(rng, 6, 3), normal(rng, 6, 3), normal(rng, 3)
        got = f(torch.zeros(3, dtype=torch.double), w, x, z, 0.0)
        if not torch.equal(torch.as_tensor(got[1]), w):
            raise Fails("with a step size of 0 nothing may move, but your w does.")
        theta = normal(rng, 3)
        leaf = w.clone().requires_grad_()
        loss = torch.nn.functional.softplus(-(x @ leaf)).mean()
        loss = loss + torch.nn.functional.softplus((z + theta) @ leaf).mean()
        (grad,) = torch.autograd.grad(loss, leaf)
        moved = torch.as_tensor(f(theta, w, x, z, 0.5)[1]) - w
        if not (moved + 0.5 * grad).abs().max() < 1e-9:
            raise Fails("your w did not move by -lr times the gradient of L_D alone.")


class Mistakes:
    @named("D moves in G's step too", see="22, find the bug 2")
    def D_moves_in_G_s_step_too(theta, w, x, z, lr):
        """Your w moves twice: G's step also trains the discriminator, to call fakes real. Freeze
        it, or give the optimiser of G nothing but theta."""
        return _round(theta, w, x, z, lr, thaw=True)

    @named("fakes not detached in D's step")
    def fakes_not_detached_in_D_s_step(theta, w, x, z, lr):
        """Your theta also moves in D's step, and helps D. In D's step the fakes are constants:
        fake.detach()."""
        return _round(theta, w, x, z, lr, joint=True)

    @named("G trained towards label 0", see="21, find the bug")
    def G_trained_towards_label_0(theta, w, x, z, lr):
        """Your generator moves away from what D calls real. Its target for fakes is 1: the loss is
        softplus(-logit)."""
        return _round(theta, w, x, z, lr, label=0.0)

    def G_against_the_old_D(theta, w, x, z, lr):
        """Your theta follows D from before its step. D moves first, then G looks at the new D."""
        return _round(theta, w, x, z, lr, stale=True)

    @named("labels swapped in D's step")
    def labels_swapped_in_D_s_step(theta, w, x, z, lr):
        """Your D learns to call real data fake. Real belongs to softplus(-logit)."""
        return _round(theta, w, x, z, lr, swap=True)

    def sum_instead_of_mean(theta, w, x, z, lr):
        """You summed over the batch. Both losses are means."""
        return _round(theta, w, x, z, lr * len(x))
