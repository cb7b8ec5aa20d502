"""Train a full run: resume, log, evaluate and save around ``fit``, in one process or many.

Everything random in step k depends on (seed, k, rank) alone: the batch by the lesson's own
``batches(k)``, dropout and the like because torch is seeded anew before every step. So a run killed
at any moment, resumed from its last good checkpoint, ends with the same bits (on the CPU).
"""

import contextlib
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from course_utils.machine import generator
from course_utils.runs import checkpoint, sharded
from course_utils.runs.folder import RunError, RunFolder
from course_utils.training import fit


def train(
    folder: RunFolder,
    step_fn: Callable[..., dict[str, Tensor]],
    batches: Callable[[int], tuple],
    parts: dict[str, Any],
    *,
    n_steps: int,
    seed: int = 0,
    log_every: int = 50,
    save_every: int = 1000,
    evaluate: Callable[[int], dict[str, float]] | None = None,
    evaluate_every: int | None = None,
    examples: int | None = None,
    shards: bool = False,
    keep: int = 2,
    progress: bool = True,
) -> list[dict]:
    """Run the updates that are still to do and return all rows of the run's history.

    step_fn, batches: as for ``fit``, each process with its share. parts: what a checkpoint holds,
    {"model": net, "opt": optimizer, "ema": Ema, ...}; anything with state_dict and load_state_dict.
    evaluate(step) -> {name: number} is called in process 0 after every ``evaluate_every`` updates
    and at the end: measure, draw, ``folder.picture(...)`` (with ``shards`` in every process, since
    each holds a part of the net). examples: rows of a global batch, for the column
    "examples_per_second". keep: how many checkpoints stay.

    Raises RunError where a checkpoint or the log cannot be written (what was saved is safe: resume
    when there is room) or none of the checkpoints can be read; ValueError unless ``save_every`` is
    a multiple of ``log_every`` (a row would average over the interruption).
    """
    if save_every % log_every:
        raise ValueError(
            f"save_every must be a multiple of log_every, got {save_every} and {log_every}"
        )
    world, store = folder.world, sharded if shards else checkpoint
    start, before = _restore(folder, parts, store)
    board = _board(folder, start)
    began = time.monotonic()
    mark = {"step": start, "time": began}  # where the present window of the log began

    def log(row: dict) -> None:
        values = world.mean({k: v for k, v in row.items() if k != "step"})
        now = time.monotonic()
        if examples:
            done = (row["step"] - mark["step"]) * examples
            values["examples_per_second"] = round(done / max(now - mark["time"], 1e-9), 2)
        write({"step": row["step"], **values, "seconds": round(before + now - began, 3)})
        mark.update(step=row["step"], time=now)

    def write(row: dict) -> None:
        if world.main:
            with _safe_so_far(folder):
                folder.history.append(row)
            for name, value in row.items():
                if board is not None and name != "step":
                    board.add_scalar(name, value, row["step"])

    def after(step: int) -> None:
        paused = time.monotonic()
        due = evaluate_every is not None and step % evaluate_every == 0
        if evaluate is not None and (due or step == n_steps) and (world.main or shards):
            write({"step": step, **evaluate(step)})
        if step % save_every == 0 or step == n_steps:
            spent = before + time.monotonic() - began
            with _safe_so_far(folder):
                _save(folder, store, step, parts, spent, keep)
        mark["time"] += time.monotonic() - paused  # speed is that of training alone

    def seeded(step: int) -> tuple:
        number = generator(seed, "step", step, world.rank).initial_seed()
        torch.default_generator.manual_seed(number)
        if world.device.type == "cuda":  # torch.manual_seed is slow where no GPU has been used yet
            torch.cuda.manual_seed(number)
        random.seed(number)
        return batches(step)

    if start < n_steps:
        fit(
            step_fn,
            seeded,
            n_steps=n_steps,
            start=start,
            log_every=log_every,
            on_log=log,
            on_step=after,
            progress=progress and world.main,
        )
    if board is not None:
        board.close()
    world.from_main(lambda: None)  # nobody reads the history before it is written
    return folder.history.rows()


def _restore(folder: RunFolder, parts: dict[str, Any], store: Any) -> tuple[int, float]:
    """Put the newest good checkpoint into the parts; return (its step, seconds trained so far)."""
    world = folder.world
    newest = world.from_main(lambda: _newest(folder, store) if folder.resumed else None)
    if newest is None:
        if folder.resumed:
            world.say(f"{folder.name}: no checkpoint yet, starting at step 0")
            world.from_main(lambda: folder.history.cut_after(0))
        return 0, 0.0
    saved = store.load_parts(folder.checkpoints / newest, parts=parts)
    step = saved["step"]
    world.from_main(lambda: folder.history.cut_after(step))
    world.say(f"{folder.name}: going on after step {step}")
    return step, float(saved["extra"]["seconds"])


def _newest(folder: RunFolder, store: Any) -> str | None:
    """Name the newest checkpoint that is whole; RunError if there are some and none is."""
    newest = store.newest(folder.checkpoints)
    if newest is None and store.stored(folder.checkpoints):
        raise RunError(
            f"no checkpoint of the run {folder.name} can be read; start it anew under a new name"
        )
    return newest


def _save(folder, store, step: int, parts: dict[str, Any], seconds: float, keep: int) -> None:
    if store is checkpoint and not folder.world.main:
        return
    extra = {"seconds": seconds}
    store.save_parts(folder.checkpoints, step=step, parts=parts, extra=extra, keep=keep)


@contextlib.contextmanager
def _safe_so_far(folder: RunFolder) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        saved = sorted(path.name for path in folder.checkpoints.glob("step_*"))
        last = f"what {saved[-1]} holds is safe" if saved else "nothing has been saved yet"
        raise RunError(
            f"the run {folder.name} cannot write ({error.strerror or error}); {last}: make room, "
            "then resume it"
        ) from error


def _board(folder: RunFolder, start: int) -> Any:
    """Open the TensorBoard log in process 0, or None where TensorBoard is not installed."""
    if not folder.world.main:
        return None
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        print("no TensorBoard log: pip install tensorboard (history.jsonl holds the same numbers)")
        return None
    return SummaryWriter(str(folder.path / "tensorboard"), purge_step=start + 1)
