"""``course list``: the lessons, and what each of them costs."""

from __future__ import annotations

from collections import Counter

import typer

from course_utils.cli import options
from course_utils.cli.header import amount


def list_lessons(notebooks: options.Folder = None) -> None:
    """List the lessons: reading time, measured seconds and memory, exercises."""
    from rich.console import Console
    from rich.table import Table

    with options.refusing("list"):
        known = options.lessons("list", notebooks)
    if not known:
        typer.echo("There are no lessons yet.")
        return
    table = Table("lesson", "title", "read", "run", "memory", "exercises")
    for column in table.columns[2:]:
        column.justify = "right"
    ids = Counter(lesson.id for lesson in known)
    for lesson in known:
        course, twice = lesson.course, ids[lesson.id] > 1 and lesson.id != lesson.path.stem
        table.add_row(
            lesson.id,
            f"same id: {lesson.path.name}" if twice else lesson.title,
            amount(course.get("minutes"), "min"),
            amount(course.get("seconds"), "s"),
            amount(course.get("memory_mb"), "MB"),
            str(lesson.exercises),
        )
    Console().print(table)
