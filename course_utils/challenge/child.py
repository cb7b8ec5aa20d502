"""The process in which an entry trains: ``python -m course_utils.challenge.child FOLDER``.

FOLDER holds ``order.json`` (entry, task, seed, seconds); what comes out is ``answer.pt`` and
``report.json``, which also says in one sentence why there is none.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from course_utils.challenge.tasks import EntryError, Task, distributions, tasks

CORES = 2
CHANGED = 20  # texts whose ends are changed, to see whether predictions look ahead


def main(folder: Path) -> None:
    """Train and ask one entry; write what became of it."""
    order = json.loads((folder / "order.json").read_text("utf8"))
    report: dict[str, Any] = {}
    try:
        _two_cores()
        report["matmul_gflops"] = matmul_rate()
        task = tasks()[order["task"]]
        entry = load(Path(order["entry"]))
        _run(entry, task, order, folder, report)
    except EntryError as error:
        report["refused"] = str(error)
    except MemoryError:
        report["refused"] = "the entry ran out of memory"
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}, line {last.lineno}"
        report["refused"] = f"the entry stopped at {where}: {type(error).__name__}: {error}"
    (folder / "report.json").write_text(json.dumps(report), "utf8")


def _run(
    entry: ModuleType, task: Task, order: dict[str, Any], folder: Path, report: dict[str, Any]
) -> None:
    torch.manual_seed(order["seed"])
    given = task.given()
    (folder / "training").touch()  # from here on the clock runs
    began = time.perf_counter()
    model = entry.train(given, order["seconds"], order["seed"])
    report["train_seconds"] = time.perf_counter() - began
    (folder / "trained").touch()
    asked = task.asked(order["seed"])
    if task.answers == "predict":
        _refuse_looking_ahead(entry, model, asked["texts"][:CHANGED])
    with torch.no_grad():
        answer = getattr(entry, task.answers)(model, **asked)
    if isinstance(answer, list):
        answer = [torch.as_tensor(rows) for rows in answer]
    torch.save(answer, folder / "answer.pt")


def load(path: Path) -> ModuleType:
    """Import an entry's file; EntryError unless it says what it is and has its functions."""
    spec = importlib.util.spec_from_file_location("entry", path)
    if spec is None or not path.is_file():
        raise EntryError(f"{path.name} is no Python file")
    entry = importlib.util.module_from_spec(spec)
    sys.modules["entry"] = entry
    spec.loader.exec_module(entry)
    known = tasks()
    if getattr(entry, "TASK", None) not in known:
        raise EntryError(f"an entry says TASK = one of {', '.join(map(repr, known))}")
    for name in ("train", known[entry.TASK].answers):
        if not callable(getattr(entry, name, None)):
            raise EntryError(f"an entry for {entry.TASK} needs a function {name}")
    return entry


def _refuse_looking_ahead(entry: ModuleType, model: Any, texts: tuple[str, ...]) -> None:
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


def matmul_rate(n: int = 512, seconds: float = 0.3) -> float:
    """Return this machine's float32 matrix products in GFLOP/s, for comparing machines."""
    a, b = torch.randn(n, n), torch.randn(n, n)
    a @ b
    began, rounds = time.perf_counter(), 0
    while time.perf_counter() < began + seconds:
        a @ b
        rounds += 1
    return 2 * n**3 * rounds / (time.perf_counter() - began) / 1e9


if __name__ == "__main__":
    main(Path(sys.argv[1]))
