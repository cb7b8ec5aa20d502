"""What a student hands in: the code of one lesson's cells, without outputs, and the progress."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course_utils import notebooks as nb
from course_utils.machine import build_folder, versions
from course_utils.store import progress
from course_utils.store.atomic import write_atomically

FORMAT = "course hand-in 1"
LARGEST = 5_000_000  # bytes of a file that is read; a lesson's code has 50,000


@dataclass(frozen=True)
class HandIn:
    """One lesson of one student."""

    student: str
    lesson: str  # its id: "21_gan"
    cells: list[str]  # the sources of the code cells, in order
    progress: dict[str, dict[str, Any]] = field(default_factory=dict)
    path: Path = Path()


class NoHandIn(ValueError):
    """A file cannot be read as a hand-in; the message says why."""


def pack(lesson: nb.Lesson, student: str, *, out: Path | None = None) -> Path:
    """Write a lesson's hand-in and return its path: build/hand_in/<lesson>-<student>.json.

    Raises ValueError without a student's name, OSError where the notebook cannot be read or the
    file not be written.
    """
    name = re.sub(r"[^\w]+", "_", student.strip()).strip("_")
    if not name:
        raise ValueError(f"a hand-in needs a name with letters or digits, got {student!r}")
    notebook = nb.read(lesson.path)
    cells, names = [nb.source(c) for c in nb.code_cells(notebook)], nb.exercise_names(notebook)
    content = {
        "format": FORMAT,
        "student": student.strip(),
        "lesson": lesson.id,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "cells": cells,
        "progress": {n: e for n, e in progress.read().items() if n in names},
    }
    path = (out or build_folder() / "hand_in") / f"{lesson.id}-{name}.json"
    write_atomically(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return path


def read(path: Path, folder: Path) -> HandIn:
    """Read a hand-in, or a notebook as it lies in a folder of notebooks.

    A notebook's student is the folder it lies in below ``folder``, else what its name has beside
    the lesson's id. Raises NoHandIn for what is neither.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise NoHandIn(f"it has {path.stat().st_size:,} bytes, allowed are {LARGEST:,}")
        content = json.loads(path.read_text("utf8"))
    except OSError as error:
        raise NoHandIn(f"it cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise NoHandIn(f"it is no JSON: {error}") from error
    try:
        if content.get("format") == FORMAT:
            return _packed(content, path)
        return _notebook(content, path, folder)
    except (AttributeError, KeyError, TypeError) as error:
        raise NoHandIn("it is neither a hand-in nor a notebook") from error


def _packed(content: dict[str, Any], path: Path) -> HandIn:
    cells = [str(source) for source in content["cells"]]
    kept = {
        str(name): {**progress.NEW, **entry}
        for name, entry in content["progress"].items()
        if isinstance(entry, dict)
    }
    return HandIn(str(content["student"]), str(content["lesson"]), cells, kept, path)


def _notebook(content: dict[str, Any], path: Path, folder: Path) -> HandIn:
    cells = [nb.source(cell) for cell in nb.code_cells(content)]
    id_ = str(content["metadata"].get("course", {}).get("id", path.stem))
    inside = path.relative_to(folder).parts[:-1]
    rest = path.stem.replace(id_, "").strip("-_ .")
    return HandIn(" ".join(inside) or rest or path.stem, id_, cells, {}, path)


def found(folder: Path) -> list[Path]:
    """Return the files of a folder that may be hand-ins, sorted; hidden ones are left out."""
    files = [path for kind in ("*.json", "*.ipynb") for path in folder.rglob(kind)]
    seen = [path.relative_to(folder).parts for path in files]
    shown = [
        path
        for path, parts in zip(files, seen, strict=True)
        if not any(part.startswith(".") or part == "grades" for part in parts)
    ]
    return sorted(shown)
