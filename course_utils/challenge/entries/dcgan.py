"""A DCGAN (lesson 22)."""

import time

import torch
import torch.nn.functional as F

from course_utils.models.dcgan import DCGANConfig, Discriminator, Generator
from course_utils.training import Batches

TASK = "digits"
RATE, BATCH, Z = 1.5e-3, 32, 32


def train(data, seconds, seed):
    """Play rounds for ``seconds``; the rate falls to 0 in a straight line. -> the generator."""
    config = DCGANConfig(16, z_dim=Z, width=32)
    gen, disc = Generator(config), Discriminator(config)
    opt_gen = torch.optim.Adam(gen.parameters(), betas=(0.0, 0.99), fused=True)
    opt_disc = torch.optim.Adam(disc.parameters(), betas=(0.0, 0.99), fused=True)
    batches = Batches([2 * data["x"] - 1], batch_size=BATCH, seed=seed)
    began, step = time.perf_counter(), 0
    while (share := (time.perf_counter() - began) / seconds) < 1:
        for opt in (opt_gen, opt_disc):
            opt.param_groups[0]["lr"] = RATE * (1 - share)
        (x,) = batches(step)
        fake = gen(torch.randn(BATCH, Z))
        loss_d = F.softplus(-disc(x)).mean() + F.softplus(disc(fake.detach())).mean()
        opt_disc.zero_grad()
        loss_d.backward()
        opt_disc.step()

        disc.requires_grad_(False)
        loss_g = F.softplus(-disc(fake)).mean()
        opt_gen.zero_grad()
        loss_g.backward()
        opt_gen.step()
        disc.requires_grad_(True)
        step += 1
    return gen.eval()


def sample(gen, n, labels, seed):
    """Draw n pictures. -> (n, 1, 16, 16) in [0, 1]."""
    return ((gen(torch.randn(n, Z)) + 1) / 2).clamp(0, 1)
