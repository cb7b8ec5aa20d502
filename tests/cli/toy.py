"""Tiny lessons for the tests of the command line."""

from pathlib import Path

import nbformat
from typer.testing import CliRunner

from course_utils.cli.main import app

PARAMETERS = 'profile = "quick"\nseed = 0  # int'


def course(*words: str):
    """Run the command line in this process."""
    return CliRunner().invoke(app, [str(word) for word in words])


def lesson(folder: Path, name: str, *cells: str, part: str = "1_part", **metadata) -> Path:
    """Write a lesson: a parameters cell, then these code cells ("md:..." for text)."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["course"] = {"id": name, "title": name[3:].capitalize(), **metadata}
    first = nbformat.v4.new_code_cell(PARAMETERS)
    first.metadata["tags"] = ["parameters"]
    notebook.cells.append(first)
    for text in cells:
        new = nbformat.v4.new_markdown_cell if text.startswith("md:") else nbformat.v4.new_code_cell
        notebook.cells.append(new(text.removeprefix("md:")))
    path = folder / part / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path
