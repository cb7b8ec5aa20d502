"""Facts of this machine and of this copy of the course: cores, memory, versions, folder, seeds.

Importing this module does nothing; torch is imported by the functions that need it.
"""

from __future__ import annotations

import hashlib
import math
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

# Always one: nets this small gain nothing from a second, and the bits of a quick run are the same
# whatever the number of cores.
QUICK_THREADS = 1


def cpu_count() -> tuple[int, str]:
    """Count the CPU cores this process may use, with the reason in words.

    joblib respects the affinity mask, a container's time share and LOKY_MAX_CPU_COUNT.
    """
    from joblib import cpu_count as usable

    machine, cores = os.cpu_count() or 1, usable()
    reason = f"{cores} core{'s' if cores != 1 else ''}"
    return cores, f"{reason} of {machine} allowed" if cores < machine else reason


def free_memory(
    cgroup: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")
) -> float:
    """Return the free memory in bytes: the machine's, or what a container's limit leaves.

    ``cgroup`` is where the limits are mounted, ``own`` the file that names this process's groups.
    """
    import psutil

    rooms = [float(psutil.virtual_memory().available)]
    try:
        groups = [line.split(":", 2)[1:] for line in own.read_text().splitlines()]
    except OSError:  # not Linux
        return rooms[0]
    for controllers, path in groups:
        mount = {"": cgroup, "memory": cgroup / "memory"}.get(controllers)  # version 2, version 1
        if mount is not None:
            inside = Path(path.strip("/"))
            rooms += [_room(mount / folder) for folder in (inside, *inside.parents)]
    return max(0.0, min(rooms))


def _room(group: Path) -> float:
    """Bytes that one group's limit leaves; cached files count as free, infinity is no limit."""
    for names in (
        ("memory.max", "memory.current"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        try:
            limit, used = (int((group / name).read_text()) for name in names)
        except (OSError, ValueError):  # absent, or "max"
            continue
        cached = 0
        with suppress(OSError):
            found = re.findall(r"inactive_file (\d+)", (group / "memory.stat").read_text())
            cached = max(map(int, found), default=0)
        return limit - max(0, used - cached)
    return math.inf


def loopback() -> str | None:
    """Name the network interface that reaches this machine only; None where it has no name."""
    return {"linux": "lo", "darwin": "lo0"}.get(sys.platform)


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
        f"torch {version_of('torch')}",
        f"numpy {version_of('numpy')}",
        f"{QUICK_THREADS} thread{'s' if QUICK_THREADS != 1 else ''}",
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
    """Name what produced a result: Python, torch, NumPy, course, platform, git commit or None.

    The commit ends in "+changes" where files of the course differ from it.
    """
    return {
        "python": platform.python_version(),
        "torch": version_of("torch"),
        "numpy": version_of("numpy"),
        "course": version_of("course-utils"),
        "platform": f"{platform.system()}-{platform.machine()}",
        "git_commit": _git_commit(),
    }


def locks() -> dict[str, str | None]:
    """Name the packages a result was computed with: SHA-256 of both lock files, None where absent.

    requirements.txt holds what the course asks for, constraints.txt all that it brings along. Line
    ends do not count, since git may change them.
    """
    found: dict[str, str | None] = {}
    for name in ("requirements.txt", "constraints.txt"):
        path = repo_root() / name
        text = path.read_bytes().replace(b"\r\n", b"\n") if path.is_file() else None
        found[name] = None if text is None else hashlib.sha256(text).hexdigest()
    return found


def version_of(distribution: str) -> str | None:
    """Return the installed version of a package by the name pip knows, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _git_commit() -> str | None:
    """The course's own commit, marked where tracked files differ; None outside a repository."""
    words = ["--always", "--exclude=*", "--abbrev=40", "--dirty=+changes"]
    try:
        root = repo_root()
        if not os.path.samefile(_git(root, "rev-parse", "--show-toplevel"), root):
            return None  # unzipped inside another repository
        return _git(root, "describe", *words) or None
    except (OSError, subprocess.SubprocessError):
        return None


def _git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    done = subprocess.run(
        command, capture_output=True, encoding="utf8", errors="replace", timeout=5, check=True
    )
    return done.stdout.strip()


def generator(seed: int, *keys: int | str) -> torch.Generator:
    """Return a fresh CPU generator determined by ``(seed, *keys)`` alone.

    ``generator(seed, step)`` is how the batch of a step is drawn: a resumed run needs no state of a
    loader, and step 1000 is the same whether or not steps 0..999 ran in this process.
    """
    import torch

    text = "/".join(str(k) for k in (seed, *keys))
    digest = hashlib.sha256(text.encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little") >> 1)


@contextmanager
def kept_random_state() -> Iterator[None]:
    """Give the random numbers of Python, NumPy and torch back as they were."""
    import random

    import numpy as np

    torch = sys.modules.get("torch")
    kept = random.getstate(), np.random.get_state()  # noqa: NPY002 - whatever a lesson uses
    kept_torch = torch.get_rng_state() if torch else None
    try:
        yield
    finally:
        random.setstate(kept[0])
        np.random.set_state(kept[1])  # noqa: NPY002
        if torch:
            torch.set_rng_state(kept_torch)
