"""One training step of each family, ours and a peer's, taken apart into its stages."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.maths.prob import bernoulli_nll, kl_std_normal, reparameterize
from course_utils.models.dcgan import DCGANConfig, Discriminator, Generator
from course_utils.models.gpt import GPT, GPTConfig
from course_utils.models.unet import UNet, UNetConfig
from course_utils.models.vae import VAE, VAEConfig
from tests.benchmarks.peers import PeerGPT, PeerUNet, PeerVAE, peer_dcgan


@dataclass
class Update:
    """A loss of a batch, and the optimiser that lowers it."""

    loss: Callable[..., Tensor]
    opt: torch.optim.Optimizer


@dataclass
class Training:
    """All of a step: ``batch`` draws data, then each update goes forward, backward, and steps."""

    name: str
    items: int  # handled by a step
    unit: str
    nets: tuple[nn.Module, ...]
    batch: Callable[[], tuple[Tensor, ...]]
    updates: list[Update]

    @property
    def weights(self) -> int:
        """Numbers that are trained."""
        return sum(p.numel() for net in self.nets for p in net.parameters())

    def step(self) -> None:
        """Train on one batch."""
        batch = self.batch()
        for update in self.updates:
            update.opt.zero_grad(set_to_none=True)
            update.loss(*batch).backward()
            update.opt.step()


def adam(net: nn.Module) -> torch.optim.Optimizer:
    """The same for ours and for peers, so that models are compared."""
    return torch.optim.AdamW(net.parameters(), lr=1e-4, fused=True)


def drawn(*data: Tensor, batch: int) -> Callable[[], tuple[Tensor, ...]]:
    """Random rows of tensors in memory."""

    def draw() -> tuple[Tensor, ...]:
        rows = torch.randint(len(data[0]), (batch,))
        return tuple(part[rows] for part in data)

    return draw


def gpt(net: nn.Module, context: int, batch: int, name: str) -> Training:
    """Next-character training with 65 symbols, as nanoGPT's recipes for Shakespeare have it."""
    text = torch.randint(65, (1000, context + 1))

    def loss(idx: Tensor) -> Tensor:
        return F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), idx[:, 1:].flatten())

    updates = [Update(loss, adam(net))]
    return Training(name, batch * context, "tokens", (net,), drawn(text, batch=batch), updates)


def our_gpt(n_layer: int, width: int, n_head: int, context: int, batch: int) -> Training:
    net = GPT(GPTConfig(65, context, n_layer, n_head, width, 4 * width))
    return gpt(net, context, batch, f"GPT {n_layer}x{width}, context {context}, batch {batch}")


def peer_gpt(n_layer: int, width: int, n_head: int, context: int, batch: int) -> Training:
    return gpt(PeerGPT(65, context, n_layer, n_head, width), context, batch, "nanoGPT")


def unet(net: nn.Module, channels: int, size: int, batch: int, name: str) -> Training:
    """Noise prediction."""
    images = torch.randn(500, channels, size, size)

    def loss(x: Tensor) -> Tensor:
        return F.mse_loss(net(x, torch.rand(len(x))), x)

    updates = [Update(loss, adam(net))]
    return Training(name, batch, "images", (net,), drawn(images, batch=batch), updates)


def our_unet(config: UNetConfig, batch: int) -> Training:
    fold = f"U-Net {config.img_size} px, fold {config.patch}, widths {config.widths}, batch {batch}"
    return unet(UNet(config), config.in_channels, config.img_size, batch, fold)


def peer_unet(channels: int, size: int, batch: int, *shape) -> Training:
    return unet(PeerUNet(channels, *shape), channels, size, batch, "labml")


def our_vae() -> Training:
    """The sizes of the usual example: 784-400-20."""
    net = VAE(VAEConfig(x_dim=784, z_dim=20, d_hidden=400))

    def loss(x: Tensor) -> Tensor:
        mu, logvar = net.encode(x)
        logits = net.decode(reparameterize(mu, logvar))
        return (bernoulli_nll(logits, x) + kl_std_normal(mu, logvar)).mean()

    draw = drawn(torch.rand(2000, 784), batch=128)
    return Training(
        "VAE 784-400-20, batch 128", 128, "images", (net,), draw, [Update(loss, adam(net))]
    )


