"""Judge an entry: train it in processes of its own, under new seeds, within time and memory."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch

from course_utils import data
from course_utils.challenge.guard import SCRATCH
from course_utils.challenge.tasks import EntryError, Task, tasks
from course_utils.data.files import package_folder
from course_utils.machine import build_folder, repo_root, versions

SECONDS, MEMORY = 60.0, 2e9  # what training may take
GRACE = 1.05  # a clock is looked at between two steps
CORES = 2.3  # processor seconds a second of training: two cores, and what a clock misses
LONGEST = 20_000  # characters of an entry's file: code, no weights
STAGES = ("importing", "training", "trained")  # files by which the process says where it is
STARTING, IMPORTING, ANSWERING = 120.0, 30.0, 60.0  # s for the other stages


@dataclass(frozen=True)
class Run:
    """One training under one seed. figures: what the task's judge found, "figure" among them."""

    seed: int
    figures: dict[str, float]
    train_seconds: float
    answer_seconds: float
    memory_mb: float
    matmul_gflops: float
    commit: str = ""


def task_of(path: Path) -> Task:
    """Return the task that an entry's file names, without running it.

    Raises EntryError if the file is missing or does not say ``TASK = "..."``.
    """
    try:
        text = path.read_text("utf8")
        tree = ast.parse(text)
    except OSError as error:
        raise EntryError(f"{path} cannot be read: {error.strerror}") from error
    except (SyntaxError, UnicodeDecodeError) as error:
        raise EntryError(f"{path.name} is no Python: {error}") from error
    if len(text) > LONGEST:
        raise EntryError(f"{path.name} has {len(text):,} characters, allowed {LONGEST:,}")
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "TASK":
            name = getattr(node.value, "value", None)
            if name in tasks():
                return tasks()[name]
    known = ", ".join(map(repr, tasks()))
    raise EntryError(f"{path.name} does not say at its top TASK = one of {known}")


def new_seeds(n: int) -> list[int]:
    """Return seeds that no entry can have been chosen for."""
    return [secrets.randbelow(1_000_000) for _ in range(n)]


def judge(path: Path, seeds: Sequence[int], *, seconds: float = SECONDS) -> Iterator[Run]:
    """Train and judge an entry once a seed. Raises EntryError at the first rule that it breaks."""
    task = task_of(path)
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="challenge_") as folder:
            yield _one(path.resolve(), task, seed, seconds, Path(folder))


def _one(path: Path, task: Task, seed: int, seconds: float, folder: Path) -> Run:
    asked = task.asked(seed)
    _prepare(path, task, seed, seconds, folder)
    torch.save(asked, folder / "asked.pt")
    peak = _watch(_start(folder), folder, seconds)
    try:
        report = json.loads((folder / "report.json").read_text("utf8"))
    except (OSError, ValueError) as error:
        raise EntryError(f"the entry's process ended without a word (seed {seed})") from error
    if "refused" in report:
        raise EntryError(report["refused"])
    if report["train_seconds"] > GRACE * seconds:
        raise EntryError(f"training took {report['train_seconds']:.1f} s, allowed {seconds:g} s")
    try:
        answer = torch.load(folder / "answer.pt", weights_only=True)
    except Exception as error:
        raise EntryError(f"{task.answers} must return tensors: {error}") from error
    figures = task.judge(answer, asked)
    names = ("train_seconds", "answer_seconds", "matmul_gflops")
    trained, answered, rate = (round(report[name], 1) for name in names)
    commit = versions()["git_commit"] or ""
    return Run(seed, figures, trained, answered, round(peak / 1e6), rate, commit)


def _prepare(path: Path, task: Task, seed: int, seconds: float, folder: Path) -> None:
    """Write down what the process is told, and which files it may not read."""
    hidden = [repo_root() / "data", build_folder() / "cache"]
    for known in data.datasets().values():
        home = package_folder(known.package)
        hidden += [home / known.file] if home else []
    (folder / SCRATCH).mkdir()
    order = {"entry": str(path), "task": task.name, "seed": seed, "seconds": seconds}
    order["hidden"] = [str(place) for place in hidden]
    (folder / "order.json").write_text(json.dumps(order), "utf8")
    torch.save(task.given(), folder / "given.pt")


def _start(folder: Path) -> subprocess.Popen:
    variables = os.environ | {"OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "passive"}
    variables |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder / SCRATCH))
    variables["PYTHONDONTWRITEBYTECODE"] = "1"
    paths = [str(repo_root()), os.environ.get("PYTHONPATH", "")]
    variables["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    command = [sys.executable, "-m", "course_utils.challenge.child", str(folder)]
    with (folder / "log.txt").open("wb") as log:
        return subprocess.Popen(command, env=variables, stdout=log, stderr=log, cwd=folder)


def _watch(process: subprocess.Popen, folder: Path, seconds: float) -> float:
    """Wait for the process; end it where it takes too long or too much. Returns peak bytes."""
    limits = (STARTING, IMPORTING, GRACE * seconds + 2, ANSWERING)
    stage, began, peak, worked, before = 0, time.monotonic(), 0.0, 0.0, 0.0
    try:
        while process.poll() is None:
            time.sleep(0.1)
            bytes_held, worked = _taken(process.pid, worked)
            peak = max(peak, bytes_held)
            now = sum((folder / name).exists() for name in STAGES)
            took = time.monotonic() - began
            if peak > MEMORY:
                raise EntryError(f"it holds {peak / 1e6:,.0f} MB, allowed {MEMORY / 1e6:,.0f} MB")
            if stage == STAGES.index("training") + 1 and worked - before > CORES * (took + 1):
                raise EntryError(f"training used {(worked - before) / took:.1f} cores, allowed 2")
            if now > stage:
                stage, began, before = now, time.monotonic(), worked  # a clock for each stage
            elif took > limits[stage]:
                what = ("starting", "importing", "training", "answering")[stage]
                raise EntryError(f"{what} took more than {limits[stage]:.0f} s and was stopped")
    finally:
        _end(process)
    return peak


def _taken(pid: int, worked: float) -> tuple[float, float]:
    """Return resident bytes and processor seconds of a process and its children."""
    total, seconds = 0, 0.0
    for process in _family(pid):
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss
            seconds += sum(process.cpu_times()[:2])
    return total, max(seconds, worked)


def _end(process: subprocess.Popen) -> None:
    for member in _family(process.pid):
        with contextlib.suppress(psutil.Error):
            member.kill()
    process.wait()


def _family(pid: int) -> list[psutil.Process]:
    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.Error:
        return []
