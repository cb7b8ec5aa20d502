"""What a lesson runs on: profile, device, dtype, threads and seed, each with its reason.

``detect`` looks and decides, ``describe`` says it in one line, ``apply`` acts. Importing this
module does nothing; torch and numpy are imported by the functions that need them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from course_utils.machine import QUICK_THREADS, cpu_bfloat16, cpu_count

if TYPE_CHECKING:
    import torch

PROFILES = ("quick", "full")


@dataclass(frozen=True)
class Choice:
    """A setting and why it was chosen, in a few words."""

    value: Any
    reason: str


@dataclass(frozen=True)
class Runtime:
    """The five settings of a run."""

    profile: Choice  # "quick" or "full"
    device: Choice  # torch.device
    dtype: Choice  # torch.dtype for autocast; weights stay float32
    threads: Choice  # int, CPU threads of torch
    seed: Choice  # int


def detect(profile: str = "quick", seed: int = 0, device: str | None = None) -> Runtime:
    """Choose the settings for a profile on this machine; changes nothing.

    ``quick`` takes the CPU, so that the same seed gives the same bits; ``full`` takes CUDA, then
    MPS, then the CPU. ``device`` ("cpu", "cuda", "cuda:1", "mps") overrules both.

    Raises:
        ValueError: the profile is neither quick nor full, the seed is no integer from 0 to
            2**32 - 1, or the asked device is not there.
    """
    if profile not in PROFILES:
        raise ValueError(f"profile must be 'quick' or 'full', got {profile!r}")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be an integer from 0 to 2**32 - 1, got {seed!r}")
    if device is None:
        chosen = _default_device(profile)
    else:
        chosen = _asked_device(device)
    size = "small sizes, about a minute" if profile == "quick" else "sizes a paper would use"
    return Runtime(
        profile=Choice(profile, size),
        device=chosen,
        dtype=_dtype(profile, chosen.value),
        threads=_threads(profile),
        seed=Choice(seed, "the default" if seed == 0 else "as asked"),
    )


def describe(runtime: Runtime) -> str:
    """Say every setting and its reason in one line."""
    n = runtime.threads.value
    values = (
        ("profile " + runtime.profile.value, runtime.profile.reason),
        (str(runtime.device.value), runtime.device.reason),
        (str(runtime.dtype.value).removeprefix("torch."), runtime.dtype.reason),
        (f"{n} thread{'s' if n != 1 else ''}", runtime.threads.reason),
        (f"seed {runtime.seed.value}", runtime.seed.reason),
    )
    return " · ".join(f"{value} ({reason})" for value, reason in values)


def apply(runtime: Runtime) -> None:
    """Seed Python, NumPy and torch (every device), and set torch's CPU threads."""
    import random

    import numpy as np
    import torch

    random.seed(runtime.seed.value)
    np.random.seed(runtime.seed.value)  # noqa: NPY002 - libraries a lesson calls may use it
    torch.manual_seed(runtime.seed.value)
    torch.set_num_threads(runtime.threads.value)


def _default_device(profile: str) -> Choice:
    import torch

    if profile == "quick":
        return Choice(torch.device("cpu"), "quick stays there: same seed, same bits")
    if torch.cuda.is_available():
        index = int(os.environ.get("LOCAL_RANK", "0"))  # torchrun gives each process its own
        return Choice(torch.device("cuda", index), torch.cuda.get_device_name(index))
    if torch.backends.mps.is_available():
        return Choice(torch.device("mps"), "Apple GPU; no CUDA")
    return Choice(torch.device("cpu"), _why_no_cuda())


def _why_no_cuda() -> str:
    import torch

    if torch.version.cuda is None and torch.version.hip is None:
        return "this torch is a CPU build"
    return "no CUDA GPU found"


def _asked_device(name: str) -> Choice:
    import torch

    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f"device must be cpu, cuda, cuda:N or mps, got {name!r}") from error
    if device.type == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if (device.index or 0) >= count:
            why = _why_no_cuda() if count == 0 else f"there are {count} CUDA GPUs, counted from 0"
            raise ValueError(f"device {name!r} is not there: {why}; ask for 'cpu' instead")
    elif device.type == "mps" and not torch.backends.mps.is_available():
        raise ValueError("device 'mps' is not there: no Apple GPU found; ask for 'cpu' instead")
    elif device.type not in ("cpu", "mps"):
        raise ValueError(f"device must be cpu, cuda, cuda:N or mps, got {name!r}")
    return Choice(device, "as asked")


def _dtype(profile: str, device: torch.device) -> Choice:
    import torch

    if device.type == "mps":
        return Choice(torch.float32, "default on Apple GPUs")
    if device.type == "cuda":
        if not torch.cuda.is_bf16_supported(including_emulation=False):
            return Choice(torch.float32, "this GPU has no bfloat16")
        if profile == "full":
            return Choice(torch.bfloat16, "autocast; the GPU computes it natively")
        return Choice(torch.float32, "quick keeps full precision; bfloat16 is available")
    feature = cpu_bfloat16()
    if feature is None:
        return Choice(torch.float32, "default on CPUs; no fast bfloat16 here")
    return Choice(torch.float32, f"default on CPUs; bfloat16 is available: {feature}")


def _threads(profile: str) -> Choice:
    alone = os.environ.get("WORLD_SIZE", "1") == "1"  # torchrun shares the cores out itself
    if profile == "quick" and alone:
        return Choice(QUICK_THREADS, "quick always takes one: same seed, same bits")
    cores, reason = cpu_count()
    asked = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    if asked.isdigit() and 0 < int(asked) < cores:
        return Choice(int(asked), f"OMP_NUM_THREADS; {reason}")
    return Choice(cores, reason)
