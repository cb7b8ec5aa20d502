"""The worker process of ``course run``: executes one notebook after another with papermill.

Reads one job a line from stdin and writes events to stdout, both as JSON. End of stdin means
"stop at once": it comes when ``course`` ends, however it ends, so no kernel outlives it.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from course_utils.store.atomic import write_atomically

NOISE = ("Kernel is running over TCP without encryption", "frozen modules")


class Watch:
    """Follow one kernel's process tree: peak memory, CPU time, and its end when time is up."""

    def __init__(self, timeout: float | None, every: float = 0.25) -> None:
        """Prepare; ``timeout`` (s) counts from here. ``every``: s between two looks."""
        self.peak = 0  # bytes of the tree, those that processes share counted once
        self.cpu: dict[int, float] = {}  # seconds of each process seen, user and system
        self.timed_out = False
        self._pid: int | None = None
        self._every = every
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def started(self, pid: int) -> None:
        """Name the kernel's process."""
        self._pid = pid

    def close(self) -> None:
        """Stop following."""
        self._done.set()
        self._thread.join()

    def kill(self) -> None:
        """End the kernel and its children."""
        for process in _tree(self._pid):
            with suppress(Exception):
                process.kill()

    def _follow(self) -> None:
        again = 0.0  # s, when to look at the memory again
        while not self._done.wait(self._every):
            processes = _tree(self._pid)
            began = time.monotonic()
            if sum(map(_resident, processes)) > self.peak and began >= again:
                self.peak = max(self.peak, _held(processes))
                again = began + 20 * (time.monotonic() - began)  # looking costs a twentieth at most
            self.cpu |= {process.pid: _cpu(process, self.cpu) for process in processes}
            if self._deadline is not None and time.monotonic() > self._deadline:
                self.timed_out = True
                self.kill()


def _tree(pid: int | None) -> list:
    import psutil

    if pid is None:
        return []
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    return []


def _resident(process: Any) -> int:
    with suppress(Exception):
        return process.memory_info().rss
    return 0


def _held(processes: list) -> int:
    """Bytes that a tree holds. Linux tells each one's share of common pages, slowly."""
    if len(processes) > 1 and sys.platform == "linux":
        with suppress(Exception):
            return sum(process.memory_full_info().pss for process in processes)
    return sum(map(_resident, processes))


def _cpu(process: Any, before: dict[int, float]) -> float:
    with suppress(Exception):
        times = process.cpu_times()
        return times.user + times.system
    return before.get(process.pid, 0.0)


class Progress:
    """What is known about the notebook under way, also when its kernel dies."""

    def __init__(self, emit: Any) -> None:
        """``emit``: called with an event dict."""
        self.emit = emit
        self.notebook: Any = None
        self.cell: int | None = None  # index of the running cell
        self.watch: Watch | None = None
        self.log: Any = None  # file that takes the kernel's stderr


def _kernel_class(progress: Progress) -> type:
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
            kwargs["stderr"] = progress.log
            await super()._async_launch_kernel(kernel_cmd, **kwargs)
            progress.watch.started(self.provisioner.pid)

    return Kernel


def _register_engine(progress: Progress) -> None:
    """Register papermill's engine "course": its own, with progress events and our kernel."""
    from papermill.engines import NBClientEngine, papermill_engines

    class Engine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
            progress.notebook, total = nb_man.nb, len(nb_man.nb.cells)
            cell_start, cell_complete = nb_man.cell_start, nb_man.cell_complete

            def start(cell: Any, cell_index: int | None = None, **more: Any) -> None:
                progress.cell = cell_index
                cell_start(cell, cell_index, **more)

            def complete(cell: Any, cell_index: int = 0, **more: Any) -> None:
                cell_complete(cell, cell_index=cell_index, **more)
                progress.emit({"event": "cell", "done": cell_index + 1, "total": total})

            nb_man.cell_start, nb_man.cell_complete = start, complete
            kwargs["kernel_manager_class"] = _kernel_class(progress)
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)

    papermill_engines.register("course", Engine)


