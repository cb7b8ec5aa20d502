"""Flow matching with a small U-Net that is told the label (lesson 00)."""

import time
from itertools import pairwise

import torch

from course_utils.models.unet import UNet, UNetConfig
from course_utils.training import Ema

TASK = "labelled digits"
BATCH, STEPS, EARLY = 32, 20, 0.05  # EARLY: the share of the time in which the rate rises


def train(data, seconds, seed):
    """Guess the picture behind a mixture of it and noise. -> the net with averaged weights."""
    x_train = 2 * data["x"] - 1
    net = UNet(UNetConfig(widths=(32, 64))).to(memory_format=torch.channels_last)
    opt = torch.optim.AdamW(net.parameters(), betas=(0.9, 0.99), fused=True)
    ema = Ema(net, decay=0.995)
    began = time.perf_counter()
    while (share := (time.perf_counter() - began) / seconds) < 1:
        opt.param_groups[0]["lr"] = 3e-3 * min(share / EARLY, (1 - share) / (1 - EARLY))
        rows = torch.randint(len(x_train), (BATCH,))
        x, y = x_train[rows], data["y"][rows]
        t = (torch.randn(BATCH) - 0.5).sigmoid()  # early times decide most
        way = t[:, None, None, None]
        x_hat = net(way * x + (1 - way) * torch.randn_like(x), t, y)
        loss = ((x_hat - x) ** 2 / (1 - way)).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        ema.update()
    net.load_state_dict(ema.state)
    return net


def sample(net, n, labels, seed):
    """Follow the guess from noise. -> (n, 1, 16, 16) in [0, 1]."""
    x = torch.randn(n, 1, 16, 16)
    times = torch.linspace(0, 1, STEPS + 1) ** 0.75
    for t, t_next in pairwise(times):
        x_hat = net(x, torch.full((n,), float(t)), labels)
        x = x + (t_next - t) * (x_hat - x) / (1 - t)
    return ((x + 1) / 2).clamp(0, 1)
