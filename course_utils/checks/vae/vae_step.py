"""Exercise of lesson 31: one training step of a VAE, with two nets and an optimiser."""

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.checks.shared.training_steps import equal
from course_utils.exercises.spec import About, expect, named, normal

ABOUT = About(see="31, step 6", difficulty=4, minutes=15, gradient=False)
HINTS = (
    "Encode, draw, decode; two terms, one loss; zero_grad, backward, step. What is summed, what is "
    "averaged?",
    "mu, logvar = enc(x).chunk(2, dim=1); z = mu + (0.5 * logvar).exp() * eps. ELBO: log p(x|z) of "
    "all pixels minus the KL of all units, mean over the batch. The loss is minus the ELBO.",
)


def vae_step(
    enc: nn.Module, dec: nn.Module, opt: torch.optim.Optimizer, x: Tensor, eps: Tensor
) -> tuple[Tensor, Tensor]:
    """Take one step up the ELBO of a batch; both nets move by one loss (Kingma and Welling 2013).

    enc: (B, D) -> (B, 2Z), mu and log sigma^2 side by side; dec: (B, Z) -> (B, D) logits of
    p(x = 1 | z). x: (B, D) in {0, 1}; eps: (B, Z) standard normal noise.
    -> (ELBO, KL) before the step, means over the batch, detached scalars, nats.
    """
    mu, logvar = enc(x).chunk(2, dim=1)  # (B, Z) each
    z = mu + (0.5 * logvar).exp() * eps
    log_lik = -F.binary_cross_entropy_with_logits(dec(z), x, reduction="none").sum(1)  # pixels
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)  # units
    loss = (kl - log_lik).mean()  # minus the ELBO
    opt.zero_grad()
    loss.backward()
    opt.step()
    return -loss.detach(), kl.mean().detach()


def training(rng, batch, x_dim, z_dim, dtype=torch.double, lr=0.05):
    """Two small nets, an optimiser of all weights but one bias, coins and noise: a case."""
    enc = nn.Sequential(nn.Linear(x_dim, 6), nn.Tanh(), nn.Linear(6, 2 * z_dim)).to(dtype)
    dec = nn.Sequential(nn.Linear(z_dim, 5), nn.Tanh(), nn.Linear(5, x_dim)).to(dtype)
    for weight in [*enc.parameters(), *dec.parameters()]:
        weight.data = 0.7 * normal(rng, *weight.shape).to(dtype)
    opt = torch.optim.SGD([enc[0].weight, *enc[2].parameters(), *dec.parameters()], lr=lr)
    x = (normal(rng, batch, x_dim) > 0).to(dtype)
    return enc, dec, opt, x, normal(rng, batch, z_dim).to(dtype)


def cases(rng):
    for batch, x_dim, z_dim in ((3, 5, 2), (1, 4, 3), (6, 7, 2), (4, 9, 1)):
        yield training(rng, batch, x_dim, z_dim)


def hard_cases(rng):
    yield training(rng, 128, 256, 16, torch.float, lr=1e-3)
    enc, dec, opt, x, eps = training(rng, 8, 12, 3, torch.float, lr=1e-6)
    dec[2].bias.data.fill_(200.0)  # sure, and wrong at every black pixel: the loss stays finite
    yield enc, dec, opt, x, eps


class Properties:
    @named("a small step raises the ELBO of the same batch")
    def goes_up(f, rng):
        mine = training(rng, 6, 7, 2, lr=1e-3)
        before = vae_step(*copy.deepcopy(mine))[0]
        f(*mine)
        after = vae_step(*copy.deepcopy(mine))[0]
        says = f"the ELBO of the batch was {before:.4f} and is {after:.4f} after your step. "
        expect(after > before, says + "The loss is MINUS the ELBO: does your step take place?")

    @named("both nets move, by the one loss")
    def both_move(f, rng):
        mine = training(rng, 5, 7, 2)
        start, right = copy.deepcopy(mine), copy.deepcopy(mine)  # nets and optimiser together
        found = f(*mine)
        vae_step(*right)
        expect(not equal(mine[1], start[1]), "dec stands still: does opt step?")
        expect(equal(mine[1], right[1]), "the values are right, but dec has moved elsewhere.")
        says = "opt does not hold the first bias of enc, and it has moved: only opt.step() moves."
        expect(torch.equal(mine[0][0].bias, start[0][0].bias), says)
        says = "dec has moved as it should, enc has not: does the reconstruction reach it, "
        expect(equal(mine[0], right[0]), says + "through z?")
        attached = any(getattr(value, "requires_grad", False) for value in found)
        expect(not attached, "the values you return still carry their graphs: detach them.")
        other = 1 - mine[3], -mine[4]
        f(*mine[:3], *other)
        vae_step(*right[:3], *other)
        says = "one step is right, but not the second: which gradients has the first one left?"
        expect(equal(mine[0], right[0]) and equal(mine[1], right[1]), says)


def elbo_and_kl(enc, dec, x, eps, cut=False, pixels=1):
    """ELBO and KL, means over the batch. cut: no gradient through z; pixels: divides log p(x|z)."""
    mu, logvar = enc(x).chunk(2, dim=1)
    z = mu + (0.5 * logvar).exp() * eps
    logits = dec(z.detach() if cut else z)
    log_lik = (x * logits - F.softplus(logits)).sum(1) / pixels
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return (log_lik - kl).mean(), kl.mean()


def climb(opt, elbo, kl, sign=1):
    """One step up sign times the ELBO; -> both, detached."""
    opt.zero_grad()
    (-sign * elbo).backward()
    opt.step()
    return elbo.detach(), kl.detach()


class Mistakes:
    @named("the reconstruction does not reach the encoder")
    def decoder_apart(enc, dec, opt, x, eps):
        """The code was cut off from the encoder: detach, no_grad or a plain .sample(). The decoder
        learns; the encoder feels the KL alone, which drives every code to the prior."""
        return climb(opt, *elbo_and_kl(enc, dec, x, eps, cut=True))

    @named("zero_grad forgotten")
    def no_zero_grad(enc, dec, opt, x, eps):
        """backward ADDS to .grad. Without zero_grad each step follows the gradients of all former
        batches, too."""
        opt.zero_grad = lambda: None
        return vae_step(enc, dec, opt, x, eps)

    @named("downhill on the ELBO")
    def downhill(enc, dec, opt, x, eps):
        """An optimiser makes its loss small, and you handed it the ELBO, which should be large. The
        loss is minus the ELBO."""
        return climb(opt, *elbo_and_kl(enc, dec, x, eps), sign=-1)

    @named("mean over the pixels, sum over the units", see="31, find the bug")
    def mean_over_the_pixels(enc, dec, opt, x, eps):
        """You averaged over pixels but summed over units: the reconstruction is D times too weak,
        and the cheapest thing to do is to ignore z. Sum both, then average over the batch."""
        return climb(opt, *elbo_and_kl(enc, dec, x, eps, pixels=x.shape[1]))

    @named("the mean is decoded, not a draw")
    def no_draw(enc, dec, opt, x, eps):
        """You decoded mu. The bound is an expectation over draws of q(z|x): decode
        z = mu + sigma eps. Without the noise the code is a point, a plain autoencoder's."""
        return climb(opt, *elbo_and_kl(enc, dec, x, 0 * eps))
