"""Train a full run: resume, log, save and evaluate around ``fit``, in one process or many.

Everything random in step k depends on (seed, k, rank) alone: the batch by the lesson's own
``batches(k)``, dropout and the like because torch is seeded anew before every step and every
evaluation. So a run killed at any moment, resumed from its last good checkpoint, ends with the same
bits (on the CPU).
"""

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.machine import generator
from course_utils.runs.folder import RunFolder
from course_utils.runs.log import Log
from course_utils.runs.parallel import World
from course_utils.runs.states import States
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
    bar: bool = True,
) -> list[dict]:
    """Run the updates that are still to do and return all rows of the run's history.

    step_fn, batches: as for ``fit``, each process with its share. parts: what a checkpoint holds,
    {"model": net, "opt": optimizer, "ema": Ema, ...}; anything with state_dict and load_state_dict.
    evaluate(step) -> {name: number} is called in process 0 after every ``evaluate_every`` updates
    and at the end: measure, draw, ``folder.picture(...)`` (with ``shards`` in every process, since
    each holds a part of the net). Where a checkpoint is due, too, it is saved before: an evaluation
    that is killed loses no training, and a resumed run makes up for it. examples: rows of a global
    batch, for the column "examples_per_second". keep: how many checkpoints stay.

    Raises RunError where a checkpoint or the log cannot be written (what was saved is safe: resume
    when there is room) or none of the checkpoints can be read; ValueError unless ``save_every`` is
    a multiple of ``log_every`` (a row would average over the interruption).
    """
    if save_every % log_every:
        raise ValueError(
            f"save_every must be a multiple of log_every, got {save_every} and {log_every}"
        )
    world = folder.world
    states = States(folder, parts, shards=shards, keep=keep)
    start, seconds = states.restore()
    log = Log(folder, start=start, seconds=seconds, examples=examples)

    def seeded(step: int) -> tuple:
        _seed_all(world, seed, "step", step)
        return batches(step)

    def look(step: int) -> None:
        due = evaluate_every is not None and step % evaluate_every == 0
        if evaluate is not None and (due or step == n_steps) and (world.main or shards):
            _seed_all(world, seed, "evaluate", step)
            log.evaluated(step, evaluate(step))

    def after(step: int) -> None:
        with log.paused():
            if step % save_every == 0 or step == n_steps:
                states.save(step, log.seconds())
            look(step)

    if start > 0 and not log.has_evaluation(start):  # the run was killed in it
        look(start)
    if start < n_steps:
        fit(
            step_fn,
            seeded,
            n_steps=n_steps,
            start=start,
            log_every=log_every,
            on_log=log.trained,
            on_step=after,
            bar=bar and world.main,
        )
    log.close()
    return folder.history.rows()


def _seed_all(world: World, seed: int, *keys: int | str) -> None:
    """Seed torch and Python by (seed, keys, rank): nothing random needs saving."""
    number = generator(seed, *keys, world.rank).initial_seed()
    torch.default_generator.manual_seed(number)
    if world.device.type == "cuda":  # torch.manual_seed is slow where no GPU has been used yet
        torch.cuda.manual_seed(number)
    random.seed(number)
