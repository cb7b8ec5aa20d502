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
        self.total = sum(seconds.values())
        self._seconds, self._left, self._jobs = seconds, dict(seconds), jobs
        self._began = time.monotonic()
        self._ends = self._began
        self._estimate()

    @property
    def behind(self) -> float:
        """Expected seconds that are done."""
        return self.total - sum(self._left.values())

    def update(self, path: Path, share: float) -> None:
        """Note which share of a lesson's cells is done."""
        self._left[path] = self._seconds[path] * (1 - share)
        self._estimate()

    def _estimate(self) -> None:
        now = time.monotonic()
        worked = (now - self._began) * self._jobs
        pace = (worked + 60) / (self.behind + 60)  # s a second expected; 1 until there is evidence
        longest = max(self._left.values(), default=0.0)
        self._ends = now + pace * max(longest, (self.total - self.behind) / self._jobs)

    def __str__(self) -> str:
        left = max(0, round(self._ends - time.monotonic()))
        return f"about {left // 60}:{left % 60:02} left"


class Bars:
    """Draw what a pool's events say, within a ``with`` block."""

    def __init__(self, left: TimeLeft, console: Any) -> None:
        """``console``: rich's; on one that is no terminal nothing moves."""
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[where]}")
        self._progress = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
        self._left = left
        self._whole = self._progress.add_task("all", total=left.total, where=left)
        self._bars: dict[Path, Any] = {}

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, event: Cell | Result) -> None:
        """Move, add or remove bars."""
        if isinstance(event, Result):
            self._left.update(event.path, 1.0)
            if event.path in self._bars:
                self._progress.remove_task(self._bars.pop(event.path))
        else:
            if event.path not in self._bars:
                self._bars[event.path] = self._progress.add_task(event.path.stem, where="")
            self._left.update(event.path, event.done / event.total)
            where = f"{event.done}/{event.total} cells"
            bar = self._bars[event.path]
            self._progress.update(bar, completed=event.done, total=event.total, where=where)
        self._progress.update(self._whole, completed=self._left.behind)
