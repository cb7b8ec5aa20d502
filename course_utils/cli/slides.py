"""``course slides``: a lesson's question, derivations, pictures and exercises for a projector."""

from __future__ import annotations

import runpy
import sys
from typing import Annotated

import typer

Lessons = Annotated[list[str], typer.Argument(metavar="LESSON", help="Numbers, ids or paths.")]


def slides(lessons: Lessons) -> None:
    """Build slides from stored lessons into build/slides; they need no network.

    Exit status: 0 if they were built, 2 for a wrong name.
    """
    from course_utils.machine import build_folder, repo_root

    script = repo_root() / "book" / "slides.py"  # the book's tools lie beside the package
    main = runpy.run_path(str(script))["main"]
    sys.exit(main([*lessons, "--out", str(build_folder() / "slides")]))
