"""Stand-ins for well-known public models: their layers and sizes, in our own words.

They exist to be measured against, in the same process and minute. What decides the speed is kept:
which layers, how wide, how many, in which order. Initial values, dropout at rate 0, sampling and
loading are left out.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class PeerBlock(nn.Module):
    """nanoGPT: pre-norm, one matrix for q, k and v, exact GELU, no bias anywhere."""

    def __init__(self, width: int, n_head: int):
        super().__init__()
        self.n_head = n_head
        self.norm_1, self.norm_2 = (nn.LayerNorm(width, bias=False) for _ in range(2))
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width, bias=False),
            nn.GELU(),
            nn.Linear(4 * width, width, bias=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        """x: (B, T, D) -> (B, T, D)."""
        parts = self.qkv(self.norm_1(x)).split(x.shape[-1], dim=2)
        q, k, v = (p.unflatten(2, (self.n_head, -1)).transpose(1, 2) for p in parts)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).flatten(2))
        return x + self.mlp(self.norm_2(x))


class PeerGPT(nn.Module):
    """nanoGPT (karpathy/nanoGPT, model.py): learned positions, embedding tied to the last layer."""

    def __init__(self, vocab_size: int, context: int, n_layer: int, n_head: int, width: int):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.Sequential(*(PeerBlock(width, n_head) for _ in range(n_layer)))
        self.norm = nn.LayerNorm(width, bias=False)
        self.head = nn.Linear(width, vocab_size, bias=False)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)
        self.head.weight = self.tokens.weight

    def forward(self, idx: Tensor, *, last: bool = False) -> Tensor:
        """idx: (B, T) -> logits of every position, or of the last one alone."""
        x = self.tokens(idx) + self.positions(torch.arange(idx.shape[1]))
        x = self.norm(self.blocks(x))
        return self.head(x[:, [-1]] if last else x)


class Swish(nn.Module):
    """Written out with a sigmoid, as labml has it."""

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(x)


class PeerResidual(nn.Module):
    """labml: norm, swish, convolution, twice; the time is added between."""

    def __init__(self, c_in: int, c_out: int, d_time: int):
        super().__init__()
        self.act = Swish()
        self.norm_1, self.norm_2 = nn.GroupNorm(32, c_in), nn.GroupNorm(32, c_out)
        self.conv_1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.conv_2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.shortcut = nn.Conv2d(c_in, c_out, 1) if c_in != c_out else nn.Identity()
        self.time = nn.Linear(d_time, c_out)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        """x: (B, c_in, H, W), t: (B, d_time) -> (B, c_out, H, W)."""
        h = self.conv_1(self.act(self.norm_1(x)))
        h = h + self.time(self.act(t))[:, :, None, None]
        return self.conv_2(self.act(self.norm_2(h))) + self.shortcut(x)


class PeerAttention(nn.Module):
    """labml: one head over all positions of the coarsest grid, no norm before it."""

    def __init__(self, width: int):
        super().__init__()
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """x: (B, C, H, W), same out."""
        seq = x.flatten(2).mT  # (B, H W, C)
        q, k, v = self.qkv(seq).chunk(3, dim=-1)
        weights = (q @ k.mT / math.sqrt(k.shape[-1])).softmax(-1)
        return (self.out(weights @ v) + seq).mT.unflatten(2, x.shape[2:])


class PeerUNet(nn.Module):
    """labml (diffusion/ddpm/unet.py): ``n_blocks`` a level down, one more up, attention between."""

    def __init__(self, channels: int, width: int, factors: tuple[int, ...], n_blocks: int):
        super().__init__()
        self.d_time = d_time = 4 * width
        self.first = nn.Conv2d(channels, width, 3, padding=1)
        self.time = nn.Sequential(nn.Linear(width, d_time), Swish(), nn.Linear(d_time, d_time))
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        c, c_out = width, width
        for level, factor in enumerate(factors):
            if level > 0:
                self.down.append(nn.Conv2d(c, c, 3, 2, 1))
            c_out *= factor
            for _ in range(n_blocks):
                self.down.append(PeerResidual(c, c_out, d_time))
                c = c_out
        self.middle = nn.ModuleList(PeerResidual(c, c, d_time) for _ in range(2))
        self.attention = PeerAttention(c)
        for level in reversed(range(len(factors))):
            for _ in range(n_blocks):
                self.up.append(PeerResidual(2 * c, c, d_time))
            c_out = c // factors[level]
            self.up.append(PeerResidual(c + c_out, c_out, d_time))
            c = c_out
            if level > 0:
                self.up.append(nn.ConvTranspose2d(c, c, 4, 2, 1))
        self.norm, self.last = nn.GroupNorm(8, width), nn.Conv2d(width, channels, 3, padding=1)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        """x: (B, C, H, W), t: (B,) -> (B, C, H, W)."""
        half = self.d_time // 8
        rates = torch.exp(torch.arange(half) * (-math.log(10_000) / (half - 1)))
        angles = t[:, None] * rates
        c = self.time(torch.cat([angles.sin(), angles.cos()], dim=1))
        h = self.first(x)
        skips = [h]
        for layer in self.down:
            h = layer(h, c) if isinstance(layer, PeerResidual) else layer(h)
            skips.append(h)
        h = self.middle[1](self.attention(self.middle[0](h, c)), c)
        for layer in self.up:
            if isinstance(layer, PeerResidual):
                h = layer(torch.cat([h, skips.pop()], dim=1), c)
            else:
                h = layer(h)
        return self.last(F.silu(self.norm(h)))


class PeerVAE(nn.Module):
    """pytorch/examples (vae): 784-400-20-400-784 with ReLU, mean and log variance apart."""

    def __init__(self):
        super().__init__()
        self.hidden, self.mu, self.logvar = (
            nn.Linear(784, 400),
            nn.Linear(400, 20),
            nn.Linear(400, 20),
        )
        self.up, self.last = nn.Linear(20, 400), nn.Linear(400, 784)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """x: (B, 784) -> probabilities, mean, log variance."""
        h = F.relu(self.hidden(x))
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        return torch.sigmoid(self.last(F.relu(self.up(z)))), mu, logvar


def peer_dcgan(width: int = 64, channels: int = 3, z_dim: int = 100) -> tuple[nn.Module, nn.Module]:
    """pytorch/examples (dcgan): generator and discriminator for 64 x 64 pixels."""
    gen: list[nn.Module] = []
    sizes = [z_dim, 8 * width, 4 * width, 2 * width, width]
    for k in range(4):
        where = (4, 1, 0) if k == 0 else (4, 2, 1)
        gen.append(nn.ConvTranspose2d(sizes[k], sizes[k + 1], *where, bias=False))
        gen += [nn.BatchNorm2d(sizes[k + 1]), nn.ReLU(inplace=True)]
    gen += [nn.ConvTranspose2d(width, channels, 4, 2, 1, bias=False), nn.Tanh()]
    disc: list[nn.Module] = []
    sizes = [channels, width, 2 * width, 4 * width, 8 * width]
    for k in range(4):
        disc.append(nn.Conv2d(sizes[k], sizes[k + 1], 4, 2, 1, bias=False))
        disc += [nn.BatchNorm2d(sizes[k + 1])] if k > 0 else []
        disc.append(nn.LeakyReLU(0.2, inplace=True))
    disc += [nn.Conv2d(8 * width, 1, 4, bias=False), nn.Sigmoid(), nn.Flatten(0)]
    nets = nn.Sequential(*gen), nn.Sequential(*disc)
    for layer in (m for net in nets for m in net.modules()):
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(layer.weight, std=0.02)
    return nets
