"""Sweeps: what the runs of a lesson found, ``data/results/<name>.jsonl``, one run a line.

``course sweep`` adds rows; lessons read them with :func:`values`. A later row of the same lesson
and parameters replaces the earlier one in what is read; the file keeps both.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from course_utils.machine import repo_root
from course_utils.store.atomic import write_atomically

FIELDS = {"lesson": str, "parameters": dict, "outcome": str, "numbers": dict, "claims": list}
PATIENCE = 60.0  # s; another program needs a few milliseconds


class SweepError(RuntimeError):
    """The rows of a sweep are missing, damaged, or do not hold what was asked for."""


def file(name: str, where: Path | None = None) -> Path:
    """Return a sweep's file; ValueError unless the name is letters, digits, - and _."""
    if not re.fullmatch(r"[\w-]+", name):
        raise ValueError(f"a sweep's name is letters, digits, - and _, got {name!r}")
    return (where or repo_root() / "data" / "results") / f"{name}.jsonl"


def stored(where: Path | None = None) -> list[str]:
    """Return the names of all sweeps, sorted."""
    folder = where or repo_root() / "data" / "results"
    return sorted(path.stem for path in folder.glob("*.jsonl"))


def key(row: dict) -> str:
    """Return what tells one run from another: the lesson and all its parameters."""
    return json.dumps([row["lesson"], row["parameters"]], sort_keys=True)


def rows(name: str, *, where: Path | None = None) -> list[dict[str, Any]]:
    """Return the newest row of every run, failed ones too, in the order of their first rows.

    Raises SweepError, with a cure, if there is no such sweep or a line cannot be read.
    """
    path = file(name, where)
    if not path.exists():
        raise SweepError(f"no sweep named {name} is stored; stored are: {stored(where) or 'none'}")
    found: dict[str, dict] = {}
    for number, line in enumerate(path.read_text("utf8").splitlines(), start=1):
        row = _row(line)
        if row is None:
            raise SweepError(
                f"line {number} of {path.name} cannot be read: restore the file with git checkout "
                "-- data/results, or delete that line and run the sweep again"
            )
        found[key(row)] = row
    return list(found.values())


def _row(line: str) -> dict | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    right = isinstance(row, dict) and all(isinstance(row.get(k), t) for k, t in FIELDS.items())
    return row if right else None


def add(name: str, row: dict[str, Any], *, where: Path | None = None) -> None:
    """Append one row; programs that add to one sweep take turns.

    Raises ValueError for a row without its fields or with NaN, OSError if it cannot be written.
    """
    from filelock import FileLock

    line = json.dumps(row, ensure_ascii=False, allow_nan=False)
    if _row(line) is None:
        raise ValueError(f"a row of a sweep needs {', '.join(FIELDS)}")
    path = file(name, where)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock"), timeout=PATIENCE):
        before = path.read_text("utf8") if path.exists() else ""
        gap = "\n" if before and not before.endswith("\n") else ""  # somebody's editor
        write_atomically(path, f"{before}{gap}{line}\n")


def complete(name: str, n: int, *, where: Path | None = None) -> bool:
    """Tell whether n runs are good: a page that shows a sweep is itself run while that is made."""
    if not file(name, where).exists():
        return False
    return sum(row["outcome"] == "ok" for row in rows(name, where=where)) >= n


def values(name: str, number: str, *, where: Path | None = None, **parameters: Any) -> list[float]:
    """Return one number of the good runs with these parameters, in the order of their seeds.

    number: what a lesson kept with ``lesson.keep``, or the key of a claim. Two lists of one sweep
    pair up by seed where both hold the same seeds. Raises SweepError if no run holds the number.
    """
    chosen = [row for row in rows(name, where=where) if agrees(row, parameters)]
    chosen.sort(key=lambda row: row["parameters"].get("seed", 0))
    found = [numbers(row)[number] for row in chosen if number in numbers(row)]
    if not found:
        known = sorted({n for row in chosen for n in numbers(row)})
        raise SweepError(f"no run of {name} with {parameters} holds {number!r}; known: {known}")
    return found


def agrees(row: dict, parameters: dict[str, Any]) -> bool:
    """Tell whether a row is a good run with these parameters."""
    return row["outcome"] == "ok" and all(
        row["parameters"].get(name) == value for name, value in parameters.items()
    )


def numbers(row: dict) -> dict[str, float]:
    """Return a row's numbers: the values of its claims by key, and what the lesson kept."""
    claims: Iterable[dict] = row["claims"]
    return {claim["key"]: claim["value"] for claim in claims} | row["numbers"]