def execute(job: dict, progress: Progress) -> dict:
    """Execute one notebook, write what became of it, and return the result's fields.

    ``job``: path, out, parameters, timeout (s or None).
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    progress.notebook = progress.cell = None
    started = time.perf_counter()
    result: dict[str, Any] = {"outcome": "ok"}
    with tempfile.TemporaryFile() as progress.log:
        progress.watch = Watch(job["timeout"])
        try:
            papermill.execute_notebook(
                job["path"],
                None,
                parameters=job["parameters"],
                engine_name="course",
                kernel_name="python3",
                language="python",
                progress_bar=False,
                cwd=str(Path(job["path"]).parent),
            )
        except PapermillExecutionError as error:
            result = _failure(error, bool(job["parameters"]), progress)
        except Exception as error:
            result = _death(error, job, progress)
        finally:
            progress.watch.close()
    result["seconds"] = time.perf_counter() - started
    result["cpu_seconds"] = sum(progress.watch.cpu.values())
    result["memory_mb"] = progress.watch.peak / 1e6
    _save(progress.notebook, Path(job["out"]))
    return result


def _failure(error: Any, injected: bool, progress: Progress) -> dict:
    """Describe a cell that raised; cells are counted from 1 as in the lesson's own file."""
    from papermill.exceptions import strip_color

    return {
        "outcome": "failed",
        "cell": error.cell_index + 1 - _shift(progress, error.cell_index, injected),
        "execution_count": error.exec_count,
        "source": error.source,
        "error": strip_color("\n".join(error.traceback)) or f"{error.ename}: {error.evalue}",
    }


def _death(error: Exception, job: dict, progress: Progress) -> dict:
    """Describe a kernel that was stopped or died, or a notebook that could not be started."""
    result = {"outcome": "died", "error": f"{type(error).__name__}: {error}"}
    if progress.cell is not None:
        cell = progress.notebook.cells[progress.cell]
        shift = _shift(progress, progress.cell, bool(job["parameters"]))
        result |= {"cell": progress.cell + 1 - shift, "source": cell.source}
    if progress.watch.timed_out:
        text = f"stopped: the lesson ran longer than its limit of {job['timeout']:g} s"
        return result | {"outcome": "timeout", "error": text}
    progress.log.seek(0)
    lines = progress.log.read().decode("utf8", "replace").splitlines()
    last = [line for line in lines if not any(noise in line for noise in NOISE)][-20:]
    if type(error).__name__ == "DeadKernelError":
        peak = progress.watch.peak / 1e6
        result["error"] = f"the kernel died; it held {peak:,.0f} MB at most (out of memory?)"
    return result | {"error": "\n".join([result["error"], *last])}


def _shift(progress: Progress, index: int, injected: bool) -> int:
    """Return 1 where papermill's own parameter cell stands before cell ``index``, else 0."""
    cells = progress.notebook.cells[: index + 1] if injected else []
    return sum("injected-parameters" in cell.metadata.get("tags", []) for cell in cells)


def _save(notebook: Any, out: Path) -> None:
    """Write the executed notebook in one step."""
    import nbformat

    if notebook is not None:
        write_atomically(out, nbformat.writes(notebook) + "\n")


def _listen(jobs: queue.Queue, progress: Progress) -> None:
    for line in sys.stdin:
        jobs.put(json.loads(line))
    if progress.watch is not None:
        progress.watch.kill()
    os._exit(0)


def main() -> None:
    """Serve jobs until stdin ends."""
    events = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf8")
    os.dup2(2, 1)  # what libraries print must not mix with the events
    sys.modules["rfc3987_syntax"] = (
        None  # jsonschema's optional import: 3 s for a check unused here
    )

    def emit(event: dict) -> None:
        events.write(json.dumps(event) + "\n")

    progress, jobs = Progress(emit), queue.Queue()
    threading.Thread(target=_listen, args=(jobs, progress), daemon=True).start()
    _register_engine(progress)
    while True:
        emit({"event": "done", **execute(jobs.get(), progress)})


if __name__ == "__main__":
    main()
