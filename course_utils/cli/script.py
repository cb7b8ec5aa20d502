"""A lesson's notebook as a plain script: its code cells in order, parameters substituted."""

from __future__ import annotations

import ast
from typing import Any

from course_utils import notebooks as nb

SKIPPED = "no-launch"  # tag of cells that are for a person only

HEAD = '''"""{id}, made by `course launch` from its notebook: change that, not this."""

import sys

from course_utils.runs.launched import begin, end

begin()
'''


def script(lesson: nb.Lesson, parameters: dict[str, Any]) -> str:
    """Return the lesson as Python source. parameters: values that differ from the lesson's own.

    The last expression of a cell is printed as a notebook shows it. Cells tagged "no-launch" are
    left out. Raises ValueError if a cell is not plain Python (a magic, a shell line) or parameters
    are given and no cell is tagged "parameters".
    """
    parts = [HEAD.format(id=lesson.id)]
    left = dict(parameters)
    for number, cell in enumerate(nb.read(lesson.path)["cells"], start=1):
        if cell.get("cell_type") != "code" or SKIPPED in nb.tags(cell):
            continue
        parts.append(f"# %% cell {number}\n{_shown(nb.source(cell), number, lesson)}\n")
        if "parameters" in nb.tags(cell) and left:
            lines = [f"{name} = {value!r}" for name, value in left.items()]
            parts.append("\n".join(["# %% set on the command line", *lines, ""]))
            left = {}
    if left:
        raise ValueError(f"lesson {lesson.id} has no cell tagged 'parameters'")
    return "\n".join([*parts, "end()", ""])


def _shown(source: str, number: int, lesson: nb.Lesson) -> str:
    """Hand a cell's last expression to sys.displayhook, which prints what is not None."""
    try:
        compile(source, "cell", "exec", dont_inherit=True)
        body = ast.parse(source).body
    except SyntaxError as error:
        raise ValueError(
            f"cell {number} of lesson {lesson.id} is not plain Python ({error.msg}, line "
            f"{error.lineno}): lessons hold no magics and no shell lines"
        ) from error
    source = source.rstrip("\n")
    if not body or not isinstance(body[-1], ast.Expr) or body[-1].col_offset:
        return source
    last, lines = body[-1], source.split("\n")
    first, after = last.lineno - 1, lines[last.end_lineno :]
    if ";" in lines[last.end_lineno - 1].encode()[last.end_col_offset :].decode():
        return source  # "expression;" shows nothing in a notebook either
    shown = ["sys.displayhook(", *lines[first : last.end_lineno], ")"]
    return "\n".join([*lines[:first], *shown, *after])
