"""Run stages one after the other within a budget of seconds; what is done is not done again.

A stage is a program of its own. It is told until when it may work, and writes ``<stage>.json`` as
its last act, atomically: that file *is* the mark that it is done. A stage that fails, or is stopped
because its time is over, is named, and the others go on with what is left.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OVERTIME = 1.5  # times its share after which a stage is stopped; the later ones get less then


@dataclass(frozen=True)
class Stage:
    """One piece of work. share: of the budget, in parts of the sum over all stages."""

    name: str
    share: float
    does: str  # what, in words
    needs: tuple[str, ...] = ("torch", "numpy")  # packages to import; without them it cannot run


@dataclass(frozen=True)
class Outcome:
    """What became of a stage: done, kept (from before), failed, stopped or missing."""

    stage: str
    state: str
    seconds: float = 0.0
    why: str = ""

    @property
    def good(self) -> bool:
        """Whether its result is there."""
        return self.state in ("done", "kept")


def run(
    stages: list[Stage],
    *,
    budget: float,
    folder: Path,
    logs: Path,
    command: Callable[[Stage, float], list[str]],
    say: Callable[[str], None] = print,
) -> list[Outcome]:
    """Run every stage that has no result in ``folder`` yet; return one outcome a stage.

    command(stage, until) -> the words of its program; until: seconds since the epoch, by which it
    should be done. logs: what the programs print goes to ``logs/<stage>.log``. The whole ends
    within ``budget`` seconds, since no program outlives that.
    """
    end = time.time() + budget
    open_ = {s.name: s.share for s in stages if _obstacle(s, folder) is None}
    outcomes = []
    for stage in stages:
        outcome = _obstacle(stage, folder)
        if outcome is None:
            left = end - time.time()
            own = left * stage.share / sum(open_.values())
            say(f"{stage.name}: {stage.does} ({own:.0f} s)")
            outcome = _run_one(stage, own, min(OVERTIME * own, left), folder, logs, command)
        open_.pop(stage.name, None)
        outcomes.append(outcome)
        why = f": {outcome.why}" if outcome.why else ""
        say(f"{stage.name}: {outcome.state}, {outcome.seconds:.1f} s{why}")
    return outcomes


def result(folder: Path, name: str) -> dict | None:
    """Return what a stage found, or None where it has not been done."""
    path = folder / f"{name}.json"
    return json.loads(path.read_text("utf8")) if path.is_file() else None


def _obstacle(stage: Stage, folder: Path) -> Outcome | None:
    """Say why a stage is not to be run, if so: its result is there, or a package is not."""
    if (folder / f"{stage.name}.json").is_file():
        return Outcome(stage.name, "kept", why="done before")
    missing = [name for name in stage.needs if find_spec(name) is None]
    if missing:
        return Outcome(stage.name, "missing", why=f"not installed: {', '.join(missing)}")
    return None


def _run_one(
    stage: Stage,
    own: float,
    limit: float,
    folder: Path,
    logs: Path,
    command: Callable[[Stage, float], list[str]],
) -> Outcome:
    """Run a stage's program for at most ``limit`` seconds and say what became of it."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{stage.name}.log"
    began = time.time()
    with log.open("wb") as file:
        program = start(command(stage, began + own), stdout=file, stderr=subprocess.STDOUT)
        try:
            status = program.wait(max(0.0, limit))
        except subprocess.TimeoutExpired:
            status = None
        finally:
            kill(program)
    seconds = time.time() - began
    if (folder / f"{stage.name}.json").is_file():
        return Outcome(stage.name, "done", seconds)
    if status is None:
        return Outcome(stage.name, "stopped", seconds, f"its time was over; log: {log}")
    return Outcome(stage.name, "failed", seconds, f"{_reason(log, status)}; log: {log}")


def start(words: list[str], **more) -> subprocess.Popen:
    """Start a program that ends when this one does, however this one ends.

    It has the reading end of a pipe that nobody writes to; see :func:`end_with_parent`.
    """
    return subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=os.name != "nt", **more)


def end_with_parent() -> None:
    """End this program at once when the one that started it is gone: it would train on unseen."""
    import threading

    def watch() -> None:
        while os.read(0, 1):  # nothing comes; it ends when the other end of the pipe is closed
            pass
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def kill(program: subprocess.Popen) -> None:
    """End a program and whatever it has started, at once."""
    if program.poll() is None:
        if os.name == "nt":
            program.kill()
        else:
            os.killpg(program.pid, signal.SIGKILL)
    program.wait()


def _reason(log: Path, status: int) -> str:
    """The last line that the program printed: of a traceback, the error."""
    lines = log.read_text("utf8", "replace").strip().splitlines()
    last = lines[-1].strip()[:200] if lines else "it printed nothing"
    return f"{last} (exit status {status})"
