"""The probes of ``course doctor`` for the machine: cores, memory, disk, GPU, port, folders.

As in ``software``, a test hands them a broken machine through their arguments.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from course_utils.cli.doctor.finding import Finding
from course_utils.machine import build_folder, cpu_count, free_memory, repo_root

GB = 1e9  # bytes


def cores(count: int | None = None, reason: str = "") -> Finding:
    """Judge the number of CPU cores."""
    if count is None:
        count, reason = cpu_count()
    if count < 2:
        do = "expect up to twice the stated seconds; give the machine or container a second core"
        return Finding("cores", "warn", f"lessons are timed for 2 cores, here: {reason or 1}", do)
    return Finding("cores", "ok", reason or f"{count} cores")


def memory(free: float | None = None) -> Finding:
    """Judge the free memory (bytes)."""
    free = free_memory() if free is None else free
    if free < 2 * GB:
        status = "warn" if free >= GB else "fail"
        do = "close other programs or notebooks (Kernel, Shut Down All); run with --jobs 1"
        return Finding("memory", status, f"{free / GB:.1f} GB free, a lesson may take 2 GB", do)
    return Finding("memory", "ok", f"{free / GB:.1f} GB free")


def disk(free: float | None = None, folder: Path | None = None) -> Finding:
    """Judge the free disk space (bytes) where the course lives."""
    folder = folder or repo_root()
    free = shutil.disk_usage(folder).free if free is None else free
    says = f"{free / GB:.1f} GB free at {folder}"
    if free >= 6 * GB:
        return Finding("disk", "ok", says)
    do = "free some space: an installation takes about 5 GB; 'make clean' removes build/"
    return Finding("disk", "fail" if free < GB else "warn", says, do)


@dataclass(frozen=True)
class Gpu:
    """What torch and the driver say about a GPU."""

    usable: str | None  # the device's name if torch can use it
    driver: str | None  # the driver's own list of devices
    cpu_build: bool  # torch was built without GPU support


def gpu(found: Gpu | None = None) -> Finding:
    """Judge the GPU; having none is fine."""
    found = found or look_for_gpu()
    if found.usable:
        return Finding("GPU", "ok", f"{found.usable}: use it with --profile full")
    if found.driver is None:
        return Finding("GPU", "ok", "none: the quick profile needs none")
    if found.cpu_build:
        do = "for full runs, install a torch built for CUDA (https://pytorch.org/get-started)"
        return Finding("GPU", "warn", f"{found.driver}, but this torch is a CPU build", do)
    do = "update the NVIDIA driver; 'nvidia-smi' must show the CUDA version torch was built for"
    return Finding("GPU", "warn", f"{found.driver}, but torch cannot use it", do)


def look_for_gpu() -> Gpu:
    """Ask torch and nvidia-smi; never raises."""
    usable, cpu_build = None, True
    if importlib.util.find_spec("torch"):
        import torch

        cpu_build = torch.version.cuda is None and torch.version.hip is None
        if torch.cuda.is_available():
            usable = torch.cuda.get_device_name(0)
        elif torch.backends.mps.is_available():
            usable = "Apple GPU (mps)"
    try:
        done = subprocess.run(
            ["nvidia-smi", "-L"], capture_output=True, text=True, timeout=10, check=True
        )
        driver = re.sub(r" \(UUID.*", "", done.stdout.strip().splitlines()[0])
    except (OSError, subprocess.SubprocessError, IndexError):
        driver = None
    return Gpu(usable, driver, cpu_build)


def port(number: int = 8888, free: Callable[[int], bool] | None = None) -> Finding:
    """Judge whether Jupyter's usual port is free on 127.0.0.1."""
    if (free or _is_free)(number):
        return Finding("port", "ok", f"127.0.0.1:{number} is free")
    do = f"nothing, or stop it ('jupyter server list' shows it): Jupyter takes {number + 1}"
    return Finding("port", "warn", f"127.0.0.1:{number} is taken by another program", do)


def _is_free(number: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":  # as Jupyter does: a port just released counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True


def permissions(folders: list[Path] | None = None) -> Finding:
    """Judge whether the course may write where it must."""
    if folders is None:
        from jupyter_core.paths import jupyter_runtime_dir

        folders = [build_folder(), repo_root() / "data" / "results", Path(jupyter_runtime_dir())]
    bad = [str(folder) for folder in folders if not writable(folder)]
    if not bad:
        return Finding("write permission", "ok", "build/, data/results/ and Jupyter's folder")
    do = f"make them yours (chown, chmod u+w): {' '.join(bad)}; on a read-only disk: course run "
    do += "--out FOLDER, course launch --out FOLDER; for JupyterLab set JUPYTER_RUNTIME_DIR=FOLDER"
    return Finding("write permission", "warn", f"cannot write to {', '.join(bad)}", do)


def writable(folder: Path) -> bool:
    """Whether a file can be made in a folder, or in the nearest one above it that exists."""
    there = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    try:
        with tempfile.TemporaryFile(dir=there):
            return True
    except OSError:
        return False
