"""``course hand-in``: one small file with a lesson's answers and the progress that led to them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from course_utils import notebooks as nb
from course_utils.cli import options

Lesson = Annotated[str, typer.Argument(help="Number, id or path of the lesson.")]
Name = Annotated[str, typer.Option(help="Your name, as your teacher knows you.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the file (default: build/hand_in).")]


def hand_in(lesson: Lesson, name: Name, out: Out = None) -> None:
    """Pack your answers and progress into one file, to be sent by you: nothing is sent from here.

    Save the notebook first. The file holds the code of its cells, no outputs.
    """
    from course_utils.grading.hand_in import pack

    with options.refusing("hand-in"):
        (chosen,) = nb.find([lesson], options.lessons("hand-in", None))
        path = pack(chosen, name, out=out)
    typer.echo(f"{path} ({path.stat().st_size / 1000:.0f} kB)")
