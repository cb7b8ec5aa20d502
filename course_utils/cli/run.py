"""``course run``: execute lessons, several at a time, and say what became of them."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from course_utils import notebooks as nb
from course_utils.cli import options
from course_utils.cli.bars import Bars, TimeLeft
from course_utils.cli.environment import environment, share_cores
from course_utils.cli.execute import Job, Pool, Result
from course_utils.store.atomic import write_atomically

if TYPE_CHECKING:
    from rich.console import Console

    from course_utils.cli.unchanged import GoodRuns

QUICK_LIMIT = 600  # s; a quick lesson takes about a minute

Jobs = Annotated[
    int | None, typer.Option(min=1, help="Lessons at a time (default: from cores, memory).")
]
Out = Annotated[
    Path | None, typer.Option(help="Where executed lessons go (default: build/executed).")
]
Timeout = Annotated[
    float | None,
    typer.Option(
        min=0, help="Seconds a lesson may take, 0: no limit (default: quick 600, full 0)."
    ),
]
Until = Annotated[
    int | None, typer.Option(min=1, metavar="CELL", help="Stop after this cell, counted from 1.")
]
Frames = Annotated[
    bool, typer.Option("--frames", help="Draw frames, so that explorers move in the book.")
]
Everything = Annotated[bool, typer.Option("--all", help="Run also what is unchanged.")]


def run(
    lessons: options.Names = None,
    profile: options.Profile = "quick",
    jobs: Jobs = None,
    parameter: options.Parameters = None,
    out: Out = None,
    timeout: Timeout = None,
    everything: Everything = False,
    notebooks: options.Folder = None,
    frames: Frames = False,
    until: Until = None,
) -> None:
    """Execute lessons and report seconds, memory and failures.

    A quick lesson is not run again while its code, its parameters, the package, the data and the
    machine are as they were in its last good run. --until CELL is for authors: one lesson up to a
    cell, into build/until. Exit status: 0 if every lesson ran, 1 if one
    failed, 2 for a wrong name, 130 for Ctrl-C.
    """
    from rich.console import Console

    from course_utils.cli.unchanged import GoodRuns
    from course_utils.machine import build_folder

    out = (out or build_folder() / ("executed" if until is None else "until")).resolve()
    if timeout is None and profile == "quick":
        timeout = QUICK_LIMIT
    with options.refusing("run"):
        wanted = options.given(parameter)
        chosen = nb.find(lessons or [], options.lessons("run", notebooks))
        todo = _jobs(chosen, out, profile, wanted, timeout)
        if until is not None:
            todo = [_beginning(todo, until)]
        if todo:
            options.must_write(out)
    if not todo:
        typer.echo("There are no lessons to run yet.")
        return
    console = Console(highlight=False)
    whole = profile == "quick" and until is None
    good = GoodRuns(out, frames=frames) if whole else None
    known = list(filter(None, map(good.find, todo))) if good and not everything else []
    if known:
        since = max(result.since for result in known)
        console.print(f"unchanged since {since}: {_count(known)}; --all runs them again")
    left = [job for job in todo if job.path not in {result.path for result in known}]
    shares = _shares(len(left), jobs, profile) | {"frames": frames}
    results = known + (execute(left, shares, good, console) if left else [])
    report(results, shares, out, console)
    raise typer.Exit(130 if len(results) < len(todo) else int(not all(r.ok for r in results)))


def _jobs(
    chosen: list[nb.Lesson], out: Path, profile: str, wanted: dict[str, Any], timeout: float | None
) -> list[Job]:
    """Make the jobs, the longest first, so that none is left over alone."""
    todo = []
    for lesson in sorted(chosen, key=_expected, reverse=True):
        changes = options.changes(lesson, profile, wanted)
        path, seconds = lesson.path.resolve(), _expected(lesson)
        todo.append(Job(path.stem, path, out / path.name, changes, timeout or None, seconds))
    if len({job.out for job in todo}) < len(todo):
        raise ValueError("two notebooks have the same file name; run them one after the other")
    return todo


def _beginning(todo: list[Job], until: int) -> Job:
    """The one job, ending after a cell."""
    if len(todo) != 1:
        raise ValueError("--until takes one lesson: course run 21 --until 30")
    n = len(nb.read(todo[0].path)["cells"])
    if until > n:
        raise ValueError(f"{todo[0].name} has cells 1 to {n}, got --until {until}")
    return replace(todo[0], cells=until)


def _expected(lesson: nb.Lesson) -> float:
    """The lesson's measured seconds, or half a minute where nobody measured yet."""
    return lesson.course.get("seconds") or 30


