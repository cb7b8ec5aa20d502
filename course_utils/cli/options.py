"""What the commands that take lessons have in common: options, names, parameters, complaints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from course_utils import notebooks as nb

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="LESSON", help="Numbers, ids or paths; none: all."),
]
Folder = Annotated[Path | None, typer.Option(help="Folder of lessons (default: notebooks/).")]
Profile = Annotated[str, typer.Option(help="quick or full.")]
Parameters = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Set a lesson parameter."),
]


@contextmanager
def refusing(command: str) -> Iterator[None]:
    """Turn bad input into one sentence and exit status 2."""
    try:
        yield
    except (ValueError, OSError) as error:
        typer.echo(f"course {command}: {error}", err=True)
        raise typer.Exit(2) from error


def lessons(command: str, folder: Path | None) -> list[nb.Lesson]:
    """Return all lessons; a file that is no notebook is named and left out."""
    from course_utils.machine import repo_root

    def skip(reason: str) -> None:
        typer.echo(f"course {command}: skipped: {reason}", err=True)

    return nb.lessons(folder or repo_root() / "notebooks", skip)


def must_write(folder: Path) -> None:
    """Raise ValueError, naming --out, unless files can be made in a folder."""
    from course_utils.cli.doctor.hardware import writable

    if not writable(folder):
        raise ValueError(f"cannot write to {folder}: name another folder with --out FOLDER")


def given(parameters: list[str] | None) -> dict[str, Any]:
    """Read the ``-p name=value`` of a command line."""
    return dict(parameter_value(text) for text in parameters or [])


def parameter_value(text: str) -> tuple[str, Any]:
    """Read "name=value"; the value is a bool, None, int, float or else text."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise ValueError(f"a parameter is written -p name=value (-p seed=1), got {text!r}")
    words = {"true": True, "false": False, "none": None, "null": None}
    if value.lower() in words:
        return name, words[value.lower()]
    for kind in (int, float):
        try:
            return name, kind(value)
        except ValueError:
            continue
    return name, value


def changes(lesson: nb.Lesson, profile: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters that differ from the lesson's own.

    Raises:
        ValueError: the lesson has no such parameter, or the profile is unknown to it.
    """
    known = nb.parameters(nb.read(lesson.path))
    if profile not in ("quick", "full"):
        raise ValueError(f"profile must be quick or full, got {profile!r}")
    if "profile" in known or profile != "quick":
        wanted = {"profile": profile, **wanted}
    for name in wanted:
        if name not in known:
            names = ", ".join(known) or "none"
            raise ValueError(f"lesson {lesson.id} has no parameter {name!r}; it has: {names}")
    return {name: value for name, value in wanted.items() if value != known[name]}
