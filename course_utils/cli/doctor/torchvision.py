"""Whether torch and torchvision fit together.

PyPI's ordinary torchvision holds a library compiled for PyPI's ordinary torch. Beside a CPU-only
torch that library does not load, and ``import torchvision`` dies with "operator torchvision::nms
does not exist".
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

from course_utils.cli.doctor.finding import Finding
from course_utils.machine import version_of

NAME = "torch and torchvision"


def pair(
    version: Callable[[str], str | None] = version_of, load: Callable[[], str | None] | None = None
) -> Finding:
    """Judge whether torch and torchvision fit together, without importing torchvision.

    ``version(name)`` gives the installed version or None, ``load()`` tries torchvision's compiled
    library and gives None or the reason why it does not load.
    """
    torch, vision = version("torch"), version("torchvision")
    install = f"install both from one place: {_install_command(torch, vision)}"
    if torch is None or vision is None:
        names = " and ".join(n for n, v in (("torch", torch), ("torchvision", vision)) if v is None)
        return Finding(NAME, "fail", f"{names} not installed", install)
    problem = (load or _load_compiled)()
    if problem is None:
        return Finding(NAME, "ok", f"torch {torch} and torchvision {vision} fit")
    says = (
        f"torchvision {vision} was not compiled for torch {torch}: a plain 'import torchvision' "
        "fails with 'operator torchvision::nms does not exist'"
    )
    do = f"quick lessons do without; full runs that load data with it do not; {install}"
    return Finding(NAME, "warn", says, do)


def _load_compiled() -> str | None:
    """Load torchvision's compiled operators into torch; None, or the reason why it failed.

    torchvision loads the same file when it is imported, so nothing is done twice.
    """
    import torch

    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        return "torchvision has no folder"
    folder = Path(spec.origin).parent
    files = sorted(p for p in folder.glob("_C*") if p.suffix in (".so", ".pyd", ".dylib"))
    if not files:
        return f"no compiled library _C in {folder}"
    try:
        torch.ops.load_library(files[0])
    except (OSError, ImportError) as error:
        return str(error).splitlines()[0]
    return None


def _install_command(torch: str | None, vision: str | None) -> str:
    """Name the command that brings a matching pair of the installed (or any) version."""
    words = [
        f"{name}=={v.split('+')[0]}" if v else name
        for name, v in (("torch", torch), ("torchvision", vision))
    ]
    return f"pip install --force-reinstall {' '.join(words)} --index-url https://download.pytorch.org/whl/cpu"
