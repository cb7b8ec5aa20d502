"""A lesson's full run that fits into the time there is: measure its speed, then choose its length.

The run is the lesson's own: its Config, nets, data, ``full_run`` and ``look`` are taken from the
notebook (``pieces``). Three short runs come first, in the build folder: one update whose operations
are counted, a few to warm up, and some two seconds of updates with one look at their end.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from course_utils import notebooks as nb
from course_utils.cli.full.pieces import definitions, namespace
from course_utils.cli.full.task import Task
from course_utils.machine import build_folder, repo_root
from course_utils.runs.speed import wait_for
from course_utils.store.atomic import write_atomically

LIMIT_MB = 24  # half-precision weights above this stay in the run's checkpoints
USED = 0.85  # share of the time left that is planned for training and looks; the rest is reserve
PROBE = 2.0  # s of updates from which the speed is read


@dataclass(frozen=True)
class FullRun:
    """How one lesson is run. made: what its ``full_run`` returns, (folder, ..., history)."""

    lesson: str  # its number
    unit: str  # of what a batch counts
    wanted: tuple[str, ...]  # names that ``final`` needs besides those of every run
    sizes: dict[str, Any]  # other values than the lesson's full profile has
    marks: tuple[int, ...]  # looks, in % of the run
    how: Callable[[dict], dict]  # (page) -> further arguments of full_run
    weights: Callable[[tuple], dict[str, Tensor]]  # (made) -> what is kept of the nets
    final: Callable[[dict, tuple, bool], dict]  # (page, made, rehearse) -> what came out
    prepare: Callable[[], str] = lambda: ""  # before the lesson's code runs -> a note on the data
    most: Callable[[dict], int] = lambda page: page["full"].n_steps  # updates at most


class Looks:
    """The lesson's ``look``, at chosen steps only, and timed: a run within minutes has few."""

    def __init__(self, look: Callable, device: torch.device):
        self.look, self.device = look, device
        self.steps: set[int] = set()
        self.seconds = 0.0

    def __call__(self, *arguments) -> dict:
        if arguments[-1] not in self.steps:
            return {}
        wait_for(self.device)
        began = time.perf_counter()
        row = self.look(*arguments)
        wait_for(self.device)
        self.seconds = time.perf_counter() - began
        return row

    def at(self, config: Any, marks: tuple[int, ...]) -> None:
        """Look after these percents of the run, and at its end."""
        self.steps = {mark * config.every for mark in marks} | {config.n_steps}


def fitted(task: Task, name: str, run: FullRun) -> dict:
    """Train, or go on with, the run ``card_<name>``; return what the stage found."""
    began = time.time()
    note = run.prepare()
    page = page_of(task, run, task.stage)
    config = replace(page["rehearsal" if task.rehearse else "full"], **_sizes(task, run))
    looks = page["look"] = Looks(page["look"], task.device)
    stored = _stored(task, f"card_{name}")
    operations = _operations(page, config, run, looks)
    if stored is None:
        config = _planned(task, page, config, run, looks)
    else:  # its length was chosen at its first start
        config = _length(config, stored)
    looks.at(config, run.marks)
    made = _run(page, config, f"card_{name}", run, rehearsal=task.rehearse, resume=bool(stored))
    folder, history = made[0], made[-1]
    row = _speed(task, config, history, operations)
    row["weights_mb"] = _keep(folder.path, run.weights(made))
    measured = run.final(page, made, task.rehearse)
    numbers = {key: float(value) for key, value in {**measured, **row}.items()}
    facts = {"updates": config.n_steps, "unit": run.unit, "data": note or "the lesson's"}
    folder.finish(numbers, **task.facts(), **facts)
    where = {"run": folder.path.name, "resumed": bool(stored)}
    return where | facts | {"seconds_here": round(time.time() - began, 1)} | numbers


def page_of(task: Task, run: FullRun, file: str) -> dict[str, Any]:
    """Run the definitions of the lesson, written to the build folder as FILE.py; its names."""
    if not (Path.home() / ".cache" / "course" / "MNIST").exists():
        sys.modules["torchvision"] = None  # it would ask a network for MNIST; the digits are here
    (lesson,) = nb.find([run.lesson], nb.lessons(repo_root() / "notebooks"))
    wanted = ["Config", "full", "rehearsal", "full_run", "look", *run.wanted]
    profile = {"profile": "quick" if task.rehearse else "full"}
    text = definitions(lesson.path, wanted, profile)
    return namespace(text, build_folder() / "full" / f"{file}.py")


