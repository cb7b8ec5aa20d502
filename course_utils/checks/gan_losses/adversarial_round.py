"""Exercise of lesson 21b: one round of the smallest GAN, by hand or by autograd."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, d, expect, named, normal

ABOUT = About(see="21b, step 5", difficulty=4, minutes=15, gradient=False)
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
    yield d(1.0), d(0.0), d([3.0], [1.0]), d([0.0], [-1.0]), 1.0
    for batch, n, lr in ((1, 2, 0.5), (3, 2, 0.5), (8, 3, 0.1), (2, 5, 0.0)):
        x, z = normal(rng, 2, batch, n)
        yield normal(rng, n), normal(rng, n), x + 1, z, lr


def hard_cases(rng):
    theta, w = normal(rng, 2, 16).float()
    x, z = normal(rng, 2, 64, 16).float()
    yield theta, w, x + 1, z, 0.5
    yield theta, 40 * w, x, z, 0.5  # logits beyond 100, where an exp overflows


class Properties:
    @named("D learns to tell, then G to deceive")
    def tell_then_deceive(f, rng):
        x, z = normal(rng, 20, 2) + 2, normal(rng, 20, 2)
        theta, w = d(0.0, 0.0), d(0.0, 0.0)
        theta_2, w_2 = f(theta, w, x, z, 0.1)
        gap = float((x - z - theta).mean(0) @ w_2)
        gain = float((theta_2 - theta) @ w_2)
        expect(gap > 0, f"D's step must give real data the larger logit; the gap is {gap:.4g}.")
        expect(gain > 0, f"G's step must raise the new D's logit of fakes; you add {gain:.4g}.")


def pull(theta, w, z):
    """Minus the slope of L_G in theta, (F,)."""
    return torch.sigmoid(-((z + theta) @ w)).mean() * w


class Mistakes:
    @named("D moves in G's step too", see="22, find the bug 2")
    def d_moves_twice(theta, w, x, z, lr):
        """Your w moves twice: G's step also trains the discriminator, to call fakes real. Freeze
        it, or give the optimiser of G nothing but theta."""
        after, new = adversarial_round(theta, w, x, z, lr)
        push = torch.sigmoid(-((z + theta) @ new))
        return after, new + lr * (push[:, None] * (z + theta)).mean(0)

    @named("fakes not detached in D's step")
    def not_detached(theta, w, x, z, lr):
        """D's loss has left its gradient in theta, where it helps D, and G's step adds it. In D's
        step the fakes are constants: fake.detach()."""
        after, new = adversarial_round(theta, w, x, z, lr)
        return after - lr * torch.sigmoid((z + theta) @ w).mean() * w, new

    @named("G against the old D")
    def old_d(theta, w, x, z, lr):
        """Your theta follows D from before its step. D moves first, then G looks at the new D."""
        return theta + lr * pull(theta, w, z), adversarial_round(theta, w, x, z, lr)[1]

    @named("G runs away from what D calls real")
    def g_runs_away(theta, w, x, z, lr):
        """Your theta goes up L_G, not down. The slope of softplus(-logit) is -sigmoid(-logit), so
        descending adds lr · mean(sigmoid(-logit)) · w."""
        new = adversarial_round(theta, w, x, z, lr)[1]
        return theta - lr * pull(theta, new, z), new

    @named("the saturating loss for G", see="21, step 5")
    def saturating(theta, w, x, z, lr):
        """You descend log(1 - D): its push is sigmoid(logit), which is nearly 0 where D is sure.
        L_G is softplus(-logit), with the push sigmoid(-logit)."""
        new = adversarial_round(theta, w, x, z, lr)[1]
        return theta + lr * torch.sigmoid((z + theta) @ new).mean() * new, new
