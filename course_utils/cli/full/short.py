"""A short run of lesson 84 in a process that may be killed: ``short NAME UPDATES [--resume]``."""

import sys
from dataclasses import replace
from pathlib import Path

from course_utils.cli.full import engine, fitted
from course_utils.cli.full.runs import RUNS
from course_utils.cli.full.task import Task


def main(name: str, n_steps: str, *words: str) -> None:
    """Train, or go on with the newest run of this name, in the build folder."""
    engine.end_with_parent()
    run = RUNS["vae"]
    run.prepare()
    task = Task("kill", Path(), 0.0, "--rehearse" in words)
    page = fitted.page_of(task, run, name)
    config = replace(page["rehearsal" if task.rehearse else "full"], n_steps=int(n_steps))
    page["look"] = lambda *arguments: {}
    page["full_run"](config, name, resume="--resume" in words)


if __name__ == "__main__":
    main(*sys.argv[1:])
