"""Facts of this machine and of this copy of the course: cores, versions, folder, seeds.

Importing this module does nothing; torch is imported by the functions that need it.
"""

from __future__ import annotations

import hashlib
import math
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

QUICK_THREADS = 2  # always, so that the bits of a quick run do not depend on the number of cores


def cpu_count(cgroup: Path = Path("/sys/fs/cgroup")) -> tuple[int, str]:
    """Count the CPU cores this process may use, with the reason in words.

    Respects the affinity mask and, on Linux, the time share of a container (cgroup v2 ``cpu.max``,
    v1 ``cpu.cfs_quota_us``). ``cgroup`` is the folder to read the share from.
    """
    machine = os.cpu_count() or 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else machine
    reason = f"{cores} core{'s' if cores != 1 else ''}"
    if cores < machine:
        reason += f" of {machine} allowed"
    share = _cgroup_share(cgroup)
    if share is not None and share < cores:
        return max(1, math.floor(share)), f"the container may use {share:g} of {reason}"
    return cores, reason


def _cgroup_share(folder: Path) -> float | None:
    """Read the container's limit in cores; None where there is no limit or no cgroup."""
    for names in (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        try:
            words = " ".join((folder / name).read_text() for name in names).split()
            quota, period = float(words[0]), float(words[1])
        except (OSError, ValueError, IndexError):  # absent, or "max"
            continue
        if quota > 0 and period > 0:
            return quota / period
    return None


def cpu_bfloat16() -> str | None:
    """Name the CPU feature that makes bfloat16 fast, or None where there is none."""
    import torch

    read = getattr(torch.cpu, "get_capabilities", None)
    features = read() if read is not None else {}
    for name in ("amx_bf16", "avx512_bf16", "arm_bf16", "bf16"):
        if features.get(name):
            return name
    return None


def repo_root(start: Path | None = None) -> Path:
    """Find the course's folder, the one that holds data/datasets.toml, from this file upwards.

    Raises:
        FileNotFoundError: the package was installed without the repository.
    """
    here = Path(start or __file__).resolve()
    for folder in here.parents:
        if (folder / "data" / "datasets.toml").is_file():
            return folder
    raise FileNotFoundError(
        f"no folder above {here} holds data/datasets.toml: course_utils was installed without "
        "its repository; clone the course and install it from there with 'pip install -e .'"
    )


def build_folder() -> Path:
    """Return the folder for everything that can be made again: ``build``, or $COURSE_BUILD.

    Tests set COURSE_BUILD, so that they never touch a learner's ledger or rehearsals.
    """
    asked = os.environ.get("COURSE_BUILD")
    return Path(asked).expanduser().resolve() if asked else repo_root() / "build"


def fingerprint() -> str:
    """Name all that the bits of a quick run depend on, in one line.

    System, processor and its capability, Python to the patch (lessons 54 and 86 read its library),
    torch and NumPy, threads. Two machines with one fingerprint are expected to show equal bits.
    """
    import torch

    parts = [
        f"{platform.system()} {platform.machine()}",
        _processor(),
        torch.backends.cpu.get_cpu_capability(),
        f"Python {platform.python_version()}",
        f"torch {_version('torch')}",
        f"numpy {_version('numpy')}",
        f"{QUICK_THREADS} threads",
    ]
    return " · ".join(parts)


def _processor() -> str:
    """The processor's model and a short hash of its flags, as far as the system tells them."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:  # not Linux
        return platform.processor() or "unknown processor"
    found = dict(line.split(":", 1) for line in reversed(lines) if ":" in line)
    fields = {key.strip(): value.strip() for key, value in found.items()}
    model = fields.get("model name") or fields.get("CPU part") or "unknown processor"
    flags = " ".join(sorted((fields.get("flags") or fields.get("Features") or "").split()))
    return f"{model} {hashlib.sha256(flags.encode()).hexdigest()[:8]}"


def versions() -> dict[str, str | None]:
    """Name what produced a result: Python, torch, NumPy, course, platform, git commit or None."""
    return {
        "python": platform.python_version(),
        "torch": _version("torch"),
        "numpy": _version("numpy"),
        "course": _version("course-utils"),
        "platform": f"{platform.system()}-{platform.machine()}",
        "git_commit": _git_commit(),
    }


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _git_commit() -> str | None:
    try:
        command = ["git", "-C", str(repo_root()), "rev-parse", "HEAD"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def generator(seed: int, *keys: int | str) -> torch.Generator:
    """Return a fresh CPU generator determined by ``(seed, *keys)`` alone.

    ``generator(seed, step)`` is how the batch of a step is drawn: a resumed run needs no state of a
    loader, and step 1000 is the same whether or not steps 0..999 ran in this process.
    """
    import torch

    text = "/".join(str(k) for k in (seed, *keys))
    digest = hashlib.sha256(text.encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little") >> 1)
