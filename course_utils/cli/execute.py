"""Execute notebooks side by side: papermill in threads, each notebook in a kernel of its own."""

from __future__ import annotations

import logging
import os
import queue
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_utils.cli.beginning import file_of
from course_utils.cli.watch import Watch
from course_utils.notebooks import tags, text_of
from course_utils.store.atomic import write_atomically

NOISE = ("Kernel is running over TCP without encryption", "frozen modules")


@dataclass(frozen=True)
class Job:
    """One notebook to execute."""

    name: str
    path: Path  # the lesson
    out: Path  # where the executed notebook goes
    parameters: dict[str, Any] = field(default_factory=dict)
    timeout: float | None = None  # s for the whole notebook
    expected: float = 30.0  # s, for the time left
    variables: dict[str, str] = field(default_factory=dict)  # of its environment, beside the pool's
    cells: int | None = None  # only the first ones


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
    note: str = ""  # what else to know of a good run
    since: str = ""  # the date of the run, where it was not run again because nothing changed

    @property
    def ok(self) -> bool:
        """Whether every cell ran."""
        return self.outcome == "ok"


@dataclass(frozen=True)
class Cell:
    """A notebook has come to its next cell."""

    path: Path
    done: int  # cells behind it
    total: int


class Pool:
    """Execute ``jobs`` notebooks at a time; ``variables`` are added to their environment.

    ``for event in pool.run(jobs)`` yields a ``Cell`` for every cell and a ``Result`` for every
    notebook. Leaving the ``with`` block, however, ends all kernels; a kernel also ends by itself
    when this process is gone.
    """

    def __init__(self, jobs: int, variables: dict[str, str]) -> None:
        """Start nothing yet."""
        self._variables = variables
        self._threads = ThreadPoolExecutor(jobs)
        self._watches: list[Watch] = []
        self._futures: list[Future] = []
        self._closing = False

    def __enter__(self) -> Pool:
        import papermill  # noqa: F401 - takes a second or two, which are no lesson's

        logging.getLogger("papermill").setLevel(logging.CRITICAL)  # results say what went wrong
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        while (
            True
        ):  # again and again: a kernel that is just being started may escape the first time
            for watch in list(self._watches):
                watch.stop()
            if not wait(self._futures, timeout=1).not_done:
                return

    def run(self, jobs: list[Job]) -> Iterator[Cell | Result]:
        """Execute the jobs, in their order as far as threads are free."""
        events: queue.SimpleQueue = queue.SimpleQueue()
        for job in jobs:
            self._futures.append(self._threads.submit(self._one, job, events.put))
        waiting = len(jobs)
        while waiting:
            try:
                event = events.get(timeout=0.5)  # Ctrl-C is noticed meanwhile on Windows too
            except queue.Empty:
                continue
            waiting -= isinstance(event, Result)
            yield event

    def _one(self, job: Job, emit: Callable[[Any], None]) -> None:
        try:
            with tempfile.TemporaryFile() as log, Watch(job.timeout) as watch:
                self._watches.append(watch)
                if not self._closing:
                    emit(_Run(job, watch, log, emit).result(self._variables | job.variables))
        except Exception as error:  # the disk is full, say: the others go on
            text = f"{type(error).__name__}: {error}"
            emit(Result(job.name, job.path, job.out, "died", 0.0, 0.0, error=text))


