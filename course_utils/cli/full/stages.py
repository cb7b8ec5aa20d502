"""The stages of ``course full`` in their order, each with its share, and the program that does one.

``python -m course_utils.cli.full.stages STAGE FOLDER UNTIL [--rehearse]``
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from course_utils.cli.full import engine
from course_utils.cli.full.engine import Stage
from course_utils.store import record
from course_utils.store.atomic import write_atomically

FORMAT = 1
RUN = ("torch", "numpy", "scipy", "matplotlib", "joblib", "psutil", "tqdm", "filelock")
RUN += ("tensorboard", "safetensors")
DIGITS = (*RUN, "sklearn")  # the digits that are there in any case
STAGES = [
    Stage("matmul", 15, "rates of matrix products in bf16 and float32"),
    Stage("gan", 80, "lesson 83: a GAN draws digits of 32 pixels", DIGITS),
    Stage("vae", 60, "lesson 84: a VAE on digits of 28 pixels", DIGITS),
    Stage("diffusion", 110, "lesson 85: diffusion on digits of 28 pixels", DIGITS),
    Stage("gpt", 115, "lesson 86: a GPT of 10 million weights on Python source", RUN),
    Stage("kill", 35, "a run killed by SIGKILL half-way and resumed", DIGITS),
    Stage("compile", 45, "torch.compile on and off"),
    Stage("nccl", 20, "an all-reduce and a DDP step by NCCL, one process"),
]


def work_of(name: str) -> Callable:
    """Return the function that does a stage; torch is imported here and not before."""
    from course_utils.cli.full import basics, fitted, runs

    if name in runs.RUNS:
        return partial(fitted.fitted, name=name, run=runs.RUNS[name])
    by_name = {"matmul": basics.matmul, "kill": basics.kill}
    return {**by_name, "compile": basics.compile_gain, "nccl": basics.nccl}[name]


def main(stage: str, folder: str, until: str, *words: str) -> None:
    """Do a stage and write its result."""
    engine.end_with_parent()
    from course_utils.cli.full.task import Task

    task = Task(stage, Path(folder), float(until), "--rehearse" in words)
    found = work_of(stage)(task)
    content = record.to_text({**task.facts(), "found": found}, format=FORMAT)
    write_atomically(task.folder / f"{stage}.json", content)


if __name__ == "__main__":
    main(*sys.argv[1:])
