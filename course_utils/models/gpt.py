"""A GPT: a decoder-only Transformer with pre-norm blocks and rotary positions.

Follows Radford et al. 2019 (GPT-2) with two later habits: positions enter by rotating queries and
keys (Su et al. 2021, arXiv:2104.09864) and linear layers carry no bias. Token embedding and output
layer share one matrix (Press and Wolf 2016, arXiv:1608.05859). Simplified: no dropout.
Lesson 53 builds the parts by hand, lesson 54 trains it.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class GPTConfig:
    """Sizes of a :class:`GPT`."""

    vocab_size: int = 512  # tokens
    context: int = 128  # longest sequence, in tokens
    n_layer: int = 4
    n_head: int = 4
    d_model: int = 128  # width of the residual stream
    d_mlp: int = 512  # width inside a block's MLP
    learned_positions: bool = False  # also add a learnt vector a position, as GPT-2 does

    def __post_init__(self) -> None:
        for name in ("vocab_size", "context", "n_layer", "n_head", "d_model", "d_mlp"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be >= 1, got {getattr(self, name)}")
        if self.d_model % (2 * self.n_head):
            raise ValueError(
                f"d_model must be a multiple of 2 * n_head (rotations need pairs), got "
                f"d_model={self.d_model}, n_head={self.n_head}"
            )


class KVCache:
    """Keys and values of the tokens read so far, so that the next one costs one position's work.

    ``cache = KVCache(net, batch_size=1)``, then ``net(idx, cache)`` reads idx after what was read.
    """

    def __init__(self, net: "GPT", batch_size: int):
        c, weight = net.config, net.embed.weight
        shape = (c.n_layer, 2, batch_size, c.n_head, c.context, c.d_model // c.n_head)
        self.data = torch.zeros(shape, dtype=weight.dtype, device=weight.device)
        self.length = 0  # tokens read

    def extend(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Append k, v (B, N, t, D/N) of new tokens; return those of all tokens (B, N, T, D/N)."""
        read = self.data[layer, ..., : self.length + k.shape[2], :]  # (2, B, N, T, D/N)
        new = read[..., self.length :, :]
        new[0], new[1] = k, v
        return read.unbind()


def rotation_table(n_positions: int, width: int, base: float = 10_000.0) -> Tensor:
    """Return cosines and sines of the rotary angles: (2, n_positions, width / 2).

    Pair i at position p turns by p * base^(-2i / width) (Su et al. 2021, eq. 15).
    """
    rates = base ** (-torch.arange(0, width, 2, dtype=torch.double) / width)
    angles = torch.arange(n_positions, dtype=torch.double)[:, None] * rates
    return torch.stack([angles.cos(), angles.sin()]).float()


def rotate(x: Tensor, table: Tensor) -> Tensor:
    """Rotate pairs (x_i, x_{i + width/2}) by the table's angles. x: (..., T, width), same out."""
    cos, sin = table
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


class Attention(nn.Module):
    """Causal self-attention over N heads."""

    def __init__(self, config: GPTConfig):
        super().__init__()
        self.n_head = config.n_head
        self.qkv = nn.Linear(config.d_model, 3 * config.d_model, bias=False)
        self.out = nn.Linear(config.d_model, config.d_model, bias=False)

    def forward(self, x: Tensor, table: Tensor, layer: int, cache: KVCache | None) -> Tensor:
        """Mix tokens with earlier ones. x: (B, T, D), table: rotations of these T positions."""
        qkv = self.qkv(x).view(*x.shape[:2], 3 * self.n_head, -1).transpose(1, 2)
        qk, v = qkv.split([2 * self.n_head, self.n_head], dim=1)  # (B, 2 N, T, D/N), (B, N, ...)
        q, k = rotate(qk, table).chunk(2, dim=1)  # both at once is faster
        if cache is not None:
            k, v = cache.extend(layer, k, v)
        if q.shape[2] == k.shape[2]:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        elif q.shape[2] == 1:  # one new token may look at everything
            y = F.scaled_dot_product_attention(q, k, v)
        else:  # several new tokens after cached ones: row i sees all but the last t - 1 - i
            seen = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=x.device)
            seen = seen.tril(k.shape[2] - q.shape[2])
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=seen)
        return self.out(y.transpose(1, 2).flatten(2))  # (B, T, D)


class Block(nn.Module):
    """Attention, then an MLP, each reading a normalised copy of the stream and adding to it."""

    def __init__(self, config: GPTConfig):
        super().__init__()
        self.norm_1 = nn.LayerNorm(config.d_model, bias=False)
        self.attention = Attention(config)
        self.norm_2 = nn.LayerNorm(config.d_model, bias=False)
        self.up = nn.Linear(config.d_model, config.d_mlp, bias=False)
        self.down = nn.Linear(config.d_mlp, config.d_model, bias=False)

    def forward(self, x: Tensor, table: Tensor, layer: int, cache: KVCache | None) -> Tensor:
        """x: (B, T, D) -> (B, T, D)."""
        x = x + self.attention(self.norm_1(x), table, layer, cache)
        return x + self.down(F.gelu(self.up(self.norm_2(x))))


class GPT(nn.Module):
    """Predict the next token: ``GPT(GPTConfig())(idx)`` gives logits for every position."""

    def __init__(self, config: GPTConfig | None = None):
        super().__init__()
        self.config = config = config or GPTConfig()
        self.embed = nn.Embedding(config.vocab_size, config.d_model)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.n_layer))
        self.norm = nn.LayerNorm(config.d_model, bias=False)
        self.head = nn.Linear(config.d_model, config.vocab_size, bias=False)
        self.head.weight = self.embed.weight
        self.positions = None
        if config.learned_positions:
            self.positions = nn.Parameter(0.02 * torch.randn(config.context, config.d_model))
        table = rotation_table(config.context, config.d_model // config.n_head)
        self.register_buffer("table", table, persistent=False)
        self.apply(self._init)
        for name, weight in self.named_parameters():
            if name.endswith(("out.weight", "down.weight")):  # 2 n_layer of them add up
                nn.init.normal_(weight, std=0.02 / math.sqrt(2 * config.n_layer))

    @staticmethod
    def _init(module: nn.Module) -> None:
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)

    def forward(self, idx: Tensor, cache: KVCache | None = None) -> Tensor:
        """Return logits of the token after each position. idx: (B, T) long -> (B, T, V).

        With a cache, idx continues what the cache holds. Raises ValueError beyond the context.
        """
        start = cache.length if cache is not None else 0
        end = start + idx.shape[1]
        if end > self.config.context:
            raise ValueError(
                f"{end} tokens do not fit into a context of {self.config.context}; keep the last "
                "ones (and start a new cache)"
            )
        x = self.embed(idx)  # (B, T, D)
        if self.positions is not None:
            x = x + self.positions[start:end]
        table = self.table[:, start:end]
        for layer, block in enumerate(self.blocks):
            x = block(x, table, layer, cache)
        if cache is not None:
            cache.length = end
        return self.head(self.norm(x))
