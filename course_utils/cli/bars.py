"""The progress bars of ``course run``: one a lesson under way, and one with the time left."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from course_utils.cli.execute import Cell, Result


class TimeLeft:
    """How long the rest will take, from the lessons' measured seconds and this machine's pace."""

    def __init__(self, seconds: dict[Path, float], jobs: int) -> None:
        """``seconds``: what each lesson is expected to take; ``jobs``: how many at a time."""
        self.total, self.done = sum(seconds.values()), 0.0  # s, as expected
        self._seconds, self._left, self._jobs = seconds, dict(seconds), jobs
        self._began = self._ends = time.monotonic()
        self._estimate()

    def update(self, path: Path, share: float) -> None:
        """Note which share of a lesson's cells is done."""
        self._left[path] = self._seconds[path] * (1 - share)
        self.done = self.total - sum(self._left.values())
        self._estimate()

    def _estimate(self) -> None:
        now = time.monotonic()
        pace = ((now - self._began) * self._jobs + 60) / (self.done + 60)  # 1 without evidence
        rest = max(*self._left.values(), 0.0), (self.total - self.done) / self._jobs
        self._ends = now + pace * max(rest)

    def __str__(self) -> str:
        left = max(0, round(self._ends - time.monotonic()))
        return f"about {left // 60}:{left % 60:02} left"


class Bars:
    """Draw what a pool's events say; rich shows it between ``start`` and ``stop``."""

    def __init__(self, left: TimeLeft, console: Any) -> None:
        """``console``: rich's; on one that is no terminal nothing moves."""
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[where]}")
        self.progress = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
        self._left = left
        self._whole = self.progress.add_task("all", total=left.total, where=left)
        self._bars: dict[Path, Any] = {}

    def show(self, event: Cell | Result) -> None:
        """Move, add or remove bars."""
        share = 1.0 if isinstance(event, Result) else event.done / event.total
        self._left.update(event.path, share)
        self.progress.update(self._whole, completed=self._left.done)
        if isinstance(event, Cell):
            if event.path not in self._bars:
                self._bars[event.path] = self.progress.add_task(event.path.stem, total=1, where="")
            where = f"{event.done}/{event.total} cells"
            self.progress.update(self._bars[event.path], completed=share, where=where)
        elif event.path in self._bars:
            self.progress.remove_task(self._bars.pop(event.path))
