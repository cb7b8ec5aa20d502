"""What is kept of judgements, a file an entry, and the command that measures the course's own."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from course_utils.challenge import entries
from course_utils.challenge.judge import SECONDS, Run, judge, new_seeds, task_of
from course_utils.challenge.tasks import EntryError
from course_utils.machine import fingerprint, repo_root
from course_utils.store import record
from course_utils.store.atomic import write_atomically

FORMAT = 1
FEWEST = 3  # trainings, below which nothing is ranked
FIELDS = {"entry": str, "about": str, "task": str, "runs": list, "entry_sha256": str}
CURE = "restore it with: git checkout -- data/results/challenge"


def folder() -> Path:
    """Return where results of the challenge are kept."""
    return repo_root() / "data" / "results" / "challenge"


def keep(
    path: Path, runs: Sequence[Run | dict], *, seconds: float = SECONDS, where: Path | None = None
) -> Path:
    """Store what an entry reached as ``<entry>.json``; the newest judgement of an entry counts."""
    content = {
        "entry": path.stem,
        "about": about(path),
        "task": task_of(path).name,
        "runs": [asdict(run) if isinstance(run, Run) else run for run in runs],
        "seconds": seconds,
        "machine": fingerprint(),
        "entry_sha256": digest(path),
    }
    target = (where or folder()) / f"{path.stem}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(target, record.to_text(content, format=FORMAT))
    return target


def stored(where: Path | None = None) -> list[dict[str, Any]]:
    """Return all stored results. Raises EntryError for a file that cannot be read."""
    return [_read(path) for path in sorted((where or folder()).glob("*.json"))]


def measured(where: Path | None = None) -> list[dict[str, Any]]:
    """Return the stored results of at least three trainings of a whole minute: the table's rows."""
    return [
        result
        for result in stored(where)
        if len(result["runs"]) >= FEWEST and result.get("seconds") == SECONDS
    ]


def own() -> list[Path]:
    """Return the course's own entries."""
    found = Path(entries.__file__).parent.glob("*.py")
    return sorted(path for path in found if path.stem != "__init__")


def about(path: Path) -> str:
    """Return the first line of an entry's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text("utf8"))) or path.stem
    return text.splitlines()[0]


def digest(path: Path) -> str:
    """Return the SHA-256 of an entry's text; line ends do not count, since git may change them."""
    return hashlib.sha256(path.read_text("utf8").encode("utf8")).hexdigest()


def runs_of(path: Path, *, seconds: float = SECONDS, where: Path | None = None) -> list[dict]:
    """Return the trainings that are kept of just this text of an entry."""
    target = (where or folder()) / f"{path.stem}.json"
    if not target.is_file():
        return []
    result = _read(target)
    same = (digest(path), seconds) == (result["entry_sha256"], result.get("seconds"))
    return result["runs"] if same else []


def measure(
    paths: Sequence[Path], trainings: int, *, seconds: float = SECONDS, where: Path | None = None
) -> Iterator[str]:
    """Train entries until each has as many trainings; say after each what it was.

    A training is kept as soon as it is judged, so an interrupted command goes on where it was.
    Training k of all entries comes before training k + 1 of any: what the machine does to one hour
    it does to all of them. An entry that breaks a rule is named and left.
    """
    refused: set[Path] = set()
    for k in range(trainings):
        for path in paths:
            runs = runs_of(path, seconds=seconds, where=where)
            if len(runs) > k or path in refused:
                continue
            try:
                (run,) = judge(path, new_seeds(1), seconds=seconds)
            except EntryError as error:
                refused.add(path)
                yield f"{path.stem}: refused: {error}"
                continue
            keep(path, [*runs, run], seconds=seconds, where=where)
            figure = run.figures["figure"]
            yield f"{path.stem}, training {k + 1} of {trainings}: {figure:.3g} {task_of(path).unit}"


def _read(path: Path) -> dict[str, Any]:
    return record.read(path, format=FORMAT, fields=FIELDS, error=EntryError, cure=CURE)
