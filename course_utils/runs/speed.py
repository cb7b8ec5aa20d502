"""How fast: the device's own matmul rate, and what ``torch.compile`` gains on this machine."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Gain:
    """Seconds of one forward and backward pass without and with ``torch.compile``."""

    eager: float  # s a pass, median
    compiled: float  # s a pass, median
    compiling: float  # s, once
    ratios: tuple[float, ...]  # eager / compiled of passes that followed one another, sorted

    @property
    def ratio(self) -> float:
        """How many times as fast: the median of the pairs."""
        return statistics.median(self.ratios)

    def __str__(self) -> str:
        return (
            f"compile: {1e3 * self.eager:.3g} ms a pass became {1e3 * self.compiled:.3g} ms, "
            f"{self.ratio:.2f} times as fast ({len(self.ratios)} pairs: {self.ratios[0]:.2f} to "
            f"{self.ratios[-1]:.2f}), after {self.compiling:.1f} s of compiling"
        )


def compiled(
    objective: nn.Module,
    batch: tuple,
    *,
    on: bool = True,
    n: int = 5,
    backend: str | Callable = "inductor",
) -> tuple[nn.Module, Gain | None]:
    """Return (objective to train with, measured gain); with ``on=False`` (the objective, None).

    objective(*batch) -> {"loss": scalar, ...}. The fast one is a second name of the same weights:
    save and sample with the net itself. The two take turns ``n`` times, so that a machine that
    changes its speed slows both. Weights, buffers and random state are as before; gradients are
    dropped. Where compiling fails (no C++ compiler, say), a line says so and eager is returned.
    """
    if not on:
        return objective, None
    buffers = [(b, b.clone()) for b in objective.buffers()]
    device = batch[0].device
    fast = torch.compile(objective, backend=backend)

    def one_pass(call: nn.Module, warm_up: int = 0) -> float:
        work = lambda: call(*batch)["loss"].backward()  # noqa: E731
        return seconds(work, n=1, warm_up=warm_up, device=device)

    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            one_pass(objective)
            first = one_pass(fast)
            one_pass(fast, warm_up=1)
            pairs = [(one_pass(objective), one_pass(fast)) for _ in range(n)]
    except Exception as error:  # whatever a compiler says, the run can go on without it
        print(f"not compiled ({type(error).__name__}): {str(error).splitlines()[0][:80]}")
        return objective, None
    finally:
        with torch.no_grad():
            for buffer, before in buffers:
                buffer.copy_(before)
        for p in objective.parameters():
            p.grad = None
    eager, later = (statistics.median(times) for times in zip(*pairs, strict=True))
    return fast, Gain(eager, later, max(0.0, first - later), tuple(sorted(a / b for a, b in pairs)))


def seconds(work: Callable[[], None], *, n: int, device: torch.device, warm_up: int = 1) -> float:
    """Return the median seconds of ``n`` calls; waits for the device before each look at a clock.

    The median, because other programs delay some calls and speed up none.
    """
    for _ in range(warm_up):
        work()
    times = []
    for _ in range(n):
        wait_for(device)
        began = time.perf_counter()
        work()
        wait_for(device)
        times.append(time.perf_counter() - began)
    return sorted(times)[n // 2]


def wait_for(device: torch.device) -> None:
    """Wait until the device has done what it was asked; a CPU already has."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def matmul_rate(device: torch.device, dtype: torch.dtype, *, size: int = 8192) -> float:
    """Measure floating-point operations per second of a ``size`` x ``size`` matrix product.

    A run's own rate divided by this one says how busy it keeps the device; a product of n x n
    matrices takes 2 n**3 operations.
    """
    a, b = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))
    took = seconds(lambda: torch.mm(a, b), n=7, device=device, warm_up=2)
    return 2 * size**3 / took
