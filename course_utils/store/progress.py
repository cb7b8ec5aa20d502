"""A learner's progress, ``build/progress.json``: what was tried, with how many hints, every answer.

It outlives the kernel and a newer version of the course, and it never leaves the machine. An entry
is a dict: topic (the lesson's id without its number), state (of the last try), attempts (different
answers that were judged), hints (opened), solution (whether it was), mistakes (name: how often),
answer and right_answer (source of the last try, and of the last right one), first, last, right
(UTC times; right: of the first right answer, else "").
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course_utils.machine import build_folder
from course_utils.store.atomic import write_atomically

NEW: dict[str, Any] = {
    "state": "not attempted",
    "attempts": 0,
    "hints": 0,
    "solution": False,
    "mistakes": {},
    "answer": "",
    "right_answer": "",
    "right": "",
}
PATIENCE = 5.0  # s; another kernel needs a few milliseconds


def file() -> Path:
    """Return the file (it may not exist yet)."""
    return build_folder() / "progress.json"


def read(where: Path | None = None) -> dict[str, dict[str, Any]]:
    """Return the entries by the exercise's name; a damaged file is set aside, not overwritten."""
    path = where or file()
    if not path.exists():
        return {}
    try:
        entries = json.loads(path.read_text("utf8"))
        if all(isinstance(e, dict) and isinstance(e["topic"], str) for e in entries.values()):
            return {name: {**NEW, **entry} for name, entry in entries.items()}
    except (ValueError, KeyError, AttributeError):
        pass
    spare = path.with_name(f"{path.stem}.damaged-{_now().replace(':', '')}.json")
    os.replace(path, spare)
    print(f"{path.name} could not be read; it is kept as {spare.name}")
    return {}


def tried(
    name: str,
    topic: str,
    state: str,
    *,
    right: bool = False,
    mistake: str = "",
    answer: str = "",
    where: Path | None = None,
) -> None:
    """Note what the judge said of an answer; the same answer judged again is no new attempt.

    An answer of "" is an empty exercise: it is noted as met, and changes nothing that is known.
    Raises OSError where the file cannot be written, or another program holds it for 5 s.
    """

    def change(entry: dict[str, Any]) -> None:
        if not answer or answer == entry["answer"]:
            return
        entry |= {"state": state, "answer": answer, "attempts": entry["attempts"] + 1}
        if mistake:
            counts = entry["mistakes"]
            entry["mistakes"] = {**counts, mistake: counts.get(mistake, 0) + 1}
        if right:
            entry |= {"right_answer": answer, "right": entry["right"] or _now()}

    _write(name, topic, change, where)


def helped(
    name: str, topic: str, *, hints: int = 0, solution: bool = False, where: Path | None = None
) -> None:
    """Note how many hints are open, or that the solution was. Raises OSError as :func:`tried`."""

    def change(entry: dict[str, Any]) -> None:
        entry["hints"] = max(entry["hints"], hints)
        entry["solution"] = entry["solution"] or solution

    _write(name, topic, change, where)


def _write(name: str, topic: str, change, where: Path | None) -> None:
    from filelock import FileLock

    path = where or file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock"), timeout=PATIENCE):
        entries = read(path)
        before = entries.get(name)
        entry = {"topic": topic, **NEW, "first": _now(), **(before or {})}
        change(entry)
        if entry != before:
            entries[name] = {**entry, "last": _now()}
            write_atomically(path, json.dumps(entries, indent=1, ensure_ascii=False) + "\n")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
