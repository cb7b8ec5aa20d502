"""``course list``: the lessons, and what each of them costs."""

from __future__ import annotations

import typer

from course_utils import notebooks as nb
from course_utils.cli.run import Folder


def list_lessons(notebooks: Folder = None) -> None:
    """List the lessons: reading time, measured seconds and memory, exercises."""
    from rich.console import Console
    from rich.table import Table

    from course_utils.machine import repo_root

    try:
        known = nb.lessons(notebooks or repo_root() / "notebooks")
    except ValueError as error:
        typer.echo(f"course list: {error}", err=True)
        raise typer.Exit(1) from error
    if not known:
        typer.echo("There are no lessons yet.")
        return
    table = Table("lesson", "title", "read", "run", "memory", "exercises")
    for column in table.columns[2:]:
        column.justify = "right"
    for lesson in known:
        course = lesson.course
        table.add_row(
            lesson.id,
            lesson.title,
            nb.amount(course.get("minutes"), "min"),
            nb.amount(course.get("seconds"), "s"),
            nb.amount(course.get("memory_mb"), "MB"),
            str(lesson.exercises),
        )
    Console().print(table)
