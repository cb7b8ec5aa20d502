"""Three small generators that are told the label: a GAN, a VAE and a diffusion model of 16 pixels.

Lessons 22b, 31, 41 and 54b build each of them in steps. Here they are in the form in which lessons
27 and 27b train them on a handful of pictures: pictures and labels in, a function that draws out.
Each trains where its pictures lie (``x.device``); the same seed gives the same bits.
"""

import math
from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.machine import generator
from course_utils.maths import diffusion
from course_utils.models.dcgan import DCGANConfig, Discriminator, Generator
from course_utils.models.unet import UNet, UNetConfig
from course_utils.training import Ema, eval_mode

Draw = Callable[[Tensor], Tensor]  # labels (m,) -> pictures (m, 1, 16, 16) in [0, 1]
Z = 16  # numbers in a code of the VAE


class ToldGAN(nn.Module):
    """Both players of a DCGAN that is told the label (Miyato and Koyama 2018, arXiv:1802.05637).

    The label n_classes means *hidden*: it adds nothing to the discriminator's logit.
    """

    def __init__(self, n_classes: int, z_dim: int = 32, width: int = 32):
        super().__init__()
        self.n_classes, self.z_dim = n_classes, z_dim
        self.gen = Generator(DCGANConfig(z_dim=z_dim + n_classes, width=width))
        layers = Discriminator(DCGANConfig(width=width)).body
        self.body, self.last = layers[:-1], layers[-1]
        self.table = nn.Embedding(
            n_classes + 1, self.last.weight.numel(), padding_idx=n_classes
        )  # the padding row gets no gradient
        nn.init.zeros_(self.table.weight)

    def fake(self, y: Tensor) -> Tensor:
        """Draw one picture a label. y: (B,) labels, none hidden -> (B, 1, 16, 16) in [-1, 1]."""
        z = torch.randn(len(y), self.z_dim, device=y.device)
        return self.gen(torch.cat([z, F.one_hot(y, self.n_classes).float()], 1))

    def features(self, x: Tensor) -> Tensor:
        """What the discriminator's last layer reads. x: (B, 1, 16, 16) in [-1, 1] -> (B, D)."""
        return self.body(x).flatten(1)

    def logit(self, x: Tensor, y: Tensor) -> Tensor:
        """Looks real + fits its label. x: (B, 1, 16, 16) in [-1, 1], y: (B,) -> (B,)."""
        h = self.body(x)
        return self.last(h).flatten() + (h.flatten(1) * self.table(y)).sum(1)


def train_gan(
    x: Tensor, y: Tensor, *, n_classes: int, n_steps: int, seed: int
) -> tuple[Draw, ToldGAN]:
    """Train a GAN told the label; x: (N, 1, 16, 16) in [0, 1], y: (N,), n_classes: hidden.

    Where a label is hidden, the generator is asked for any class and judged without it.
    """
    torch.manual_seed(seed)
    gan = ToldGAN(n_classes).to(x.device)
    judges = [*gan.body.parameters(), *gan.last.parameters(), *gan.table.parameters()]
    opt_gen = torch.optim.Adam(gan.gen.parameters(), betas=(0.0, 0.99), fused=True)
    opt_disc = torch.optim.Adam(judges, betas=(0.0, 0.99), fused=True)
    for step, rows in enumerate(_rows(len(x), 32, n_steps, generator(seed, "GAN"))):
        for opt in (opt_gen, opt_disc):
            opt.param_groups[0]["lr"] = 1.5e-3 * (1 - step / n_steps)
        real, label = 2 * x[rows] - 1, y[rows]
        any_class = torch.randint(n_classes, label.shape, device=x.device)
        drawn = gan.fake(torch.where(label == n_classes, any_class, label))
        loss_d = F.softplus(-gan.logit(real, label)) + F.softplus(gan.logit(drawn.detach(), label))
        opt_disc.zero_grad()
        loss_d.mean().backward()
        opt_disc.step()

        loss_g = F.softplus(-gan.logit(drawn, label)).mean()
        opt_gen.zero_grad()
        loss_g.backward()
        opt_gen.step()

    def draw(y: Tensor) -> Tensor:
        with torch.no_grad(), eval_mode(gan):
            return (gan.fake(y.to(x.device)) + 1) / 2

    return draw, gan


