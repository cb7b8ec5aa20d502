"""What a run logged: one JSON object a line, so that a killed run leaves all but its last line."""

import json
import os
from pathlib import Path

from course_utils.store.atomic import write_atomically


class History:
    """Rows {"step": k, name: number, ...} in a file; read them with :meth:`rows`."""

    def __init__(self, path: Path):
        self.path = path

    def append(self, row: dict) -> None:
        """Write a row and force it to disk.

        Raises ValueError if it has no step or holds NaN, OSError where the disk is full.
        """
        if not isinstance(row.get("step"), int):
            raise ValueError(f"a row of history needs an integer 'step', got {row}")
        line = json.dumps(row, allow_nan=False) + "\n"
        with self.path.open("a", encoding="utf8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def rows(self) -> list[dict]:
        """Return all rows that can be read: not the half line of a process killed in writing it."""
        return [row for row in map(_row, self._lines()) if row is not None]

    def cut_after(self, step: int) -> int:
        """Keep the rows up to ``step`` and return how many lines went (later or damaged ones).

        A resumed run writes the later rows again, so that the file reads as if never interrupted.
        """
        lines = self._lines()
        kept = [row for row in map(_row, lines) if row is not None and row["step"] <= step]
        if len(kept) < len(lines):
            write_atomically(self.path, "".join(json.dumps(row) + "\n" for row in kept))
        return len(lines) - len(kept)

    def _lines(self) -> list[str]:
        if not self.path.exists():
            return []
        return self.path.read_bytes().decode("utf8", "replace").split("\n")[:-1] + self._tail()

    def _tail(self) -> list[str]:
        """What follows the last newline: nothing, or a cut line (never a whole row)."""
        content = self.path.read_bytes()
        return ["(cut)"] if content and not content.endswith(b"\n") else []


def _row(line: str) -> dict | None:
    try:
        row = json.loads(line)
        return row if isinstance(row["step"], int) else None
    except (ValueError, KeyError, TypeError):
        return None
