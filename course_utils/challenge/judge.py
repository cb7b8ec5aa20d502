"""Judge an entry: train it in processes of its own, under new seeds, within time and memory."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
import torch

from course_utils.challenge.tasks import EntryError, Task, tasks
from course_utils.machine import fingerprint, repo_root
from course_utils.store import record
from course_utils.store.atomic import write_atomically

FORMAT = 1

SECONDS, MEMORY = 60.0, 2e9  # what training may take
GRACE = 1.05  # a clock is looked at between two steps
BEFORE, AFTER = 600.0, 120.0  # s for importing and loading data, and for sampling


@dataclass(frozen=True)
class Run:
    """One training under one seed. figures: what the task's judge found, "figure" among them."""

    seed: int
    figures: dict[str, float]
    train_seconds: float
    memory_mb: float
    matmul_gflops: float


def task_of(path: Path) -> Task:
    """Return the task that an entry's file names, without running it.

    Raises EntryError if the file is missing or does not say ``TASK = "..."``.
    """
    try:
        tree = ast.parse(path.read_text("utf8"))
    except OSError as error:
        raise EntryError(f"{path} cannot be read: {error.strerror}") from error
    except (SyntaxError, UnicodeDecodeError) as error:
        raise EntryError(f"{path.name} is no Python: {error}") from error
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
    order = {"entry": str(path), "task": task.name, "seed": seed, "seconds": seconds}
    (folder / "order.json").write_text(json.dumps(order), "utf8")
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
    figures = task.judge(answer, task.asked(seed))
    seconds, rate = round(report["train_seconds"], 1), round(report["matmul_gflops"], 1)
    return Run(seed, figures, seconds, round(peak / 1e6), rate)


def _start(folder: Path) -> subprocess.Popen:
    variables = os.environ | {"OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "passive"}
    paths = [str(repo_root()), os.environ.get("PYTHONPATH", "")]
    variables["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    command = [sys.executable, "-m", "course_utils.challenge.child", str(folder)]
    with (folder / "log.txt").open("wb") as log:
        return subprocess.Popen(command, env=variables, stdout=log, stderr=log, cwd=folder)


def _watch(process: subprocess.Popen, folder: Path, seconds: float) -> float:
    """Wait for the process; end it where it takes too long or too much. Returns peak bytes."""
    stage, began, peak = 0, time.monotonic(), 0.0
    try:
        while process.poll() is None:
            time.sleep(0.1)
            peak = max(peak, _held(process.pid))
            now = sum((folder / name).exists() for name in ("training", "trained"))
            if now > stage:
                stage, began = now, time.monotonic()  # each stage has a clock of its own
            limit = (BEFORE, GRACE * seconds + 2, AFTER)[stage]
            if peak > MEMORY:
                raise EntryError(f"it holds {peak / 1e6:,.0f} MB, allowed {MEMORY / 1e6:,.0f} MB")
            if time.monotonic() > began + limit:
                what = ("starting", "training", "sampling")[stage]
                raise EntryError(f"{what} took more than {limit:.0f} s and was stopped")
    finally:
        _end(process)
    return peak


def _held(pid: int) -> float:
    """Return the resident bytes of a process and its children."""
    total = 0
    for process in _family(pid):
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss
    return total


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


# -- results ---------------------------------------------------------------------------------------


def folder() -> Path:
    """Return where results of the challenge are kept."""
    return repo_root() / "data" / "results" / "challenge"


def keep(path: Path, runs: Sequence[Run], *, where: Path | None = None) -> Path:
    """Store what an entry reached as ``<entry>.json``; the newest judgement of an entry counts."""
    text = path.read_text("utf8")
    content = {
        "entry": path.stem,
        "about": (ast.get_docstring(ast.parse(text)) or path.stem).splitlines()[0],
        "task": task_of(path).name,
        "runs": [asdict(run) for run in runs],
        "seconds": SECONDS,
        "machine": fingerprint(),
        "entry_sha256": hashlib.sha256(text.encode("utf8")).hexdigest(),
    }
    target = (where or folder()) / f"{path.stem}.json"
    write_atomically(target, record.to_text(content, format=FORMAT))
    return target


def stored(where: Path | None = None) -> list[dict[str, Any]]:
    """Return all stored results. Raises EntryError for a file that cannot be read."""
    fields = {"entry": str, "about": str, "task": str, "runs": list, "entry_sha256": str}
    cure = "restore it with: git checkout -- data/results/challenge"
    return [
        record.read(path, format=FORMAT, fields=fields, error=EntryError, cure=cure)
        for path in sorted((where or folder()).glob("*.json"))
    ]
