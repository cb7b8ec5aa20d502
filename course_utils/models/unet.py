"""A small U-Net that is told the time and the class.

The shape is that of Ronneberger et al. 2015 (arXiv:1505.04597): a path down to coarse grids, a path
up again, and skip connections that carry fine detail across. It predicts one number per pixel and
channel: a velocity for flow matching (Lipman et al. 2022, arXiv:2210.02747; Liu et al. 2022,
arXiv:2209.03003) or the noise for diffusion. One more class, "no label", lets the same net work
with and without a label, which is what classifier-free guidance needs (Ho and Salimans 2022,
arXiv:2207.12598).

Simplified: no attention, and an optional first step that folds small squares of pixels into
channels, which makes every convolution cheaper.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class UNetConfig:
    """Sizes of a :class:`UNet`."""

    img_size: int = 16  # pixels along one side
    in_channels: int = 1  # 1 grey, 3 colour
    patch: int = 2  # patch x patch pixels become one position with patch^2 times the channels
    widths: tuple[int, ...] = (48, 64)  # channels per level, finest first; each level halves
    n_blocks: int = 1  # residual blocks per level, on each path
    n_classes: int = 11  # labels, the last one meaning "no label"
    d_cond: int = 128  # length of the vector that carries time and label
    n_groups: int = 8  # groups of every GroupNorm

    def __post_init__(self) -> None:
        for name in ("img_size", "in_channels", "patch", "n_blocks", "n_classes", "n_groups"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be >= 1, got {getattr(self, name)}")
        if not self.widths or any(w < 1 or w % self.n_groups for w in self.widths):
            raise ValueError(
                f"widths must be multiples of n_groups = {self.n_groups}, got {self.widths}"
            )
        if self.img_size % self.shrink:
            raise ValueError(
                f"img_size {self.img_size} cannot be divided by {self.shrink}: "
                f"patch {self.patch} and {len(self.widths)} levels need it; use fewer levels"
            )
        if self.d_cond < 4 or self.d_cond % 4:
            raise ValueError(f"d_cond must be a multiple of 4, got {self.d_cond}")

    @property
    def shrink(self) -> int:
        """How many pixels along a side meet in one position of the coarsest grid."""
        return self.patch * 2 ** (len(self.widths) - 1)

    @property
    def no_label(self) -> int:
        """The label that says nothing."""
        return self.n_classes - 1


class Condition(nn.Module):
    """Turn time and label into one vector that every block reads."""

    def __init__(self, n_classes: int, d_cond: int):
        super().__init__()
        # frequencies from slow to fast: a clock with several hands tells t in [0, 1] precisely
        frequencies = torch.exp(torch.linspace(0, math.log(1000), d_cond // 4))
        self.register_buffer("frequencies", frequencies, persistent=False)
        self.label = nn.Embedding(n_classes, d_cond)
        self.time = nn.Sequential(
            nn.Linear(d_cond // 2, d_cond), nn.SiLU(), nn.Linear(d_cond, d_cond)
        )

    def forward(self, t: Tensor, y: Tensor) -> Tensor:
        """Embed both. t: (B,) in [0, 1], y: (B,) long -> (B, d_cond)."""
        angles = t[:, None] * self.frequencies  # (B, d_cond / 4)
        hands = torch.cat([angles.sin(), angles.cos()], dim=1)  # (B, d_cond / 2)
        return F.silu(self.time(hands) + self.label(y))


class ResBlock(nn.Module):
    """Two convolutions beside a shortcut; the condition scales and shifts what lies between.

    The last convolution starts at zero, so that a new block passes its input on unchanged.
    """

    def __init__(self, c_in: int, c_out: int, d_cond: int, n_groups: int):
        super().__init__()
        self.norm1 = nn.GroupNorm(n_groups, c_in)
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.scale_shift = nn.Linear(d_cond, 2 * c_out)
        self.norm2 = nn.GroupNorm(n_groups, c_out)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.shortcut = nn.Conv2d(c_in, c_out, 1) if c_in != c_out else nn.Identity()
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """Transform features. x: (B, c_in, H, W), c: (B, d_cond) -> (B, c_out, H, W)."""
        h = self.conv1(F.silu(self.norm1(x)))  # (B, c_out, H, W)
        scale, shift = self.scale_shift(c)[:, :, None, None].chunk(2, dim=1)  # (B, c_out, 1, 1)
        h = self.conv2(F.silu(self.norm2(h) * (1 + scale) + shift))
        return self.shortcut(x) + h


class UNet(nn.Module):
    """The whole net.

    >>> net = UNet(UNetConfig(img_size=16))
    >>> net(torch.randn(5, 1, 16, 16), torch.rand(5), torch.arange(5)).shape
    torch.Size([5, 1, 16, 16])
    """

    def __init__(self, config: UNetConfig):
        super().__init__()
        self.config = config
        n_pixels = config.in_channels * config.patch**2
        widths, width, skips = config.widths, config.widths[0], []

        def block(c_in: int, c_out: int) -> ResBlock:
            return ResBlock(c_in, c_out, config.d_cond, config.n_groups)

        self.condition = Condition(config.n_classes, config.d_cond)
        self.first = nn.Conv2d(n_pixels, width, 3, padding=1)
        self.down, self.shrink = nn.ModuleList(), nn.ModuleList()
        for level, c_out in enumerate(widths):
            blocks = nn.ModuleList()
            for _ in range(config.n_blocks):
                blocks.append(block(width, c_out))
                width = c_out
                skips.append(width)
            self.down.append(blocks)
            if level < len(widths) - 1:
                self.shrink.append(nn.Conv2d(width, width, 3, stride=2, padding=1))
        self.middle = block(width, width)
        self.up = nn.ModuleList()
        for c_out in reversed(widths):
            blocks = nn.ModuleList()
            for _ in range(config.n_blocks):
                blocks.append(block(width + skips.pop(), c_out))
                width = c_out
            self.up.append(blocks)
        self.norm = nn.GroupNorm(config.n_groups, width)
        self.last = nn.Conv2d(width, n_pixels, 3, padding=1)
        nn.init.zeros_(self.last.weight)  # an untrained net answers 0 everywhere
        nn.init.zeros_(self.last.bias)

    def forward(self, x_t: Tensor, t: Tensor, y: Tensor | None = None) -> Tensor:
        """Predict. x_t: (B, C, H, W), t: (B,) in [0, 1], y: (B,) long or None -> (B, C, H, W)."""
        if y is None:
            y = torch.full((len(x_t),), self.config.no_label, device=x_t.device)
        c = self.condition(t, y)  # (B, d_cond)
        h = self.first(F.pixel_unshuffle(x_t, self.config.patch))  # (B, w, H / patch, W / patch)
        skips = []
        for level, blocks in enumerate(self.down):
            if level > 0:
                h = self.shrink[level - 1](h)  # half as high and wide
            for block in blocks:
                h = block(h, c)
                skips.append(h)
        h = self.middle(h, c)
        for level, blocks in enumerate(self.up):
            if level > 0:
                h = F.interpolate(h, scale_factor=2.0, mode="nearest")
            for block in blocks:
                h = block(torch.cat([h, skips.pop()], dim=1), c)
        h = self.last(F.silu(self.norm(h)))  # (B, C patch^2, ...)
        return F.pixel_shuffle(h, self.config.patch)  # (B, C, H, W)
