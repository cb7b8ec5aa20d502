"""Make torchvision importable, also beside a torch it was not compiled for.

PyPI's ordinary torchvision holds a library compiled for PyPI's ordinary torch. Beside a CPU-only
torch that library does not load, and ``import torchvision`` dies with "operator torchvision::nms
does not exist". Most of torchvision is plain Python and needs only that one operator.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

_KEPT: list = []  # torch forgets the operators of a Library object that is garbage-collected


@dataclass(frozen=True)
class PairReport:
    """Whether torch and torchvision fit together, and what to do if not."""

    status: str  # "ok", "mismatched" or "missing"
    torch: str | None  # installed version
    torchvision: str | None
    says: str  # one sentence
    do: str  # the cure; empty where status is "ok"


def torchvision_pair(
    *,
    version: Callable[[str], str | None] | None = None,
    load: Callable[[], str | None] | None = None,
) -> PairReport:
    """Judge the installed pair without importing torchvision.

    ``version(name)`` gives the installed version or None, ``load()`` tries torchvision's compiled
    library and gives None or the reason why it does not load; both default to the real thing.
    """
    version = version or _version
    torch, vision = version("torch"), version("torchvision")
    install = f"install both from one place: {_install_command(torch, vision)}"
    if torch is None or vision is None:
        names = " and ".join(n for n, v in (("torch", torch), ("torchvision", vision)) if v is None)
        return PairReport("missing", torch, vision, f"{names} not installed", install)
    problem = (load or _load_compiled)()
    if problem is None:
        return PairReport("ok", torch, vision, f"torch {torch} and torchvision {vision} fit", "")
    says = (
        f"torchvision {vision} was not compiled for torch {torch}: a plain 'import torchvision' "
        "fails with 'operator torchvision::nms does not exist'"
    )
    do = f"lessons work around it (course_utils.vision.import_torchvision); to mend it, {install}"
    return PairReport("mismatched", torch, vision, says, do)


def import_torchvision() -> ModuleType:
    """Import torchvision; beside a torch it was not compiled for, supply what is missing.

    In such a pair ``ops.nms``, ``ops.roi_align``, the transforms, the models (Faster R-CNN too),
    ``utils`` and ``datasets`` work, on the CPU. Other compiled operators (``roi_pool``,
    ``deform_conv2d``, ...) and ``torchvision.io`` do not: read image files with PIL.

    Raises:
        ImportError: torch or torchvision is not installed.
    """
    if "torchvision" in sys.modules:
        return sys.modules["torchvision"]
    report = torchvision_pair()
    if report.status == "missing":
        raise ImportError(f"{report.says}; {report.do}")
    if report.status == "ok":
        return importlib.import_module("torchvision")
    for name in [n for n in sys.modules if n.startswith("torchvision.")]:
        del sys.modules[name]  # left behind by an earlier import that failed
    if not _KEPT:
        _define_operators()
    torchvision = importlib.import_module("torchvision")
    boxes = importlib.import_module("torchvision.ops.boxes")
    roi_align = importlib.import_module("torchvision.ops.roi_align")
    boxes._assert_has_ops = _assert_nothing
    roi_align._roi_align = getattr(roi_align._roi_align, "__wrapped__", roi_align._roi_align)
    return torchvision


def _assert_nothing() -> None:
    """Stand in for torchvision's check that its compiled operators are there."""


def _define_operators() -> None:
    """Declare the two operators torchvision wants at import; the CPU gets a plain torch nms."""
    import torch

    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.impl("nms", nms, "CPU")
    _KEPT.append(library)


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Keep the best boxes greedily: drop what overlaps a better one by more than the threshold.

    boxes: (N, 4) as x1, y1, x2, y2, pixels; scores: (N,) -> (K,) long, best score first.
    ``iou_threshold`` is intersection over union, 0..1.
    """
    import torch

    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])  # (N,)
    order = scores.argsort(descending=True, stable=True)
    kept = []
    while order.numel() > 0:
        best, rest = order[0], order[1:]
        kept.append(best)
        top_left = torch.maximum(boxes[best, :2], boxes[rest, :2])  # (R, 2)
        bottom_right = torch.minimum(boxes[best, 2:], boxes[rest, 2:])
        shared = (bottom_right - top_left).clamp(min=0).prod(dim=1)  # (R,)
        iou = shared / (areas[best] + areas[rest] - shared)
        order = rest[~(iou > iou_threshold)]  # "not greater" also keeps the 0/0 of empty boxes
    return torch.stack(kept) if kept else order


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


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _install_command(torch: str | None, vision: str | None) -> str:
    """Name the command that brings a matching pair of the installed (or any) version."""
    words = [
        f"{name}=={v.split('+')[0]}" if v else name
        for name, v in (("torch", torch), ("torchvision", vision))
    ]
    return f"pip install --force-reinstall {' '.join(words)} --index-url https://download.pytorch.org/whl/cpu"
