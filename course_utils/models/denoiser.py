"""A denoiser of pictures: told x = x_0 + sigma * noise, sigma and the class, it guesses x_0.

The network inside guesses only what the best straight line leaves over (Karras et al. 2022,
arXiv:2206.00364, table 1): for data of mean ``mean`` and standard deviation ``sd`` its input and
its target have variance 1 at every noise level.
"""

import math

import torch
from torch import Tensor, nn

from course_utils.models.dit import DiT, DiTConfig
from course_utils.models.unet import UNet, UNetConfig

LOWEST, HIGHEST = 0.02, 20.0  # noise levels of 16-pixel digits in [-1, 1]: invisible, and all noise


class Denoiser(nn.Module):
    """body: a net like :class:`~course_utils.models.unet.UNet`, told t in [0, 1] and labels."""

    def __init__(self, body: nn.Module, *, mean: float, sd: float):
        super().__init__()
        self.body, self.mean, self.sd = body, mean, sd

    def forward(self, x: Tensor, sigma: Tensor, y: Tensor) -> Tensor:
        """Guess x_0. x: (B, C, H, W), sigma: (B,) or a number, y: (B,) labels -> (B, C, H, W)."""
        sigma = torch.as_tensor(sigma, dtype=x.dtype, device=x.device).expand(len(x))
        clock = (sigma / LOWEST).log() / math.log(HIGHEST / LOWEST)
        sigma = sigma.view(-1, 1, 1, 1)
        total = (sigma**2 + self.sd**2).sqrt()  # the standard deviation of x
        centred = x - self.mean
        by_line = self.mean + self.sd**2 / total**2 * centred
        return by_line + sigma * self.sd / total * self.body(centred / total, clock.clamp(0, 1), y)

    def weight(self, sigma: Tensor) -> Tensor:
        """Factor of the squared error, so that every level counts alike. (B,) -> (B, 1, 1, 1)."""
        sigma = sigma.view(-1, 1, 1, 1)
        return (sigma**2 + self.sd**2) / (sigma * self.sd) ** 2


def build(body: str, *, mean: float, sd: float, large: bool = False) -> Denoiser:
    """A fresh denoiser of 16-pixel digits. body: "unet" or "dit", made to cost about the same."""
    if body == "unet":
        inside = UNet(UNetConfig(widths=(64, 128) if large else (32, 64)))
    elif body == "dit":
        inside = DiT(DiTConfig(d_model=256 if large else 96))
    else:
        raise ValueError(f'body is "unet" or "dit", got {body!r}')
    return Denoiser(inside, mean=mean, sd=sd)
