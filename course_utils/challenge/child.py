"""The process in which an entry trains: ``python -m course_utils.challenge.child FOLDER``.

FOLDER holds ``order.json`` (entry, task, seed, seconds, what is hidden), ``given.pt`` (the training
data) and ``asked.pt``; what comes out is ``answer.pt`` and ``report.json``, which also says in one
sentence why there is none. No held-out example is in this process before training has ended.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from time import perf_counter  # by name: an entry that replaces time.perf_counter changes nothing
from types import ModuleType
from typing import Any

import torch

from course_utils.challenge import guard
from course_utils.challenge.tasks import EntryError, Task, distributions, tasks
from course_utils.runs.speed import matmul_rate

CORES = 2
CHANGED = 20  # texts whose ends are changed, to see whether predictions look ahead


def main(folder: Path) -> None:
    """Train and ask one entry; write what became of it."""
    order = json.loads((folder / "order.json").read_text("utf8"))
    report: dict[str, Any] = {}
    _two_cores()
    rate = matmul_rate(torch.device("cpu"), torch.float32, size=512)  # to compare machines
    report["matmul_gflops"] = rate / 1e9
    torch.optim.AdamW([torch.zeros(1)])  # the first one imports much: not in the entry's minute
    as_judge = guard.install(folder, [Path(name) for name in order["hidden"]])
    try:
        _run(tasks()[order["task"]], order, folder, report, as_judge)
    except EntryError as error:
        report["refused"] = str(error)
    except MemoryError:
        report["refused"] = "the entry ran out of memory"
    except BaseException as error:
        own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == order["entry"]]
        where = f" at line {own[-1].lineno}" if own else ""
        report["refused"] = f"the entry stopped{where}: {type(error).__name__}: {error}"
    with as_judge():
        (folder / "report.json").write_text(json.dumps(report), "utf8")


def _run(
    task: Task,
    order: dict[str, Any],
    folder: Path,
    report: dict[str, Any],
    as_judge: Callable[[], AbstractContextManager[None]],
) -> None:
    torch.manual_seed(order["seed"])
    with as_judge():
        (folder / "importing").touch()  # from here on the entry's own code runs
    entry, threads = load(Path(order["entry"])), threading.active_count()
    with as_judge():
        given = torch.load(folder / "given.pt", weights_only=True)
        (folder / "training").touch()
    began = perf_counter()
    model = entry.train(given, order["seconds"], order["seed"])
    report["train_seconds"] = perf_counter() - began
    with as_judge():
        (folder / "trained").touch()
        asked = torch.load(folder / "asked.pt", weights_only=True)
    if threading.active_count() > threads:
        raise EntryError("a thread of the entry still runs after its training")
    began = perf_counter()
    with torch.no_grad():
        answer = getattr(entry, task.answers)(model, **asked)
    report["answer_seconds"] = perf_counter() - began
    if task.answers == "predict":
        _refuse_looking_ahead(entry, model, asked["texts"][:CHANGED])
    if isinstance(answer, list):
        answer = [torch.as_tensor(rows) for rows in answer]
    with as_judge():
        torch.save(answer, folder / "answer.pt")


def load(path: Path) -> ModuleType:
    """Import an entry's file; EntryError unless it has the functions that its task needs."""
    spec = importlib.util.spec_from_file_location("entry", path)
    entry = importlib.util.module_from_spec(spec)
    sys.modules["entry"] = entry
    spec.loader.exec_module(entry)
    for name in ("train", tasks()[entry.TASK].answers):
        if not callable(getattr(entry, name, None)):
            raise EntryError(f"an entry for {entry.TASK} needs a function {name}")
    return entry


def _refuse_looking_ahead(entry: ModuleType, model: Any, texts: list[str]) -> None:
    """Change the second half of texts: what was predicted in the first half must stay."""
    halves = [len(text) // 2 for text in texts]
    changed = [
        text[:half] + "x" * (len(text) - half) for text, half in zip(texts, halves, strict=True)
    ]
    with torch.no_grad():
        before, after = (entry.predict(model, texts=given) for given in (list(texts), changed))
    for text, half, old, new in zip(texts, halves, before, after, strict=True):
        old, new = distributions(old, len(text)), distributions(new, len(text))
        if abs(old[: half + 1] - new[: half + 1]).max() > 1e-3:
            raise EntryError("a prediction changes with characters that come after it")


def _two_cores() -> None:
    torch.set_num_threads(CORES)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


if __name__ == "__main__":
    main(Path(sys.argv.pop()))
