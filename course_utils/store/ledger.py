"""The ledger: every measured claim of the course, one row a claim, lesson, profile and seed.

Each lesson keeps a JSON file of its own under build/ledger/, so lessons may run side by side.
"""

import json
import os
from pathlib import Path

from course_utils.machine import build_folder
from course_utils.store.atomic import write_atomically

KEY = ("key", "lesson", "profile", "seed")
NUMBERS = "numbers"  # the key of a row that is no claim
PATIENCE = 60.0  # s; another program needs a few milliseconds


def folder() -> Path:
    """Return the folder of the ledger (it may not exist yet)."""
    return build_folder() / "ledger"


def read(path: Path) -> list[dict]:
    """Return the rows of one file; a file that is no longer JSON is set aside, not overwritten."""
    if not path.exists():
        return []
    try:
        rows = json.loads(path.read_text("utf8"))
        if isinstance(rows, list) and all(isinstance(r, dict) for r in rows):
            return rows
    except (ValueError, UnicodeDecodeError):
        pass
    spare = path.with_suffix(".damaged")
    os.replace(path, spare)
    print(f"the ledger file {path.name} could not be read; it is kept as {spare.name}")
    return []


def record(row: dict, *, where: Path | None = None) -> None:
    """Add a row; it replaces the row of the same key, lesson, profile and seed.

    Two programs that run the same lesson take turns. Raises ValueError if one of these four is
    missing, OSError where the ledger cannot be written, or another program holds it for a minute.
    """
    from filelock import FileLock

    missing = [k for k in KEY if k not in row]
    if missing:
        raise ValueError(f"a ledger row needs {', '.join(KEY)}; missing: {', '.join(missing)}")
    path = (where or folder()) / f"{row['lesson']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock"), timeout=PATIENCE):
        kept = [r for r in read(path) if any(r.get(k) != row[k] for k in KEY)]
        rows = sorted([*kept, row], key=lambda r: tuple(str(r[k]) for k in KEY))
        write_atomically(path, json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


def rows(where: Path | None = None) -> list[dict]:
    """Return the claims of all lessons, in the order of lessons and keys."""
    return [row for row in _all(where) if row["key"] != NUMBERS]


def numbers(where: Path | None = None) -> dict[str, float]:
    """Return what lessons kept without a card (``lesson.keep``), by name."""
    kept = [row["numbers"] for row in _all(where) if row["key"] == NUMBERS]
    return {name: value for found in kept for name, value in found.items()}


def _all(where: Path | None) -> list[dict]:
    files = sorted((where or folder()).glob("*.json"))
    return [row for path in files for row in read(path)]