def peer_vae() -> Training:
    net = PeerVAE()

    def loss(x: Tensor) -> Tensor:
        x_hat, mu, logvar = net(x)
        kl = -0.5 * (1 + logvar - mu.square() - logvar.exp()).sum()
        return F.binary_cross_entropy(x_hat, x, reduction="sum") + kl

    draw = drawn(torch.rand(2000, 784), batch=128)
    return Training("pytorch/examples", 128, "images", (net,), draw, [Update(loss, adam(net))])


def our_dcgan() -> Training:
    """One update of the discriminator and one of the generator, on logits."""
    config = DCGANConfig(img_size=64, in_channels=3, z_dim=100, width=64)
    gen, disc = Generator(config), Discriminator(config)
    made = []  # the batch that both updates see

    def loss_d(x: Tensor) -> Tensor:
        made[:] = [gen(torch.randn(len(x), 100))]
        return (F.softplus(-disc(x)) + F.softplus(disc(made[0].detach()))).mean()

    def loss_g(x: Tensor) -> Tensor:
        return F.softplus(-disc(made[0])).mean()

    draw = drawn(torch.rand(200, 3, 64, 64) * 2 - 1, batch=16)
    updates = [Update(loss_d, adam(disc)), Update(loss_g, adam(gen))]
    return Training("DCGAN 64 px, both steps, batch 16", 16, "images", (gen, disc), draw, updates)


def their_dcgan() -> Training:
    """The same with probabilities."""
    gen, disc = peer_dcgan()
    made = []

    def loss_d(x: Tensor) -> Tensor:
        made[:] = [gen(torch.randn(len(x), 100, 1, 1))]
        real, fake = disc(x), disc(made[0].detach())
        return F.binary_cross_entropy(real, torch.ones_like(real)) + F.binary_cross_entropy(
            fake, torch.zeros_like(fake)
        )

    def loss_g(x: Tensor) -> Tensor:
        fooled = disc(made[0])
        return F.binary_cross_entropy(fooled, torch.ones_like(fooled))

    draw = drawn(torch.rand(200, 3, 64, 64) * 2 - 1, batch=16)
    updates = [Update(loss_d, adam(disc)), Update(loss_g, adam(gen))]
    return Training("pytorch/examples", 16, "images", (gen, disc), draw, updates)


SMALL, LARGE = (4, 128, 4, 128, 12), (6, 384, 6, 256, 4)  # layers, width, heads, context, batch
LABML = (1, 28, 16, 32, (1, 2, 1), 1)  # channels, pixels, batch, width, factors, blocks
THREE_LEVELS = UNetConfig(img_size=28, patch=1, widths=(32, 64, 96))
OURS: dict[str, Callable[[], Training]] = {
    "gpt": lambda: our_gpt(*SMALL),
    "gpt_large": lambda: our_gpt(*LARGE),
    "unet": lambda: our_unet(UNetConfig(img_size=28, widths=(40, 80), n_blocks=2), 16),
    "unet_pixels": lambda: our_unet(THREE_LEVELS, 16),  # no fold, and as many levels as the peer
    "unet_two_levels": lambda: our_unet(
        UNetConfig(img_size=28, patch=1, widths=(40, 80), n_blocks=2), 16
    ),
    "unet_large": lambda: our_unet(
        UNetConfig(img_size=32, in_channels=3, widths=(64, 128, 240), n_blocks=1), 8
    ),
    "unet_lesson": lambda: our_unet(UNetConfig(), 128),
    "vae": our_vae,
    "dcgan": our_dcgan,
}
PEERS: dict[str, Callable[[], Training]] = {
    "gpt": lambda: peer_gpt(*SMALL),
    "gpt_large": lambda: peer_gpt(*LARGE),
    "unet": lambda: peer_unet(*LABML),
    "unet_pixels": lambda: peer_unet(*LABML),
    "unet_two_levels": lambda: peer_unet(*LABML),
    "vae": peer_vae,
    "dcgan": their_dcgan,
}
