"""``course sweep``: one lesson under many seeds and settings, resumable, one row a run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from course_utils import notebooks as nb
from course_utils.cli import options
from course_utils.cli.environment import environment
from course_utils.cli.execute import Pool, Result
from course_utils.store import sweeps

if TYPE_CHECKING:
    from course_utils.cli.sweep.plan import Plan

LessonName = Annotated[
    str | None, typer.Argument(metavar="LESSON", help="Number, id or path; none with --table.")
]
Values = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME=VALUES", help="seed=0-4, or rate=1e-3,2e-3."),
]
Name = Annotated[str | None, typer.Option(help="The sweep's name (default: the lesson's id).")]
Jobs = Annotated[int, typer.Option(min=1, help="Runs at a time on this machine.")]
Timeout = Annotated[float, typer.Option(min=0, help="Seconds a run may take; 0: no limit.")]
Table = Annotated[
    str | None, typer.Option(metavar="NAME", help="Show the table of a sweep; run nothing.")
]
Out = Annotated[Path | None, typer.Option(help="Folder of the rows (default: data/results).")]
Scheduler = Annotated[
    str | None, typer.Option(metavar="tcp://HOST:PORT", help="Run on the workers of a Dask.")
]
Slurm = Annotated[bool, typer.Option("--slurm", help="Write a script for sbatch; run nothing.")]
Only = Annotated[int | None, typer.Option("--run", min=0, help="Only the run of this number.")]


def sweep(
    lesson: LessonName = None,
    parameter: Values = None,
    name: Name = None,
    profile: options.Profile = "quick",
    jobs: Jobs = 1,
    timeout: Timeout = 0,
    table: Table = None,
    scheduler: Scheduler = None,
    slurm: Slurm = False,
    run: Only = None,
    out: Out = None,
    notebooks: options.Folder = None,
) -> None:
    """Run a lesson once for every combination of values; keep each in data/results/NAME.jsonl.

    What has a good row by the lesson's present code is not run again. Exit status: 0 if all runs
    are good, 1 if one failed, 2 for wrong input, 130 for Ctrl-C.
    """
    with options.refusing("sweep"):
        if table is not None:
            _show(table, out)
            return
        plan = _planned(lesson, name, profile, parameter or [], notebooks, out)
        left = _left(plan, run)
        if slurm:
            _write_script(plan, left, _words(plan, parameter or [], notebooks))
            return
        typer.echo(f"{plan.name}: {len(left)} of {len(plan.runs)} runs to do")
        failed = _run(plan, left, jobs, timeout or None, scheduler)
    raise typer.Exit(failed)


def _planned(
    lesson: str | None,
    name: str | None,
    profile: str,
    parameters: list[str],
    folder: Path | None,
    out: Path | None,
) -> Plan:
    from course_utils.cli.sweep.plan import make

    if lesson is None:
        raise ValueError("name a lesson (course sweep 22 -p seed=0-4), or a sweep with --table")
    (chosen,) = nb.find([lesson], options.lessons("sweep", folder))
    name = name or chosen.id
    sweeps.file(name)  # refuses a bad name before anything runs
    if out is not None:
        options.must_write(out)
    return make(chosen, name, profile, parameters, out)


def _left(plan: Plan, only: int | None) -> list[int]:
    if only is not None and only >= len(plan.runs):
        raise ValueError(f"--run goes from 0 to {len(plan.runs) - 1}, got {only}")
    return [number for number in plan.left() if only in (None, number)]


def _run(
    plan: Plan, left: list[int], jobs: int, timeout: float | None, scheduler: str | None
) -> int:
    """Run what is left, adding each row as it comes; return the exit status."""
    failed = 0
    try:
        for row in _rows(plan, left, jobs, timeout, scheduler):
            sweeps.add(plan.name, row, where=plan.where)
            failed |= row["outcome"] != "ok"
            said = f" ({row['error']})" if row["error"] else ""
            label = ", ".join(f"{k} = {row['parameters'][k]}" for k in plan.runs[0])
            typer.echo(f"{row['outcome']:8}{label}  {row['seconds']:.0f} s{said}")
    except KeyboardInterrupt:
        typer.echo("Stopped; the same command goes on with what is left.")
        return 130
    return int(failed)


def _rows(
    plan: Plan, left: list[int], jobs: int, timeout: float | None, scheduler: str | None
) -> Iterable[dict]:
    """Yield a row for every run, from this machine or from a Dask's workers."""
    from course_utils.cli.sweep import cluster, row
    from course_utils.machine import QUICK_THREADS, build_folder

    folder = build_folder() / "sweeps" / plan.name
    todo = {number: plan.job(number, folder, timeout) for number in left}
    known = {"lesson": plan.lesson.id, "code_hash": plan.code_hash}
    if scheduler:
        tasks = [
            {"job": job, "threads": QUICK_THREADS, "parameters": plan.parameters(number), **known}
            for number, job in todo.items()
        ]
        yield from cluster.rows(scheduler, tasks)
        return
    numbers = {job.out: number for number, job in todo.items()}
    for job in todo.values():
        row.clear(job)
    with Pool(jobs, environment(QUICK_THREADS, alone=False)) as pool:
        for event in pool.run(list(todo.values())):
            if isinstance(event, Result):
                yield row.of(event, plan.parameters(numbers[event.out]), **known)


def _show(name: str, out: Path | None) -> None:
    from course_utils.cli.sweep.table import lines

    try:
        rows = sweeps.rows(name, where=out)
    except sweeps.SweepError as error:
        raise ValueError(error) from error
    for line in lines(rows):
        typer.echo(line)


def _words(plan: Plan, parameters: list[str], folder: Path | None) -> list[str]:
    """Return the words of a command that makes the same plan."""
    words = [plan.lesson.id, "--name", plan.name, "--profile", plan.profile]
    words += [word for text in parameters for word in ("-p", text)]
    for option, place in (("--notebooks", folder), ("--out", plan.where)):
        words += [option, str(place.resolve())] if place else []
    return words


def _write_script(plan: Plan, left: list[int], words: list[str]) -> None:
    from course_utils.cli.sweep.slurm import script
    from course_utils.machine import QUICK_THREADS, build_folder
    from course_utils.store.atomic import write_atomically

    if not left:
        typer.echo("Every run has a good row: there is nothing to submit.")
        return
    folder = build_folder() / "sweeps" / plan.name
    path = folder / "sweep.sbatch"
    text = script(words, left, name=plan.name, threads=QUICK_THREADS, folder=folder)
    write_atomically(path, text)
    typer.echo(f"{len(left)} runs. Submit them with: sbatch {path}")
