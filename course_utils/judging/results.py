"""Stored results: what lessons and full runs measured, kept in ``data/results`` with their origin.

One folder a result: ``score.json`` (the figures, which run made them, versions) and
``samples.png``. ``same_minute`` holds one result per family of models, trained on the same digits
for about the same time; lesson 54 and the README lay them side by side.
"""

import io
from dataclasses import fields
from pathlib import Path

import numpy as np
from torch import Tensor

from course_utils.judging.scorecard import Score
from course_utils.machine import repo_root
from course_utils.store import record
from course_utils.store.atomic import write_atomically

FORMAT = 1
SHOWN = 20  # samples in the picture, two rows of ten
ZOOM = 3  # picture pixels along a sample's pixel


class ResultError(RuntimeError):
    """A stored result is missing, damaged or of a format this version cannot read."""


def folder() -> Path:
    """Return where results are kept: ``data/results`` of the repository."""
    return repo_root() / "data" / "results"


def keep(
    name: str,
    score: Score,
    samples: Tensor,
    *,
    made_by: str,
    where: Path | None = None,
    overwrite: bool = False,
) -> str:
    """Store a score and its first samples, unless they are stored; return a line saying so.

    name: "same_minute/vae" or the like; samples: (N, 1, S, S) in [0, 1], N >= 20; made_by: lesson,
    profile and seed, or a command. A stored result is kept unless ``overwrite``.
    Raises ValueError for a bad name or too few samples, OSError where nothing can be written.
    """
    target = _target(name, where)
    if len(samples) < SHOWN:
        raise ValueError(f"the picture shows {SHOWN} samples, got {len(samples)}")
    if (target / "score.json").exists() and not overwrite:
        before = load(name, where=where)[0].floors
        return f"kept the stored result of {name} ({before:.1f} floors; now {score.floors:.1f})"
    content = {"name": name, "made_by": made_by, "score": score.as_dict()}
    text = record.to_text(content, format=FORMAT)
    write_atomically(target / "samples.png", _picture(samples))
    write_atomically(target / "score.json", text)
    return f"stored the result of {name} ({score.floors:.1f} floors)"


def load(name: str, *, where: Path | None = None) -> tuple[Score, bytes, str]:
    """Return a stored score, its picture (PNG bytes) and what made it.

    Raises ResultError with a cure if it is missing, cut short or of another format.
    """
    path, cure = (
        _target(name, where) / "score.json",
        f"restore it with: git checkout -- data/results/{name}",
    )
    if not path.exists():
        raise ResultError(f"no result named {name} is stored; stored are: {stored(where)}")
    content = record.read(
        path,
        name=f"the result {name}",
        format=FORMAT,
        fields={"score": dict, "made_by": str},
        error=ResultError,
        cure=cure,
    )
    known = {f.name for f in fields(Score)}
    try:
        score = Score(**{k: v for k, v in content["score"].items() if k in known})
        picture = path.with_name("samples.png").read_bytes()
    except (TypeError, OSError) as error:
        raise ResultError(f"the result {name} cannot be read; {cure}") from error
    return score, picture, content["made_by"]


def stored(where: Path | None = None) -> list[str]:
    """Return the names of all stored results, sorted."""
    base = where or folder()
    return sorted(p.parent.relative_to(base).as_posix() for p in base.rglob("score.json"))


def _target(name: str, where: Path | None) -> Path:
    parts = name.split("/")
    if not all(part and part.replace("_", "").replace("-", "").isalnum() for part in parts):
        raise ValueError(f"a result's name is words joined by '/', got {name!r}")
    return (where or folder()).joinpath(*parts)


def _picture(samples: Tensor) -> bytes:
    """Two rows of ten samples, enlarged without smoothing, as PNG bytes."""
    from PIL import Image

    images = samples[:SHOWN, 0].detach().cpu().float().clamp(0, 1).numpy()
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)), constant_values=0.35)
    side = framed.shape[-1]
    wall = framed.reshape(2, 10, side, side).transpose(0, 2, 1, 3).reshape(2 * side, 10 * side)
    grey = np.kron((255 * wall).round().astype(np.uint8), np.ones((ZOOM, ZOOM), dtype=np.uint8))
    buffer = io.BytesIO()
    Image.fromarray(grey, "L").save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
