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
Seconds = Annotated[float, typer.Option(min=1, help="Try it with less; such a run is not kept.")]
Keep = Annotated[bool, typer.Option("--keep", help="Keep the result in data/results/challenge.")]


def challenge(
    entry: Entry = None,
    trainings: Trainings = 5,
    seeds: Seeds = None,
    seconds: Seconds = 60.0,
    keep: Keep = False,
) -> None:
    """Train an entry anew under seeds it has not seen, and judge what it makes.

    Exit status: 0 if it was judged, 1 if it broke a rule, 2 for wrong input.
    """
    from course_utils.challenge import judge, table

    if entry is None:
        typer.echo(table.page(judge.stored()))
        return
    with options.refusing("challenge"):
        chosen = [int(word) for word in seeds.split(",")] if seeds else judge.new_seeds(trainings)
        if keep and seconds != judge.SECONDS:
            raise ValueError("only runs of 60 s are kept: leave --seconds out")
        if keep and len(chosen) < 3:
            raise ValueError("a result that is kept has at least 3 trainings")
    raise typer.Exit(_judge(entry, chosen, seconds, keep))


def _judge(entry: Path, seeds: list[int], seconds: float, keep: bool) -> int:
    from course_utils.challenge import judge, table
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
        typer.echo(f"kept: {judge.keep(entry, runs)}")
    values = [run.figures["figure"] for run in runs]
    between = "" if len(values) < 2 else " [{:.3g}, {:.3g}]".format(*table.interval(values))
    typer.echo(f"{table.mean(values):.3g} {task.unit}{between}")
    return 0
