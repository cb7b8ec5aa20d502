"""A sweep as a Slurm array: one task a run, all of them append to one file."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

SCRIPT = """#!/bin/bash
#SBATCH --job-name=sweep-{name}
#SBATCH --array={array}
#SBATCH --cpus-per-task={threads}
#SBATCH --output={folder}/slurm-%a.txt
cd {here}
exec {python} -m course_utils.cli.main sweep {words} --run "$SLURM_ARRAY_TASK_ID"
"""


def script(words: list[str], left: list[int], *, name: str, threads: int, folder: Path) -> str:
    """Return a script for ``sbatch``.

    words: a command that plans the same runs; left: the numbers of the runs to submit.
    """
    from course_utils.machine import repo_root

    return SCRIPT.format(
        name=name,
        array=",".join(map(str, left)),
        threads=threads,
        folder=folder,
        here=shlex.quote(str(repo_root())),
        python=shlex.quote(sys.executable),
        words=shlex.join(words),
    )