def _shares(lessons: int, jobs: int | None, profile: str) -> dict[str, Any]:
    """Share the machine out: how many lessons at a time, with how many threads each."""
    from course_utils.machine import QUICK_THREADS, cpu_count, free_memory

    cores, _ = cpu_count()
    jobs = max(1, min(jobs or share_cores(lessons, cores, free_memory() / 1e9), lessons))
    threads = QUICK_THREADS if profile == "quick" else max(1, cores // jobs)
    return {"profile": profile, "jobs": jobs, "threads": threads}


def _count(things: list | int, word: str = "lesson") -> str:
    number = things if isinstance(things, int) else len(things)
    return f"{number} {word}{'s' if number != 1 else ''}"


def execute(
    todo: list[Job], shares: dict[str, Any], good: GoodRuns | None, console: Console
) -> list[Result]:
    """Execute jobs under progress bars; Ctrl-C returns what is finished."""
    from course_utils.cli.doctor.hardware import writable
    from course_utils.machine import build_folder

    jobs, threads, profile = shares["jobs"], shares["threads"], shares["profile"]
    share = f"{jobs} at a time, {_count(threads, 'thread')} each"
    console.print(f"{_count(todo)}, profile {profile}: {share}")
    by_path = {job.path: job for job in todo}
    left = TimeLeft({job.path: job.expected for job in todo}, jobs)
    variables, results = environment(threads, alone=jobs == 1), []
    if shares["frames"]:
        variables["COURSE_FRAMES"] = "1"
    if not writable(build_folder()):  # what lessons keep goes where their pages go
        variables["COURSE_BUILD"] = str(todo[0].out.parent)
    bars = Bars(left, console)
    with bars.progress:
        try:
            with Pool(jobs, variables) as pool:
                for event in pool.run(todo):
                    bars.show(event)
                    if not isinstance(event, Result):
                        continue
                    results.append(event)
                    if event.ok and good:
                        good.keep(by_path[event.path], event)
                    line = f"{event.outcome:8}{event.name}  {event.seconds:.1f} s"
                    console.print(line, markup=False)
        except KeyboardInterrupt:
            console.print("Stopped; no kernel is left running.")
    return results


def report(results: list[Result], shares: dict[str, Any], out: Path, console: Console) -> None:
    """Write ``out``/report.json, then print the table and why lessons failed."""
    results = sorted(results, key=lambda result: result.name)
    rows = [_plain(result) for result in results]
    write_atomically(out / "report.json", json.dumps({**shares, "lessons": rows}, indent=1) + "\n")
    console.print(table(results))
    for result in results:
        if not result.ok:
            explain(result, console)
    console.print(f"Executed notebooks and report.json: {out}", soft_wrap=True, markup=False)


def table(results: list[Result]) -> Any:
    """Build the table of results."""
    from rich.table import Table

    grid = Table("lesson", "seconds", "peak MB", "outcome")
    for column in grid.columns[1:3]:
        column.justify = "right"
    for result in results:
        where = f"cell {result.cell}" if result.cell is not None else ""
        unchanged = f"unchanged since {result.since}" if result.since else ""
        words = ", ".join(filter(None, (result.outcome, where, unchanged, result.note)))
        colour = "green" if result.ok else "red"
        numbers = f"{result.seconds:.1f}", f"{result.memory_mb:,.0f}"
        grid.add_row(result.name, *numbers, f"[{colour}]{words}[/{colour}]")
    return grid


def explain(result: Result, console: Console) -> None:
    """Print where and why a lesson failed: cell number, first lines of source, traceback."""
    count = f" (In [{result.execution_count}])" if result.execution_count else ""
    where = f", cell {result.cell}{count}" if result.cell is not None else ""
    console.rule(f"[red]{result.name}: {result.outcome}{where}[/red]".replace("(In [", r"(In \["))
    lines = result.source.splitlines()
    shown = lines[:5] + ([f"... {len(lines) - 5} more lines"] if len(lines) > 5 else [])
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", result.error)
    text = "\n".join([*(f"    {line}" for line in shown), "", plain.strip()])
    console.print(text.strip("\n"), highlight=False, markup=False, soft_wrap=True)


def _plain(result: Result) -> dict[str, Any]:
    row = asdict(result) | {"path": str(result.path), "out": str(result.out)}
    rounded = {k: round(getattr(result, k), 1) for k in ("seconds", "cpu_seconds")}
    return row | rounded | {"memory_mb": round(result.memory_mb)}
