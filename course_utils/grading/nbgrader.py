"""A lesson in the form of nbgrader's source notebooks, for those who use its gradebook.

Each exercise becomes a solution cell (its release version raises NotImplementedError, which the
card calls "not attempted") and is followed by a cell of points, whose test is hidden: so *Run All*
still runs to the end. https://nbgrader.readthedocs.io (cell metadata, schema version 3).
"""

from __future__ import annotations

import ast
import copy
from pathlib import Path
from typing import Any

from course_utils import notebooks as nb

TEST = """# The points of {name}: what its card says when it is graded.
### BEGIN HIDDEN TESTS
from course_utils.exercises.desk import state

assert state("{name}") == "right", state("{name}")
### END HIDDEN TESTS"""


def export(lesson: nb.Lesson, folder: Path) -> Path:
    """Write ``folder``/source/<lesson>/<lesson>.ipynb and return its path.

    A point for every level of difficulty. Raises ValueError for a lesson without exercises, OSError
    where the file cannot be written.
    """
    notebook = converted(nb.read(lesson.path))
    if notebook is None:
        raise ValueError(f"lesson {lesson.id} has no exercise to give points for")
    path = folder / "source" / lesson.id / f"{lesson.id}.ipynb"
    nb.write(path, notebook)
    return path


def converted(notebook: dict[str, Any]) -> dict[str, Any] | None:
    """Return nbgrader's form of a notebook, without outputs; None if it has no exercise."""
    from course_utils.exercises.desk import find

    cells, names = [], []
    for cell in notebook["cells"]:
        cell = copy.deepcopy(cell)
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        found = nb.exercise_names({"cells": [cell]})
        if not found:
            cells.append(cell)
            continue
        (name,) = found
        cell["source"] = with_solution(nb.source(cell), name)
        cell["metadata"]["nbgrader"] = _marks(name, solution=True)
        cells += [cell, _points(name, find(name).about.difficulty)]
        names.append(name)
    return notebook | {"cells": cells} if names else None


def with_solution(source: str, name: str) -> str:
    """Put our reference into a stub, between the marks that nbgrader cuts at."""
    (function,) = (node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))
    lines = source.splitlines()
    last = (
        function.body[0].end_lineno if ast.get_docstring(function) else function.body[0].lineno - 1
    )
    arguments = ", ".join(argument.arg for argument in function.args.args)
    body = [
        "### BEGIN SOLUTION",
        "from course_utils.exercises.desk import find",
        "",
        f'return find("{name}").reference({arguments})',
        "### END SOLUTION",
    ]
    return "\n".join([*lines[:last], *(f"    {line}".rstrip() for line in body)])


def _marks(grade_id: str, *, solution: bool, points: int | None = None) -> dict[str, Any]:
    marks = {"schema_version": 3, "grade_id": grade_id, "solution": solution, "task": False}
    marks |= {"grade": points is not None, "locked": not solution}
    return marks if points is None else marks | {"points": points}


def _points(name: str, points: int) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"points-{name}"[:64].replace("_", "-"),
        "metadata": {"nbgrader": _marks(f"{name}_points", solution=False, points=points)},
        "source": TEST.format(name=name),
        "outputs": [],
        "execution_count": None,
    }
