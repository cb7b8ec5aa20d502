"""``course full``: everything that needs a graphics card, within a stated time."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from course_utils.cli import options
from course_utils.cli.full import engine
from course_utils.cli.full.stages import STAGES
from course_utils.store.atomic import write_atomically

NO_CARD = 3  # exit status

Budget = Annotated[str, typer.Option(metavar="TIME", help="For all of it: 8m, 90s, 1h.")]
Rehearse = Annotated[
    bool, typer.Option("--rehearse", help="All of it, tiny, on the CPU, into the build folder.")
]


def full(budget: Budget = "8m", rehearse: Rehearse = False) -> None:
    """Run on a graphics card: matmul rates, lessons 83 to 86, a kill and resume, compile, NCCL.

    Results go to data/results/card_*, a stage each; stages that are done are not done again, and a
    run that was interrupted goes on. Exit status: 0 if every stage is done, 1 if one is not, 2 for
    wrong input, 3 where there is no card (nothing is run or written then).
    """
    from course_utils.machine import build_folder, repo_root

    with options.refusing("full"):
        seconds = seconds_of(budget)
        card = None if rehearse else _card()
        if card is None and not rehearse:
            typer.echo(_refusal(budget), err=True)
            raise typer.Exit(NO_CARD)
        base = build_folder() / "full" if rehearse else build_folder()
        folder = base / "card" if rehearse else repo_root() / "data" / "results" / "card"
        options.must_write(folder)
        options.must_write(base)
        _same_card(folder, "CPU" if rehearse else card)
    outcomes = _run(seconds, folder, base, rehearse)
    left = [outcome.stage for outcome in outcomes if not outcome.good]
    typer.echo(table(folder))
    if left:
        typer.echo(f"not done: {', '.join(left)}; the same command does only these", err=True)
    typer.echo(f"Results: {folder}")
    raise typer.Exit(int(bool(left)))


def _run(seconds: float, folder: Path, base: Path, rehearse: bool) -> list[engine.Outcome]:
    from course_utils.cli.environment import environment
    from course_utils.machine import cpu_count

    os.environ.update(environment(cpu_count()[0]))
    os.environ |= {"COURSE_BUILD": str(base), "MPLBACKEND": "agg"}
    os.environ["COURSE_COMMAND"] = shlex.join(["course", *sys.argv[1:]])

    def command(stage: engine.Stage, until: float) -> list[str]:
        words = [sys.executable, "-m", "course_utils.cli.full.stages", stage.name]
        return [*words, str(folder), str(until), *(["--rehearse"] if rehearse else [])]

    logs = base / "logs" if rehearse else base / "full" / "logs"
    outcomes = engine.run(
        STAGES, budget=seconds, folder=folder, logs=logs, command=command, say=typer.echo
    )
    rows = [vars(outcome) for outcome in outcomes]
    last = {"command": os.environ["COURSE_COMMAND"], "budget_s": seconds, "stages": rows}
    write_atomically(folder / "last_start.json", json.dumps(last, indent=1) + "\n")
    return outcomes


def seconds_of(text: str) -> float:
    """Read a time: 8m, 90s, 1h, or seconds. Raises ValueError for anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip())
    seconds = float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]] if found else 0.0
    if seconds <= 0:
        raise ValueError(f"a budget is a time such as 8m, 90s or 1h, got {text!r}")
    return seconds


def _card() -> str | None:
    """The card's name, or None."""
    import torch

    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else None


def _refusal(budget: str) -> str:
    does = "; ".join(stage.does for stage in STAGES)
    return (
        "course full: there is no CUDA graphics card here, so nothing was run; on one it would do, "
        f"within {budget}: {does} (--rehearse does all of it in tiny sizes on the CPU)"
    )


def _same_card(folder: Path, device: str) -> None:
    """Raise ValueError where the folder holds results of another device: they do not mix."""
    for stage in STAGES:
        found = engine.result(folder, stage.name)
        if found and found["device"] != device:
            raise ValueError(
                f"{folder.name}/ holds results of {found['device']}, this is {device}: keep them "
                "elsewhere (data/results/card*), then start again"
            )


def table(folder: Path) -> str:
    """What every stage found, a line each; stages without a result say so."""
    lines = []
    for stage in STAGES:
        stored = engine.result(folder, stage.name)
        lines.append(f"{stage.name:10s} {_words(stored['found']) if stored else 'no result'}")
    return "\n".join(lines)


def _words(found: dict) -> str:
    """The numbers of a result, short; nested ones behind their names."""
    parts = []
    for key, value in found.items():
        if isinstance(value, dict):
            parts.append(f"{key} ({_words(value)})")
        elif isinstance(value, float):
            parts.append(f"{key} {value:.4g}")
        elif key != "data":
            parts.append(f"{key} {value}")
    return ", ".join(parts)
