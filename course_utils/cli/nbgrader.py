"""``course nbgrader``: lessons in the form of nbgrader's source notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from course_utils import notebooks as nb
from course_utils.cli import options

Lessons = Annotated[list[str], typer.Argument(metavar="LESSON", help="Numbers, ids or paths.")]
Out = Annotated[Path, typer.Option(help="nbgrader's course folder; written is source/<lesson>/.")]


def nbgrader(lessons: Lessons, out: Out) -> None:
    """Export lessons for nbgrader, which then generates, collects and grades them.

    nbgrader is not a part of this course: install it beside it, and let its kernel be this .venv.
    """
    from course_utils.grading.nbgrader import export

    with options.refusing("nbgrader"):
        for lesson in nb.find(lessons, options.lessons("nbgrader", None)):
            typer.echo(export(lesson, out))
