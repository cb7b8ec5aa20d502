"""Judge one answer in a process of its own, with limits; nothing it does reaches the others.

The process is forked from one that has imported torch already, where the system can fork. In it the
answer sees no network, starts no program, writes no file and reads no hand-in; time and memory are
watched from outside. This stops mistakes and easy cheats, not an attacker (see challenge.guard).
"""

from __future__ import annotations

import contextlib
import json
import linecache
import multiprocessing
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil

from course_utils.grading.answers import Answer

SECONDS, MEMORY = 120.0, 3e9  # what one answer may take; the judge has its own limits for a call
PRELOAD = [
    "course_utils",
    "course_utils.exercises",
    "course_utils.challenge.guard",
    "matplotlib.pyplot",
]
PRELOAD += [
    "torch._dynamo",
    "course_utils.data",
    "course_utils.judging.scorecard",
    "course_utils.page.explorer",
]
NO_WORD = "its process ended without a word"


@dataclass(frozen=True)
class Grade:
    """What became of one answer. state: as on the card, or "stopped" or "no Python"."""

    exercise: str
    state: str
    reasons: tuple[str, ...] = ()
    mistake: str = ""
    why: str = ""  # what the card says of the mistake
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, for a file."""
        return asdict(self)


def judged(answer: Answer, others: list[str], hidden: Path, *, seconds: float = SECONDS) -> Grade:
    """Judge an answer. others: the lesson's other exercises, which stand as the references do.

    hidden: the folder of the hand-ins, which no answer may read.
    """
    if answer.complaint:
        return Grade(answer.name, "no Python", (answer.complaint,))
    with tempfile.TemporaryDirectory(prefix="grading_") as room:
        (Path(room) / "scratch").mkdir()
        here, there = multiprocessing.Pipe(duplex=False)
        began = time.monotonic()
        process = _context().Process(
            target=_inside, args=(answer, others, str(hidden), room, there), daemon=True
        )
        process.start()
        there.close()
        stopped = _watch(process, here, seconds)
        said = None
        with contextlib.suppress(EOFError, OSError, ValueError):  # JSON: a pickle could run code
            said = json.loads(here.recv_bytes()) if not stopped and here.poll() else None
        _end(process)
    took = round(time.monotonic() - began, 2)
    try:
        reasons = tuple(map(str, said["reasons"]))
        told = [str(said[key]) for key in ("state", "mistake", "why")]
    except (TypeError, KeyError):
        return Grade(answer.name, "stopped", (stopped or NO_WORD,), seconds=took)
    return Grade(answer.name, told[0], reasons, *told[1:], seconds=took)


def _context():
    """A forkserver that has imported torch, or fresh processes where the system cannot fork."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    return context


def _watch(process, here: Connection, seconds: float) -> str:
    """Wait for a word; return why the process was stopped, or ""."""
    began = time.monotonic()
    while not here.poll(0.02):
        if not process.is_alive():
            return "" if here.poll() else NO_WORD
        held = _held(process.pid)
        if held > MEMORY:
            return f"it held {held / 1e9:.1f} GB, allowed are {MEMORY / 1e9:.0f} GB"
        if time.monotonic() - began > seconds:
            return f"it took more than {seconds:.0f} s"
    return ""


def _held(pid: int) -> float:
    with contextlib.suppress(psutil.Error):
        return float(psutil.Process(pid).memory_info().rss)
    return 0.0


def _end(process) -> None:
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
    process.kill()
    process.join()


# -- inside the process ----------------------------------------------------------------------------


def _inside(answer: Answer, others: list[str], hidden: str, room: str, out: Connection) -> None:
    import torch

    from course_utils.challenge import guard

    torch.set_num_threads(1)
    os.chdir(Path(room) / "scratch")
    quiet = open(os.devnull, "w")  # noqa: SIM115 - as long as the process
    sys.stdout = sys.stderr = quiet
    os.environ.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(Path(room) / "scratch")))
    references = _references(answer.name, others)
    as_judge = guard.install(Path(room), [Path(hidden)], "an answer")
    try:
        said = _verdict(answer, references)
    except BaseException as error:
        said = {"state": "stopped", "reasons": (f"{type(error).__name__}: {error}",)}
    with as_judge():
        out.send_bytes(json.dumps({"mistake": "", "why": "", **said}).encode())
        out.close()
    os._exit(0)


def _references(name: str, others: list[str]) -> dict[str, Any]:
    """Import the exercise and the lesson's other references before the watch begins."""
    from course_utils.exercises.desk import find

    find(name)
    specs = {other: find(other) for other in others if other != name}
    return {other: spec.reference for other, spec in specs.items() if spec is not None}


def _verdict(answer: Answer, references: dict[str, Any]) -> dict[str, Any]:
    from course_utils.exercises.desk import find
    from course_utils.exercises.verdict import judge

    exercise = find(answer.name)
    if exercise is None:
        return {"state": "unknown", "reasons": ("the course has no exercise of this name",)}
    function = _defined(answer, references)
    verdict = judge(exercise, function)
    if judge(exercise, exercise.mistakes[0].answer).state == "right" or (
        judge(exercise, exercise.reference).state != "right"
    ):
        return {"state": "stopped", "reasons": ("it changed the checker, so nothing was judged",)}
    mistake = verdict.mistake
    return {
        "state": verdict.state,
        "reasons": tuple(verdict.reasons),
        "mistake": mistake.name if mistake else "",
        "why": mistake.why if mistake else "",
    }


def _defined(answer: Answer, references: dict[str, Any]) -> Any:
    """Define what the answer may lean on, then the answer; return the function."""
    space: dict[str, Any] = {"__name__": "answer"}
    for piece in answer.context:
        with contextlib.suppress(Exception):  # what it needs was left out, or fails for itself
            exec(compile(piece, "<context>", "exec"), space)
    space |= references
    name = f"<answer {answer.name}>"
    lines = answer.source.splitlines(keepends=True)
    linecache.cache[name] = (len(answer.source), None, lines, name)  # so that it can be read
    exec(compile(answer.source, name, "exec"), space)
    return space[answer.name]
