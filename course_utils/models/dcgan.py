"""A convolutional GAN: generator and discriminator in the manner of DCGAN.

Radford et al. 2015 (arXiv:1511.06434): strided and transposed convolutions, no pooling, BatchNorm
in the generator. Simplified: the discriminator may go without BatchNorm and use spectral norm
instead (Miyato et al. 2018, arXiv:1802.05957), which trains more evenly; images are in [-1, 1].
"""

from dataclasses import dataclass
from math import log2

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm


@dataclass(frozen=True)
class DCGANConfig:
    """Sizes of a :class:`Generator` and :class:`Discriminator`."""

    img_size: int = 16  # pixels along one side: 8, 16, 32, 64, ...
    in_channels: int = 1  # 1 grey, 3 colour
    z_dim: int = 32  # latent numbers
    width: int = 32  # channels next to the image; they double at each coarser grid
    spectral: bool = False  # spectral norm instead of BatchNorm in the discriminator

    def __post_init__(self) -> None:
        if self.img_size < 8 or log2(self.img_size) % 1:
            raise ValueError(f"img_size must be 8, 16, 32, 64, ..., got {self.img_size}")
        for name in ("in_channels", "z_dim", "width"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be >= 1, got {getattr(self, name)}")

    @property
    def widths(self) -> list[int]:
        """Channels from the 4 x 4 grid to the one next to the image."""
        n_doublings = int(log2(self.img_size)) - 2
        return [self.width * 2**k for k in reversed(range(n_doublings))]


def _init(module: nn.Module) -> None:
    """Start weights at N(0, 0.02) and scales at N(1, 0.02) (Radford et al. 2015, sec. 4)."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, std=0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, mean=1.0, std=0.02)


class Generator(nn.Module):
    """Latent to image: ``Generator(DCGANConfig())(z)``."""

    def __init__(self, config: DCGANConfig | None = None):
        super().__init__()
        self.config = config = config or DCGANConfig()
        widths = config.widths
        layers: list[nn.Module] = [
            nn.ConvTranspose2d(config.z_dim, widths[0], 4, bias=False),  # 1 x 1 to 4 x 4
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(),
        ]
        for c_in, c_out in zip(widths, [*widths[1:], None], strict=True):
            last = c_out is None
            n_out = config.in_channels if last else c_out
            layers.append(nn.ConvTranspose2d(c_in, n_out, 4, 2, 1, bias=last))  # sides double
            layers += [nn.Tanh()] if last else [nn.BatchNorm2d(n_out), nn.ReLU()]
        self.body = nn.Sequential(*layers)
        self.apply(_init)

    def forward(self, z: Tensor) -> Tensor:
        """z: (B, Z) -> images (B, C, H, W) in [-1, 1]."""
        return self.body(z[:, :, None, None])


class Discriminator(nn.Module):
    """Image to one logit: ``Discriminator(DCGANConfig())(x)``, > 0 means "real"."""

    def __init__(self, config: DCGANConfig | None = None):
        super().__init__()
        self.config = config = config or DCGANConfig()
        norm = spectral_norm if config.spectral else lambda layer: layer
        layers: list[nn.Module] = []
        c_in = config.in_channels
        for k, c_out in enumerate(reversed(config.widths)):
            batch_norm = not config.spectral and k > 0  # none next to the image
            layers.append(norm(nn.Conv2d(c_in, c_out, 4, 2, 1, bias=not batch_norm)))
            layers += [nn.BatchNorm2d(c_out)] if batch_norm else []
            layers.append(nn.LeakyReLU(0.2))
            c_in = c_out
        layers.append(norm(nn.Conv2d(c_in, 1, 4)))  # 4 x 4 to 1 x 1
        self.body = nn.Sequential(*layers)
        self.apply(_init)

    def forward(self, x: Tensor) -> Tensor:
        """x: (B, C, H, W) in [-1, 1] -> logits (B,)."""
        return self.body(x).flatten()
