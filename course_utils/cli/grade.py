"""``course grade``: judge a folder of hand-ins or notebooks again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from course_utils.cli import options

Hand_ins = Annotated[Path, typer.Argument(metavar="FOLDER", help="Hand-ins or notebooks.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the results (default: FOLDER/grades).")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Answers at a time (default: the cores).")]


def grade(folder: Hand_ins, out: Out = None, jobs: Jobs = None) -> None:
    """Judge every answer in a process of its own; write grades.csv, class.html and students/.

    Stored outputs are not believed, only code counts. What was judged before is not judged again.
    Exit status: 0 if all files could be read, 1 if some could not, 2 for wrong input.
    """
    from course_utils.grading import grade as grading
    from course_utils.grading import pages
    from course_utils.machine import cpu_count

    with options.refusing("grade"):
        if not folder.is_dir():
            raise ValueError(f"{folder} is no folder: name the one that holds the hand-ins")
        out = out or folder / "grades"
        options.must_write(out)
        works, complaints = grading.collect(folder)
    rows = []
    for row in grading.grade(works, folder, out, jobs=jobs or cpu_count()[0]):
        rows.append(row)
        known = f" ({row.grade.mistake})" if row.grade.mistake else ""
        typer.echo(f"{row.student}, {row.grade.exercise}: {row.grade.state}{known}")
    written = pages.write(grading.with_copies(rows), complaints, out)
    for line in complaints:
        typer.echo(f"course grade: {line}", err=True)
    states = Counter(row.grade.state for row in rows)
    typer.echo(", ".join(f"{n} {state}" for state, n in states.most_common()))
    typer.echo(f"{written[0]}\n{written[1]}")
    raise typer.Exit(1 if complaints else 0)
