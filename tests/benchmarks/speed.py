"""How fast are the course's models on this machine? Not a test: it prints, it never fails.

    python tests/benchmarks/speed.py [--threads 2] [--seconds 3] [--only gpt]

Each row is the median over about --seconds of repetitions; the matmul rate is measured before every
row in the same run, because machines change their speed. "of matmul" is the row's own arithmetic
(as torch counts it) per second, as a share of that rate.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from course_utils.maths.prob import bernoulli_nll, kl_std_normal, reparameterize
from course_utils.models.dcgan import DCGANConfig, Discriminator, Generator
from course_utils.models.gpt import GPT, GPTConfig, KVCache
from course_utils.models.unet import UNet, UNetConfig
from course_utils.models.vae import VAE, VAEConfig
from course_utils.runs.speed import matmul_rate, seconds

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Case:
    """One row: ``call`` does the work once and handles ``items`` of ``unit``."""

    name: str
    call: Callable[[], None]
    items: int
    unit: str


def update(opt: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    """The end of every training step."""
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()


def adam(net: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.AdamW(net.parameters(), lr=1e-4, fused=True)


def gpt_step(n_layer: int, d_model: int, n_head: int, context: int, batch: int) -> Case:
    """Next-character training with 65 symbols, as nanoGPT's recipes for Shakespeare have it."""
    net = GPT(GPTConfig(65, context, n_layer, n_head, d_model, 4 * d_model))
    opt = adam(net)
    idx = torch.randint(65, (batch, context + 1))

    def call() -> None:
        logits = net(idx[:, :-1])
        update(opt, F.cross_entropy(logits.flatten(0, 1), idx[:, 1:].flatten()))

    name = f"GPT {n_layer}x{d_model} step, context {context}, batch {batch}"
    return Case(name, call, batch * context, "tokens")


def gpt_sampling() -> Case:
    """100 tokens, one after the other, for one sequence."""
    net = GPT(GPTConfig(65, 128, 4, 4, 128, 512)).eval()

    @torch.inference_mode()
    def call() -> None:
        cache, idx = KVCache(net, 1), torch.zeros(1, 1, dtype=torch.long)
        for _ in range(100):
            idx = torch.multinomial(net(idx, cache)[:, -1].softmax(-1), 1)

    return Case("GPT 4x128 sampling with a cache, batch 1", call, 100, "tokens")


def unet_step(config: UNetConfig, batch: int) -> Case:
    """Noise prediction."""
    net = UNet(config)
    opt = adam(net)
    x = torch.randn(batch, config.in_channels, config.img_size, config.img_size)
    t, y = torch.rand(batch), torch.randint(config.n_classes, (batch,))
    n = sum(p.numel() for p in net.parameters()) / 1e6
    fold = f"{config.img_size} px in {config.patch} x {config.patch}"

    def call() -> None:
        update(opt, F.mse_loss(net(x, t, y), x))

    return Case(f"U-Net {n:.1f} M step, {fold}, batch {batch}", call, batch, "images")


def vae_step() -> Case:
    """The sizes of the usual example: 784-400-20."""
    net = VAE(VAEConfig(x_dim=784, z_dim=20, d_hidden=400))
    opt, x = adam(net), torch.rand(128, 784)
    rng = torch.Generator().manual_seed(0)

    def call() -> None:
        mu, logvar = net.encode(x)
        logits = net.decode(reparameterize(mu, logvar, generator=rng))
        update(opt, (bernoulli_nll(logits, x) + kl_std_normal(mu, logvar)).mean())

    return Case("VAE 784-400-20 step, batch 128", call, 128, "images")


def dcgan_step() -> Case:
    """One update of the discriminator and one of the generator."""
    config = DCGANConfig(img_size=64, in_channels=3, z_dim=100, width=64)
    gen, disc = Generator(config), Discriminator(config)
    opt_g, opt_d = adam(gen), adam(disc)
    x, z = torch.rand(16, 3, 64, 64) * 2 - 1, torch.randn(16, 100)

    def call() -> None:
        fake = gen(z)
        update(opt_d, (F.softplus(-disc(x)) + F.softplus(disc(fake.detach()))).mean())
        update(opt_g, F.softplus(-disc(fake)).mean())

    return Case("DCGAN 64 px, both steps, batch 16", call, 16, "images")


CASES: dict[str, Callable[[], Case]] = {
    "gpt": lambda: gpt_step(4, 128, 4, context=128, batch=12),
    "gpt_large": lambda: gpt_step(6, 384, 6, context=256, batch=4),
    "gpt_sampling": gpt_sampling,
    "unet": lambda: unet_step(UNetConfig(img_size=28, widths=(40, 80), n_blocks=2), 16),
    "unet_large": lambda: unet_step(
        UNetConfig(img_size=32, in_channels=3, widths=(64, 128, 240), n_blocks=1), 8
    ),
    "unet_pixels": lambda: unet_step(  # without the fold of 2 x 2 pixels into channels
        UNetConfig(img_size=28, patch=1, widths=(40, 80), n_blocks=2), 16
    ),
    "unet_lesson": lambda: unet_step(UNetConfig(), 128),
    "vae": vae_step,
    "dcgan": dcgan_step,
}


def median_seconds(call: Callable[[], None], budget: float) -> float:
    """Median duration over at least five calls and about ``budget`` seconds."""
    once = seconds(call, n=1, device=CPU)
    return seconds(call, n=max(5, int(budget / once)), device=CPU, warm_up=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--only", choices=CASES, action="append")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    print(f"torch {torch.__version__}, {args.threads} threads")
    print(f"{'':52} {'ms':>8} {'items/s':>16} {'GFLOP/s':>8} {'matmul':>7} {'of matmul':>9}")
    for key in args.only or CASES:
        torch.manual_seed(0)
        case = CASES[key]()
        counter = FlopCounterMode(display=False)
        with counter:
            case.call()
        rate = matmul_rate(CPU, torch.float32, size=1024)
        took = median_seconds(case.call, args.seconds)
        done = counter.get_total_flops() / took
        print(
            f"{case.name:52} {1e3 * took:8.1f} {case.items / took:9,.0f} {case.unit:6} "
            f"{done / 1e9:8.1f} {rate / 1e9:7.1f} {done / rate:9.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
