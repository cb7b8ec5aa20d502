"""A variational autoencoder with fully connected encoder and decoder.

Kingma and Welling 2013 (arXiv:1312.6114), appendix C. The encoder gives mean and log variance of a
diagonal Gaussian q(z|x), the decoder the parameters of p(x|z), one number a pixel.
"""

from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True)
class VAEConfig:
    """Sizes of a :class:`VAE`."""

    x_dim: int = 256  # pixels (16 x 16)
    z_dim: int = 16  # latent numbers
    d_hidden: int = 400  # width of the hidden layers
    n_hidden: int = 1  # hidden layers on each side

    def __post_init__(self) -> None:
        for name in ("x_dim", "z_dim", "d_hidden", "n_hidden"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be >= 1, got {getattr(self, name)}")


def _mlp(n_in: int, d_hidden: int, n_hidden: int, n_out: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(n_hidden):
        layers += [nn.Linear(n_in, d_hidden), nn.SiLU()]
        n_in = d_hidden
    return nn.Sequential(*layers, nn.Linear(n_in, n_out))


class VAE(nn.Module):
    """``mu, logvar = vae.encode(x)``, ``out = vae.decode(z)``; the loss is the lesson's."""

    def __init__(self, config: VAEConfig | None = None):
        super().__init__()
        self.config = c = config or VAEConfig()
        self.enc = _mlp(c.x_dim, c.d_hidden, c.n_hidden, 2 * c.z_dim)
        self.dec = _mlp(c.z_dim, c.d_hidden, c.n_hidden, c.x_dim)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance of q(z|x). x: (B, x_dim) or (B, 1, H, W) -> (B, Z) each."""
        mu, logvar = self.enc(x.flatten(1)).chunk(2, dim=-1)
        return mu, logvar

    def decode(self, z: Tensor) -> Tensor:
        """Return one number a pixel: logits of p(x=1|z), or a mean. z: (..., Z) -> (..., x_dim)."""
        return self.dec(z)
