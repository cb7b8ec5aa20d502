"""Execute notebooks in parallel worker processes; ``course run`` and ``course refresh`` use it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Job:
    """One notebook to execute."""

    name: str
    path: Path  # the lesson
    out: Path  # where the executed notebook goes
    parameters: dict[str, Any] = field(default_factory=dict)
    timeout: float | None = None  # s for the whole notebook


@dataclass(frozen=True)
class Result:
    """What became of a job."""

    name: str
    path: Path
    out: Path
    outcome: str  # "ok", "failed" (a cell raised), "timeout", "died" (the kernel)
    seconds: float  # from starting the kernel to its end
    memory_mb: float  # peak resident memory of the kernel and its children, 10**6 bytes
    cpu_seconds: float = 0.0  # processor time of the kernel and its children, all cores together
    cell: int | None = None  # the failing cell, counted from 1
    execution_count: int | None = None  # its number in Jupyter: In [n]
    source: str = ""
    error: str = ""  # traceback or reason, without colour codes

    @property
    def ok(self) -> bool:
        """Whether every cell ran."""
        return self.outcome == "ok"


@dataclass(frozen=True)
class Cell:
    """A cell was executed."""

    name: str
    done: int
    total: int


class Pool:
    """``jobs`` worker processes, each with ``threads`` CPU threads for its kernels.

    ``for event in pool.run(jobs)`` yields a ``Cell`` for every executed cell and a ``Result`` for
    every finished notebook. Leaving the ``with`` block, however, ends workers and kernels.
    """

    def __init__(self, jobs: int, threads: int) -> None:
        """Start nothing yet."""
        self.jobs, self.threads = jobs, threads
        self._workers: set[subprocess.Popen] = set()
        self._closing = False
        self._lock = threading.Lock()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, jobs: list[Job]) -> Iterator[Cell | Result]:
        """Execute the jobs, in their order as far as workers are free."""
        todo: queue.SimpleQueue = queue.SimpleQueue()
        events: queue.SimpleQueue = queue.SimpleQueue()
        for job in jobs:
            todo.put(job)
        for _ in range(min(self.jobs, len(jobs))):
            threading.Thread(target=self._serve, args=(todo, events), daemon=True).start()
        waiting = len(jobs)
        while waiting:
            event = _get(events)
            if isinstance(event, Exception):
                raise event
            waiting -= isinstance(event, Result)
            yield event

    def close(self) -> None:
        """End the workers; each ends its kernel when its stdin closes."""
        with self._lock:
            self._closing = True
            workers = list(self._workers)
        for worker in workers:
            _end(worker)

    def _serve(self, todo: queue.SimpleQueue, events: queue.SimpleQueue) -> None:
        """Hand jobs to one worker until there are none; replace the worker if it dies."""
        worker = None
        try:
            with tempfile.TemporaryFile() as log:
                while not self._closing:
                    job = todo.get_nowait()
                    if worker is None or worker.poll() is not None:
                        worker = self._start(log)
                    if worker is None:
                        return
                    events.put(_hand_over(worker, job, events, log))
        except queue.Empty:
            pass
        except Exception as error:  # shown by the main thread
            events.put(error)
        finally:
            if worker is not None:
                _end(worker)

    def _start(self, log: Any) -> subprocess.Popen | None:
        with self._lock:
            if self._closing:
                return None
            worker = subprocess.Popen(
                [sys.executable, "-m", "course_utils.cli.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf8",
                env=environment(self.threads, alone=self.jobs == 1),
                **_own_group(),
            )
            self._workers.add(worker)
            return worker


def _get(events: queue.SimpleQueue) -> Any:
    """Wait for an event; Ctrl-C is noticed meanwhile on Windows too."""
    while True:
        with suppress(queue.Empty):
            return events.get(timeout=0.5)


def _hand_over(worker: subprocess.Popen, job: Job, events: queue.SimpleQueue, log: Any) -> Result:
    """Let a worker execute one job: pass its events on and return the result."""
    fields = {"path": str(job.path), "out": str(job.out)}
    fields |= {"parameters": job.parameters, "timeout": job.timeout}
    with suppress(OSError):
        worker.stdin.write(json.dumps(fields) + "\n")
        worker.stdin.flush()
    for line in worker.stdout:
        event = json.loads(line)
        if event.pop("event") == "done":
            return Result(name=job.name, path=job.path, out=job.out, **event)
        events.put(Cell(job.name, event["done"], event["total"]))
    log.seek(0)
    last = "\n".join(log.read().decode("utf8", "replace").splitlines()[-20:])
    error = f"the worker process ended with status {worker.wait()}\n{last}"
    return Result(job.name, job.path, job.out, "died", 0.0, 0.0, error=error)


def _own_group() -> dict[str, Any]:
    """Keep the terminal's Ctrl-C away from workers: ``course`` itself ends them in order."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _end(worker: subprocess.Popen) -> None:
    """Close a worker's stdin, which makes it end its kernel and itself; insist after 3 s."""
    import psutil

    with suppress(OSError):
        worker.stdin.close()
    try:
        worker.wait(timeout=3)
    except subprocess.TimeoutExpired:
        with suppress(psutil.Error):
            for process in [*psutil.Process(worker.pid).children(recursive=True), worker]:
                with suppress(psutil.Error, OSError):
                    process.kill()
        worker.wait()


def environment(threads: int, *, alone: bool = True) -> dict[str, str]:
    """Return the environment of a worker and its kernels: CPU threads, and where we are.

    Beside other kernels, waiting threads sleep (OMP_WAIT_POLICY=passive): spinning ones can make a
    training step many times slower. Alone on the machine, spinning is the faster way to wait for
    the short loops of small networks. What the user set is kept.
    """
    variables = {
        "OMP_NUM_THREADS": str(threads),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # else the kernel's debugger warns about itself
        "KINETO_LOG_LEVEL": "99",  # else torch's profiler reports what it does
    }
    if not alone:
        variables["OMP_WAIT_POLICY"] = "passive"
    variables |= os.environ
    home = Path(__file__).resolve().parents[2]
    if "site-packages" not in home.parts:  # a checkout: kernels import the same course_utils
        paths = [str(home), os.environ.get("PYTHONPATH", "")]
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return variables


def share_cores(lessons: int, cores: int, memory_gb: float) -> int:
    """Return how many lessons to run at a time, each with ``cores // jobs`` threads.

    One thread each and more lessons is the faster way round: a second thread speeds a small
    network up by a quarter only. A lesson may take 2 GB, so memory is the other limit.
    """
    return max(1, min(lessons, cores, int(memory_gb // 2)))
