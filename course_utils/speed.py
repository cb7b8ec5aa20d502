"""How fast: the device's own matmul rate, and what ``torch.compile`` gains on this machine."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Gain:
    """Seconds of one forward and backward pass without and with ``torch.compile``."""

    eager: float  # s a pass
    compiled: float  # s a pass
    compiling: float  # s, once

    def __str__(self) -> str:
        return (
            f"compile: {1e3 * self.eager:.3g} ms a pass became {1e3 * self.compiled:.3g} ms, "
            f"{self.eager / self.compiled:.2f} times as fast, after {self.compiling:.1f} s of "
            "compiling"
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
    save and sample with the net itself. Weights, buffers and random state are as before; gradients
    are dropped. Where compiling fails (no C++ compiler, say), a line says so and eager is returned.
    """
    if not on:
        return objective, None
    buffers = [(b, b.clone()) for b in objective.buffers()]
    devices = [batch[0].device] if batch[0].is_cuda else []
    fast = torch.compile(objective, backend=backend)

    def one_pass(call: nn.Module) -> Callable[[], None]:
        return lambda: call(*batch)["loss"].backward()

    try:
        with torch.random.fork_rng(devices):
            eager = seconds(one_pass(objective), n=n, device=batch[0].device)
            first = seconds(one_pass(fast), n=1, warm_up=0, device=batch[0].device)
            later = seconds(one_pass(fast), n=n, device=batch[0].device)
    except Exception as error:  # whatever a compiler says, the run can go on without it
        print(f"not compiled ({type(error).__name__}): {str(error).splitlines()[0][:80]}")
        return objective, None
    finally:
        with torch.no_grad():
            for buffer, before in buffers:
                buffer.copy_(before)
        for p in objective.parameters():
            p.grad = None
    return fast, Gain(eager, later, max(0.0, first - later))


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
