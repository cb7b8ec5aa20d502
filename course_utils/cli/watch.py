"""Follow a kernel's processes: their peak memory and CPU seconds, and their end when time is up."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import suppress
from typing import Any


class Watch:
    """Follow one kernel and its children from ``started`` until the ``with`` block ends."""

    def __init__(self, timeout: float | None, every: float = 0.25) -> None:
        """``timeout`` (s) counts from the ``with`` statement. ``every``: s between two looks."""
        self.peak = 0  # bytes of the tree, those that processes share counted once
        self.timed_out = self.stopped = False
        self._cpu: dict[int, float] = {}  # seconds of each process seen, user and system
        self._pid: int | None = None
        self._timeout, self._every = timeout, every
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._pid = None  # its number may be another process's from now on

    @property
    def cpu_seconds(self) -> float:
        """Processor time of all processes seen, all cores together."""
        return sum(self._cpu.values())

    def started(self, pid: int) -> None:
        """Name the kernel's process."""
        self._pid = pid
        if self.stopped:  # while it was starting
            self.stop()

    def stop(self) -> None:
        """End the kernel and its children, also one that is about to start."""
        self.stopped = True
        for process in _tree(self._pid):
            with suppress(Exception):
                process.kill()

    def _follow(self) -> None:
        began, again = time.monotonic(), 0.0  # s; again: when to look at the memory again
        while not self._done.wait(self._every):
            processes, now = _tree(self._pid), time.monotonic()
            if sum(map(_resident, processes)) > self.peak and now >= again:
                self.peak = max(self.peak, _held(processes))
                again = now + 20 * (time.monotonic() - now)  # looking costs a twentieth at most
            self._cpu |= {process.pid: _cpu(process, self._cpu) for process in processes}
            if self._timeout is not None and now > began + self._timeout:
                self.timed_out = True
                self.stop()


def _tree(pid: int | None) -> list:
    import psutil

    found: list = []
    if pid is not None:
        with suppress(psutil.Error):  # without its children, the process itself still counts
            found.append(psutil.Process(pid))
            found += found[0].children(recursive=True)
    return found


def _resident(process: Any) -> int:
    with suppress(Exception):
        return process.memory_info().rss
    return 0


def _held(processes: list) -> int:
    """Bytes that a tree holds. Linux tells each one's share of common pages, slowly."""
    shares = 0
    if len(processes) > 1 and sys.platform == "linux":
        shares = sum(map(_share, processes))
    return shares or sum(map(_resident, processes))


def _share(process: Any) -> int:
    with suppress(Exception):  # one that has just ended holds nothing; the others still count
        return process.memory_full_info().pss
    return 0


def _cpu(process: Any, before: dict[int, float]) -> float:
    with suppress(Exception):
        times = process.cpu_times()
        return times.user + times.system
    return before.get(process.pid, 0.0)