def train_vae(x: Tensor, y: Tensor, *, n_classes: int, n_steps: int, seed: int) -> Draw:
    """Train a VAE whose two halves are told the label; the pixels share the best variance.

    x: (N, 1, 16, 16) in [0, 1], y: (N,). It draws the mean of p(x | z, y) for z from N(0, I).
    """
    torch.manual_seed(seed)
    enc = nn.Sequential(nn.Linear(256 + n_classes, 400), nn.SiLU(), nn.Linear(400, 2 * Z))
    dec = nn.Sequential(nn.Linear(Z + n_classes, 400), nn.SiLU(), nn.Linear(400, 256))
    both = nn.ModuleList([enc, dec]).to(x.device)
    opt = torch.optim.Adam(both.parameters(), fused=True)
    for step, rows in enumerate(_rows(len(x), 64, n_steps, generator(seed, "VAE"))):
        opt.param_groups[0]["lr"] = 2e-3 * (1 - step / n_steps)
        pixels, label = x[rows].flatten(1), F.one_hot(y[rows], n_classes).float()
        mu, logvar = enc(torch.cat([pixels, label], 1)).chunk(2, 1)  # (B, Z) each
        z = mu + (logvar / 2).exp() * torch.randn_like(mu)
        error = (dec(torch.cat([z, label], 1)).sigmoid() - pixels).square().mean()
        kl = (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean() / 2
        opt.zero_grad()
        (256 / 2 * torch.log(2 * math.pi * error) + kl).backward()
        opt.step()

    def draw(y: Tensor) -> Tensor:
        y = y.to(x.device)
        z = torch.randn(len(y), Z, device=x.device)
        with torch.no_grad():
            pixels = dec(torch.cat([z, F.one_hot(y, n_classes).float()], 1)).sigmoid()
        return pixels.view(-1, 1, 16, 16)

    return draw


def train_diffusion(x: Tensor, y: Tensor, *, n_classes: int, n_steps: int, seed: int) -> Draw:
    """Train a U-Net told time and label to guess the clean picture; 20 timesteps, no guidance.

    x: (N, 1, 16, 16) in [0, 1], y: (N,).
    """
    torch.manual_seed(seed)
    net = UNet(UNetConfig(widths=(24, 48), n_classes=n_classes + 1)).to(x.device)
    chain = diffusion.cosine_schedule(20)
    noise_left = (1 - chain.alpha_bars.float()).sqrt().to(x.device)
    opt = torch.optim.AdamW(net.parameters(), weight_decay=0.01, betas=(0.9, 0.99), fused=True)
    ema = Ema(net, decay=0.99)
    for step, rows in enumerate(_rows(len(x), 16, n_steps, generator(seed, "diffusion"))):
        opt.param_groups[0]["lr"] = 3e-3 * (1 - step / n_steps)
        t = torch.randint(20, (16,), device=x.device)
        clean = 2 * x[rows] - 1
        x_t = diffusion.q_sample(clean, t.cpu(), torch.randn_like(clean), chain).float()
        error = (net(x_t, (t + 1) / 20, y[rows]) - clean).square().mean((1, 2, 3))
        opt.zero_grad()
        (error / noise_left[t]).mean().backward()
        opt.step()
        ema.update()

    def draw(y: Tensor) -> Tensor:
        y = y.to(x.device)
        pictures = torch.randn(len(y), 1, 16, 16, device=x.device)
        with torch.no_grad(), ema.applied():
            for t in reversed(range(20)):
                rows = torch.full_like(y, t)
                guess = net(pictures, (rows + 1) / 20, y).clamp(-1, 1)
                mean, variance = diffusion.posterior(guess, pictures, rows, chain)
                pictures = (mean + variance.sqrt() * torch.randn_like(mean)).float()
        return ((pictures + 1) / 2).clamp(0, 1)

    return draw


def _rows(n: int, size: int, n_steps: int, rng: torch.Generator) -> Iterator[Tensor]:
    """Yield one batch of row numbers a step, drawn with replacement: n may be tiny."""
    for _ in range(n_steps):
        yield torch.randint(n, (size,), generator=rng)
