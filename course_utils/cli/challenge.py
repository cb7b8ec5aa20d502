"""``course challenge``: judge an entry of the one-minute challenge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from course_utils.cli import options

Entry = Annotated[Path | None, typer.Argument(metavar="FILE", help="The entry; none: the table.")]
Trainings = Annotated[int, typer.Option(min=1, help="How often it is trained.")]
Seeds = Annotated[
    str | None, typer.Option(metavar="1,2,3", help="These seeds (default: new ones, by chance).")
]
Seconds = Annotated[float, typer.Option(min=1, help="Try it with less; such a run is no row.")]
Keep = Annotated[bool, typer.Option("--keep", help="Keep the result in data/results/challenge.")]
All = Annotated[
    bool, typer.Option("--all", help="Measure the course's own entries; goes on where it was.")
]
Out = Annotated[Path | None, typer.Option(help="With --all: keep the results in this folder.")]


def challenge(
    entry: Entry = None,
    trainings: Trainings = 5,
    seeds: Seeds = None,
    seconds: Seconds = 60.0,
    keep: Keep = False,
    all_: All = False,
    out: Out = None,
) -> None:
    """Train an entry anew under seeds it has not seen, and judge what it makes.

    Exit status: 0 if it was judged, 1 if it broke a rule, 2 for wrong input.
    """
    from course_utils.challenge import judge, results, table

    with options.refusing("challenge"):
        _check(entry, seeds, keep, all_, out)
        if (keep or (all_ and out is None)) and seconds != judge.SECONDS:
            raise ValueError("only trainings of 60 s are rows: leave --seconds out, or name --out")
        chosen = _numbers(seeds) if seeds else judge.new_seeds(trainings)
        if keep and len(chosen) < results.FEWEST:
            raise ValueError(f"a result that is kept has at least {results.FEWEST} trainings")
    if all_:
        raise typer.Exit(_all(trainings, seconds, out))
    if entry is None:
        typer.echo(table.page())
        return
    raise typer.Exit(_judge(entry, chosen, seconds, keep))


def _check(entry: Path | None, seeds: str | None, keep: bool, all_: bool, out: Path | None) -> None:
    if all_ and (entry or seeds or keep):
        raise ValueError("--all takes neither FILE nor --seeds nor --keep: it keeps all results")
    if out and not all_:
        raise ValueError("--out belongs to --all")
    if entry is None and (seeds or keep):
        raise ValueError("name the entry's FILE")


def _numbers(seeds: str) -> list[int]:
    words = seeds.split(",")
    if not all(word.strip().isdecimal() for word in words):
        raise ValueError(f"seeds are whole numbers: --seeds 1,2,3, got {seeds!r}")
    return [int(word) for word in words]


def _all(trainings: int, seconds: float, out: Path | None) -> int:
    from course_utils.challenge import results

    status = 0
    for line in results.measure(results.own(), trainings, seconds=seconds, where=out):
        typer.echo(line)
        status |= ": refused: " in line
    return status


def _judge(entry: Path, seeds: list[int], seconds: float, keep: bool) -> int:
    from course_utils.challenge import judge, results, table
    from course_utils.challenge.tasks import EntryError

    runs = []
    try:
        task = judge.task_of(entry)
        typer.echo(f"{entry.name}: {task.name}, {task.figure}; {len(seeds)} trainings")
        for run in judge.judge(entry, seeds, seconds=seconds):
            runs.append(run)
            found = ", ".join(f"{name} {value:.3g}" for name, value in run.figures.items())
            typer.echo(f"seed {run.seed}: {found}; {run.train_seconds:.0f} s")
    except EntryError as error:
        typer.echo(f"course challenge: refused: {error}", err=True)
        return 1
    if keep:
        typer.echo(f"kept: {results.keep(entry, runs)}")
    values = [run.figures["figure"] for run in runs]
    between = "" if len(values) < 2 else " [{:.3g}, {:.3g}]".format(*table.interval(values))
    typer.echo(f"{table.mean(values):.3g} {task.unit}{between}")
    return 0
