"""A small Transformer on patches of a picture that is told the time and the class.

After Peebles and Xie 2022 (arXiv:2212.09748): patches are tokens, and time and class scale, shift
and gate what each block does ("adaLN-Zero"). It takes and returns what the U-Net does.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.models.unet import Condition


@dataclass(frozen=True)
class DiTConfig:
    """Sizes of a :class:`DiT`."""

    img_size: int = 16  # pixels along one side
    patch: int = 4  # patch x patch pixels are one token
    d_model: int = 96
    n_layer: int = 4
    n_head: int = 4
    n_classes: int = 11  # labels, the last one meaning "no label"
    d_cond: int = 128  # length of the vector that carries time and label

    def __post_init__(self) -> None:
        if self.img_size % self.patch:
            raise ValueError(f"patch {self.patch} does not divide img_size {self.img_size}")
        if self.d_model % self.n_head:
            raise ValueError(f"n_head {self.n_head} does not divide d_model {self.d_model}")

    @property
    def no_label(self) -> int:
        """The label that says nothing."""
        return self.n_classes - 1


class Block(nn.Module):
    """Attention and an MLP, each scaled, shifted and gated by the condition; a gate starts at 0."""

    def __init__(self, d_model: int, n_head: int, d_cond: int):
        super().__init__()
        self.n_head = n_head
        self.norm = nn.LayerNorm(d_model, elementwise_affine=False)
        self.qkv, self.out = nn.Linear(d_model, 3 * d_model), nn.Linear(d_model, d_model)
        self.mlp = nn.Sequential(
            nn.Linear(d_model, 4 * d_model), nn.GELU("tanh"), nn.Linear(4 * d_model, d_model)
        )
        self.adapt = zero(nn.Linear(d_cond, 6 * d_model))

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        """Transform tokens. x: (B, T, D), c: (B, d_cond) -> (B, T, D)."""
        scale_1, shift_1, gate_1, scale_2, shift_2, gate_2 = self.adapt(c)[:, None].chunk(6, dim=2)
        x = x + gate_1 * self.attend(self.norm(x) * (1 + scale_1) + shift_1)
        return x + gate_2 * self.mlp(self.norm(x) * (1 + scale_2) + shift_2)

    def attend(self, x: Tensor) -> Tensor:
        """Every token looks at every other. x: (B, T, D) -> (B, T, D)."""
        heads = self.qkv(x).unflatten(2, (3, self.n_head, -1))  # (B, T, 3, N, D / N)
        q, k, v = heads.permute(2, 0, 3, 1, 4)  # each (B, N, T, D / N)
        seen = F.scaled_dot_product_attention(q, k, v)
        return self.out(seen.transpose(1, 2).flatten(2))


class DiT(nn.Module):
    """The whole net.

    >>> net = DiT(DiTConfig(img_size=16))
    >>> net(torch.randn(5, 1, 16, 16), torch.rand(5), torch.arange(5)).shape
    torch.Size([5, 1, 16, 16])
    """

    def __init__(self, config: DiTConfig):
        super().__init__()
        self.config = config
        n_side, d = config.img_size // config.patch, config.d_model
        self.first = nn.Linear(config.patch**2, d)
        self.place = nn.Parameter(0.02 * torch.randn(n_side**2, d))
        self.condition = Condition(config.n_classes, config.d_cond)
        self.blocks = nn.ModuleList(
            Block(d, config.n_head, config.d_cond) for _ in range(config.n_layer)
        )
        self.norm = nn.LayerNorm(d, elementwise_affine=False)
        self.adapt = zero(nn.Linear(config.d_cond, 2 * d))
        self.last = zero(nn.Linear(d, config.patch**2))  # an untrained net answers 0 everywhere

    def forward(self, x_t: Tensor, t: Tensor, y: Tensor | None = None) -> Tensor:
        """Predict. x_t: (B, 1, H, W), t: (B,) in [0, 1], y: (B,) long or None -> (B, 1, H, W)."""
        if y is None:
            y = torch.full((len(x_t),), self.config.no_label, device=x_t.device)
        c = self.condition(t, y)  # (B, d_cond)
        h = F.pixel_unshuffle(x_t, self.config.patch)  # (B, patch^2, n, n)
        h = self.first(h.flatten(2).mT) + self.place  # (B, T, D), T = n^2
        for block in self.blocks:
            h = block(h, c)
        scale, shift = self.adapt(c)[:, None].chunk(2, dim=2)
        h = self.last(self.norm(h) * (1 + scale) + shift)  # (B, T, patch^2)
        n_side = self.config.img_size // self.config.patch
        return F.pixel_shuffle(h.mT.unflatten(2, (n_side, n_side)), self.config.patch)


def zero(layer: nn.Linear) -> nn.Linear:
    """The layer with all its weights set to 0."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
