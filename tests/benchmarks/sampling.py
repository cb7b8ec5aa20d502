"""How many samples a second does each family give? It prints, it never fails.

    python -m tests.benchmarks.sampling [--threads 2] [--seconds 5]

The GPT also beside nanoGPT's way of sampling, which reads everything again for each token.
"""

import argparse
import statistics
from collections.abc import Callable

import torch

from course_utils.models.dcgan import DCGANConfig, Generator
from course_utils.models.gpt import GPT, GPTConfig, KVCache
from course_utils.models.unet import UNet, UNetConfig
from course_utils.models.vae import VAE, VAEConfig
from tests.benchmarks.clock import in_turn, processor_seconds, ratio, threads
from tests.benchmarks.peers import PeerGPT


def pick(logits: torch.Tensor) -> torch.Tensor:
    """One token for each row of (B, 1, V)."""
    return torch.multinomial(logits[:, -1].softmax(-1), 1)


def gpt(n_tokens: int) -> Callable[[], None]:
    """One sequence, with a cache."""
    net = GPT(GPTConfig(65, 128, 4, 4, 128, 512)).eval()

    def call() -> None:
        cache, idx = KVCache(net, 1), torch.zeros(1, 1, dtype=torch.long)
        for _ in range(n_tokens):
            idx = pick(net(idx, cache))

    return call


def peer_gpt(n_tokens: int) -> Callable[[], None]:
    """One sequence, all of it read for each token."""
    net = PeerGPT(65, 128, 4, 4, 128).eval()

    def call() -> None:
        idx = torch.zeros(1, 1, dtype=torch.long)
        for _ in range(n_tokens):
            idx = torch.cat([idx, pick(net(idx, last=True))], dim=1)

    return call


def diffusion(n_samples: int, n_steps: int) -> Callable[[], None]:
    """Euler steps of a velocity field, without guidance."""
    net = UNet(UNetConfig()).eval()

    def call() -> None:
        x = torch.randn(n_samples, 1, 16, 16)
        for step in range(n_steps):
            x = x + net(x, torch.full((n_samples,), step / n_steps)) / n_steps

    return call


def once(net: torch.nn.Module, *shape: int) -> Callable[[], None]:
    """One pass from latent numbers."""
    return lambda: net(torch.randn(*shape))


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each row")
    args = parser.parse_args()
    print(threads(args.threads))
    torch.manual_seed(0)
    ours, theirs, logs = in_turn(gpt(100), peer_gpt(100), args.seconds)
    print(f"{'GPT 4x128, batch 1, with a cache':58} {100 / ours:9,.0f} tokens/s")
    print(f"{'nanoGPT 4x128, batch 1':58} {100 / theirs:9,.0f} tokens/s; ours {ratio(logs)}")
    cases = {
        "U-Net 16 px, 25 Euler steps, batch 64": (64, diffusion(64, 25)),
        "VAE 256-400-16, batch 256": (256, once(VAE(VAEConfig()).dec.eval(), 256, 16)),
        "DCGAN 16 px, batch 256": (256, once(Generator(DCGANConfig()).eval(), 256, 32)),
    }
    for name, (items, call) in cases.items():
        call()
        n = max(5, int(args.seconds / processor_seconds(call)))
        took = statistics.median(processor_seconds(call) for _ in range(n))
        print(f"{name:58} {items / took:9,.0f} images/s", flush=True)


if __name__ == "__main__":
    main()