class _Run:
    """One notebook under way; what is known of it is kept, because its kernel may die."""

    def __init__(self, job: Job, watch: Watch, log: Any, emit: Callable[[Any], None]) -> None:
        self.job, self.watch, self.log, self.emit = job, watch, log, emit
        self.notebook: Any = None
        self.cells: list = []  # as executed, the injected parameters among them
        self.at: int | None = None  # index of the running cell

    def result(self, variables: dict[str, str]) -> Result:
        """Execute the notebook, write what became of it, and say so."""
        from papermill.exceptions import PapermillExecutionError

        began, found = time.perf_counter(), {"outcome": "ok"}
        try:
            self._execute(variables)
            if not any(cell.cell_type == "code" and cell.source.strip() for cell in self.cells):
                found["note"] = "no code"
        except PapermillExecutionError as error:
            found |= {"outcome": "failed", "execution_count": error.exec_count}
            found |= self._where(error.cell_index) | {"error": self._reason(error)}
        except Exception as error:
            found |= self._where(self.at) | self._death(error)
        if self.notebook is not None and not (self.watch.stopped and not self.watch.timed_out):
            import nbformat

            write_atomically(self.job.out, nbformat.writes(self.notebook) + "\n")
        return Result(
            *(self.job.name, self.job.path, self.job.out),
            seconds=time.perf_counter() - began,
            memory_mb=self.watch.peak / 1e6,
            cpu_seconds=self.watch.cpu_seconds,
            **found,
        )

    def _execute(self, variables: dict[str, str]) -> None:
        import papermill

        with file_of(self.job.path, self.job.cells) as path:
            papermill.execute_notebook(
                str(path).replace("{", "{{").replace("}", "}}"),  # it formats the path
                None,
                parameters=self.job.parameters,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                kernel_manager_class=_kernel_class(self.watch, self.log, variables),
                resources={"metadata": {"path": str(self.job.path.parent)}},  # where it works
                on_notebook_start=self._started,
                on_cell_start=self._cell,
            )

    def _started(self, notebook: Any) -> None:
        self.notebook, self.cells = notebook, list(notebook.cells)

    def _cell(self, cell: Any, cell_index: int) -> None:
        self.at = cell_index
        self.emit(Cell(self.job.path, cell_index, len(self.cells)))

    def _where(self, index: int | None) -> dict[str, Any]:
        """Name a cell, counted from 1 as in the lesson's own file, and its source."""
        if index is None:
            return {}
        injected = self.cells[: index + 1] if self.job.parameters else []
        shift = sum("injected-parameters" in tags(cell) for cell in injected)
        return {"cell": index + 1 - shift, "source": self.cells[index].source}

    def _reason(self, error: Any) -> str:
        """Tell why a cell failed; a magic that does not exist says so on stderr only."""
        from papermill.exceptions import strip_color

        said = [o for o in self.cells[error.cell_index].outputs if o.get("name") == "stderr"]
        text = "\n".join(error.traceback) or "".join(text_of(o["text"]) for o in said)
        return strip_color(text).strip() or f"{error.ename}: {error.evalue}"

    def _death(self, error: Exception) -> dict[str, str]:
        """Describe a kernel that was stopped or died, or a notebook that could not be started."""
        if self.watch.timed_out:
            text = f"stopped: the lesson ran longer than its limit of {self.job.timeout:g} s"
            return {"outcome": "timeout", "error": text}
        text = f"{type(error).__name__}: {error}"
        if type(error).__name__ == "DeadKernelError":
            peak = self.watch.peak / 1e6
            text = f"the kernel died; it held {peak:,.0f} MB at most (out of memory?)"
        self.log.seek(0)
        lines = self.log.read().decode("utf8", "replace").splitlines()
        last = [line for line in lines if not any(noise in line for noise in NOISE)][-20:]
        return {"outcome": "died", "error": "\n".join([text, *last])}


def _kernel_class(watch: Watch, log: Any, variables: dict[str, str]) -> type:
    """A kernel manager that always starts this interpreter and tells the watch its pid."""
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec

    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    argv.append("--HistoryManager.enabled=False")  # parallel kernels would lock its database

    class Kernel(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(argv=argv, display_name="Python 3 (ipykernel)", language="python")

        async def _async_launch_kernel(self, kernel_cmd: list[str], **kwargs: Any) -> None:
            kwargs |= {"stderr": log, "env": kwargs.get("env", os.environ) | variables}
            await super()._async_launch_kernel(kernel_cmd, **kwargs)
            watch.started(self.provisioner.pid)

    return Kernel
