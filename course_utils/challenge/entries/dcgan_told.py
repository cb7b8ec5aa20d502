"""A DCGAN whose two players are told the label: one-hot beside z, a projection in D."""

import time

import torch
import torch.nn.functional as F
from torch import nn

from course_utils.models.dcgan import DCGANConfig, Discriminator, Generator
from course_utils.training import Batches

TASK = "labelled digits"
RATE, BATCH, Z, CLASSES = 1.5e-3, 32, 32, 10


class ToldGenerator(nn.Module):
    """Latent and label to a picture."""

    def __init__(self):
        super().__init__()
        self.net = Generator(DCGANConfig(16, z_dim=Z + CLASSES, width=32))

    def forward(self, z, y):
        """z: (B, Z), y: (B,) -> (B, 1, 16, 16) in [-1, 1]."""
        return self.net(torch.cat([z, F.one_hot(y, CLASSES).float()], dim=1))


class ToldDiscriminator(nn.Module):
    """Picture and label to one logit (Miyato and Koyama 2018, arXiv:1802.05637)."""

    def __init__(self):
        super().__init__()
        layers = Discriminator(DCGANConfig(16, width=32)).body
        self.body, self.last = layers[:-1], layers[-1]
        self.embed = nn.Embedding(CLASSES, 64 * 4 * 4)
        nn.init.zeros_(self.embed.weight)  # at first the label says nothing

    def forward(self, x, y):
        """x: (B, 1, 16, 16), y: (B,) -> (B,) logits."""
        h = self.body(x)
        return self.last(h).flatten() + (h.flatten(1) * self.embed(y)).sum(1)


def train(data, seconds, seed):
    """Play rounds for ``seconds``; the rate falls to 0 in a straight line. -> the generator."""
    gen, disc = ToldGenerator(), ToldDiscriminator()
    opt_gen = torch.optim.Adam(gen.parameters(), betas=(0.0, 0.99), fused=True)
    opt_disc = torch.optim.Adam(disc.parameters(), betas=(0.0, 0.99), fused=True)
    batches = Batches([2 * data["x"] - 1, data["y"]], batch_size=BATCH, seed=seed)
    began, step = time.perf_counter(), 0
    while (share := (time.perf_counter() - began) / seconds) < 1:
        for opt in (opt_gen, opt_disc):
            opt.param_groups[0]["lr"] = RATE * (1 - share)
        x, y = batches(step)
        fake = gen(torch.randn(BATCH, Z), y)
        loss_d = F.softplus(-disc(x, y)).mean() + F.softplus(disc(fake.detach(), y)).mean()
        opt_disc.zero_grad()
        loss_d.backward()
        opt_disc.step()

        disc.requires_grad_(False)
        loss_g = F.softplus(-disc(fake, y)).mean()
        opt_gen.zero_grad()
        loss_g.backward()
        opt_gen.step()
        disc.requires_grad_(True)
        step += 1
    return gen.eval()


def sample(gen, n, labels, seed):
    """Draw a picture for each label. -> (n, 1, 16, 16) in [0, 1]."""
    return ((gen(torch.randn(n, Z), labels) + 1) / 2).clamp(0, 1)
