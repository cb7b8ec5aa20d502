"""``course run``: execute lessons, several at a time, and say what became of them."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from course_utils import notebooks as nb
from course_utils.cli.execute import Job, Pool, Result, share_cores
from course_utils.store.atomic import write_atomically

if TYPE_CHECKING:
    from rich.console import Console

QUICK_LIMIT = 600  # s; a quick lesson takes about a minute


class RunCommand(TyperCommand):
    """Accept ``-p name value`` as papermill does, beside ``-p name=value``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Join each ``-p name value`` to ``-p name=value`` first."""
        joined, rest = [], list(args)
        while rest:
            word = rest.pop(0)
            joined.append(word)
            pair = word in ("-p", "--parameter") and len(rest) >= 2 and "=" not in rest[0]
            if pair and not re.match(r"-[^\d.]", rest[1]):  # a number may be negative
                joined.append(f"{rest.pop(0)}={rest.pop(0)}")
        return super().parse_args(ctx, joined)


Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="LESSON", help="Numbers, ids or paths; none: all."),
]
Folder = Annotated[Path | None, typer.Option(help="Folder of lessons (default: notebooks/).")]
Profile = Annotated[str, typer.Option(help="quick or full.")]
Jobs = Annotated[
    int | None, typer.Option(min=1, help="Lessons at a time (default: from cores, memory).")
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME VALUE", help="Set a lesson parameter."),
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


def run(
    lessons: Names = None,
    profile: Profile = "quick",
    jobs: Jobs = None,
    parameter: Parameters = None,
    out: Out = None,
    timeout: Timeout = None,
    notebooks: Folder = None,
) -> None:
    """Execute lessons and report seconds, memory and failures.

    Exit status: 0 if every lesson ran, 1 if one failed, 2 for a wrong name, 130 for Ctrl-C.
    """
    from rich.console import Console

    from course_utils.machine import build_folder, repo_root

    out = (out or build_folder() / "executed").resolve()
    if timeout is None and profile == "quick":
        timeout = QUICK_LIMIT
    try:
        chosen = nb.find(lessons or [], nb.lessons(notebooks or repo_root() / "notebooks"))
        given = dict(parameter_value(text) for text in parameter or [])
        todo = [job(lesson, out, profile, given, timeout or None) for lesson in chosen]
        if len({job.out for job in todo}) < len(todo):
            raise ValueError("two notebooks have the same file name; run them one after the other")
    except ValueError as error:
        typer.echo(f"course run: {error}", err=True)
        raise typer.Exit(2) from error
    if not todo:
        typer.echo("There are no lessons to run yet.")
        return
    todo.sort(key=lambda job: -_expected(job, chosen))
    console = Console()
    results = execute(todo, jobs, console, profile=profile, out=out)
    raise typer.Exit(_status(results, len(todo)))


def _expected(job: Job, chosen: list[nb.Lesson]) -> float:
    """The lesson's measured seconds: the longest go first, so that none is left over alone."""
    return next((x.course.get("seconds") or 0 for x in chosen if x.path == job.path), 0)


def parameter_value(text: str) -> tuple[str, Any]:
    """Read "name=value"; the value is a bool, None, int, float or else text."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise ValueError(f"a parameter is a name and a value (-p seed 1), got {text!r}")
    words = {"true": True, "false": False, "none": None, "null": None}
    if value.lower() in words:
        return name, words[value.lower()]
    for kind in (int, float):
        try:
            return name, kind(value)
        except ValueError:
            continue
    return name, value


def job(
    lesson: nb.Lesson, out: Path, profile: str, given: dict[str, Any], timeout: float | None
) -> Job:
    """Check the parameters against the lesson's own and make the job.

    Raises:
        ValueError: the lesson has no such parameter, or the profile is unknown to it.
    """
    known = nb.parameters(nb.read(lesson.path))
    if profile not in ("quick", "full"):
        raise ValueError(f"profile must be quick or full, got {profile!r}")
    wanted = {"profile": profile, **given}
    if "profile" not in known and profile == "quick" and "profile" not in given:
        del wanted["profile"]
    for name in wanted:
        if name not in known:
            names = ", ".join(known) or "none"
            raise ValueError(f"lesson {lesson.id} has no parameter {name!r}; it has: {names}")
    wanted = {name: value for name, value in wanted.items() if value != known[name]}
    return Job(lesson.id, lesson.path, out / lesson.path.name, wanted, timeout)


def execute(
    todo: list[Job], jobs: int | None, console: Console, *, profile: str, out: Path
) -> list[Result]:
    """Execute jobs under a progress bar, print the table and write ``out``/report.json."""
    import psutil

    from course_utils.machine import cpu_count

    cores, _ = cpu_count()
    free = psutil.virtual_memory().available / 1e9
    jobs = min(jobs or share_cores(len(todo), cores, free), len(todo))
    threads = max(1, cores // jobs)
    console.print(
        f"{len(todo)} lesson{'s' if len(todo) != 1 else ''}, profile {profile}: {jobs} at a time, "
        f"{threads} thread{'s' if threads != 1 else ''} each",
        highlight=False,
    )
    results = _follow(todo, jobs, threads, console)
    console.print(table(results))
    for result in results:
        if not result.ok:
            explain(result, console)
    report = {"profile": profile, "jobs": jobs, "threads": threads}
    report["lessons"] = [_plain(result) for result in results]
    write_atomically(out / "report.json", json.dumps(report, indent=1) + "\n")
    console.print(f"Executed notebooks and report.json: {out}", highlight=False, soft_wrap=True)
    return results


def _follow(todo: list[Job], jobs: int, threads: int, console: Console) -> list[Result]:
    """Run the pool and draw a bar; Ctrl-C returns what is finished."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    results: list[Result] = []
    bars: dict[str, Any] = {}
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        try:
            with Pool(jobs, threads) as pool:
                for event in pool.run(todo):
                    if event.name not in bars:
                        bars[event.name] = progress.add_task(f"{event.name} (cells)")
                    if isinstance(event, Result):
                        progress.remove_task(bars[event.name])
                        results.append(event)
                        line = f"{event.outcome:8}{event.name}  {event.seconds:.1f} s"
                        console.print(line, highlight=False, markup=False)
                    else:
                        progress.update(bars[event.name], completed=event.done, total=event.total)
        except KeyboardInterrupt:
            console.print("Stopped; no kernel is left running.")
    return sorted(results, key=lambda result: result.name)


def table(results: list[Result]) -> Any:
    """Build the table of results."""
    from rich.table import Table

    grid = Table("lesson", "seconds", "peak MB", "outcome")
    for column in grid.columns[1:3]:
        column.justify = "right"
    for result in results:
        where = f", cell {result.cell}" if result.cell is not None else ""
        colour = "green" if result.ok else "red"
        numbers = f"{result.seconds:.1f}", f"{result.memory_mb:,.0f}"
        grid.add_row(result.name, *numbers, f"[{colour}]{result.outcome}{where}[/{colour}]")
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


def _status(results: list[Result], wanted: int) -> int:
    if len(results) < wanted:
        return 130
    return 0 if all(result.ok for result in results) else 1