def _sizes(task: Task, run: FullRun) -> dict[str, Any]:
    return {} if task.rehearse else run.sizes


def _length(config: Any, n_steps: int) -> Any:
    """The same run with another number of updates; the warm-up is a tenth of it at most."""
    known = {field.name for field in fields(config)}
    warmup = {"warmup": max(1, min(config.warmup, n_steps // 10))} if "warmup" in known else {}
    return replace(config, n_steps=n_steps, **warmup)


def _stored(task: Task, name: str) -> int | None:
    """How many updates the run was started with, or None where it has not been started."""
    if task.rehearse:
        found = (build_folder() / "rehearsals").glob(f"{name}-*/config.json")
    else:
        found = (repo_root() / "data" / "results").glob(f"{name}/config.json")
    newest = max(found, key=lambda path: path.stat().st_mtime, default=None)
    return json.loads(newest.read_text("utf8"))["config"]["n_steps"] if newest else None


def _run(page: dict, config: Any, name: str, run: FullRun, **how) -> tuple:
    page["config"] = config  # the lesson's helpers ask it for the length of the run
    return page["full_run"](config, name, **run.how(page), **how)


def _operations(page: dict, config: Any, run: FullRun, looks: Looks) -> float:
    """Operations of one update: matrix products, convolutions and attention, as PyTorch counts."""
    with FlopCounterMode(display=False) as counter:
        _run(page, _length(config, 1), f"count_{run.lesson}", run, rehearsal=True)
    return float(counter.get_total_flops())


def _planned(task: Task, page: dict, config: Any, run: FullRun, looks: Looks) -> Any:
    """Measure the speed; return the Config whose run ends in time.

    Raises RuntimeError where not even a hundred updates fit (in a rehearsal: twenty).
    """
    seconds, n = 0.0, 8
    for _ in range(2):
        looks.steps = {n}
        made = _run(page, _length(config, n), f"speed_{run.lesson}", run, rehearsal=True)
        seconds = _seconds_an_update(config, made[-1])
        n = max(8, min(400, int(PROBE / seconds)))
    left = task.left()
    pauses = looks.seconds * len({*run.marks, 100})
    fit = int((USED * left - pauses) / seconds)
    least = 20 if task.rehearse else 100
    if fit < least:
        raise RuntimeError(
            f"{fit} updates of {seconds:.3g} s fit into the {left:.0f} s left, {least} are the "
            "least: give a larger --budget"
        )
    chosen = min(fit, run.most(page))
    print(f"{seconds:.4g} s an update, {looks.seconds:.3g} s a look: {chosen} updates", flush=True)
    return _length(config, chosen)


def _seconds_an_update(config: Any, history: list[dict]) -> float:
    """The median over the later half of what was logged, without looks and saves."""
    rates = [row["examples_per_second"] for row in history if "examples_per_second" in row]
    return config.batch_size / statistics.median(rates[len(rates) // 2 :])


def _speed(task: Task, config: Any, history: list[dict], operations: float) -> dict[str, float]:
    """What the run took, and which share of the machine's own matmul rate it reached."""
    trained = [row for row in history if "examples_per_second" in row]
    seconds = _seconds_an_update(config, trained)
    rate = task.rate()
    return {
        "seconds": trained[-1]["seconds"],
        "seconds_an_update": seconds,
        "examples_per_second": config.batch_size / seconds,
        "operations_an_update": operations,
        "matmul_rate": rate,
        "share_of_matmul_rate": operations / seconds / rate,
        "memory_mb": task.memory_mb(),
    }


def _keep(folder: Path, state: dict[str, Tensor]) -> float:
    """Write weights.safetensors in half precision where it is small; return its MB, 0 if not."""
    from safetensors.torch import save

    halves = {k: v.detach().cpu().half().contiguous() for k, v in state.items()}
    broken = [k for k, v in halves.items() if not torch.isfinite(v).all()]
    if broken:
        raise ValueError(f"{broken[0]} is not finite in half precision: the run diverged")
    content = save(halves)
    if len(content) > LIMIT_MB * 1e6:
        print(f"weights of {len(content) / 1e6:.1f} MB stay in the checkpoints ({LIMIT_MB} MB)")
        return 0.0
    write_atomically(folder / "weights.safetensors", content)
    return round(len(content) / 1e6, 2)
