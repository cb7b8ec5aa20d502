"""``course colab``: lessons with a first cell that brings the course and what the lesson needs."""

from __future__ import annotations

import copy
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from course_utils import notebooks as nb
from course_utils.cli import options
from course_utils.cli.address import NOT_SET, Address, address

if TYPE_CHECKING:
    from course_utils.cli.needs import Needs

Out = Annotated[Path | None, typer.Option(help="Folder to write to (default: build/colab).")]
Repository = Annotated[
    str | None, typer.Option(metavar="URL", help="The course's address, if it is not set.")
]
FIRST_CELL = """\
# Made by `course colab`. It fetches the course and installs what this lesson needs and Colab lacks.
# What is there already stays, in Colab's version; a missing package comes in the course's version.
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

REPOSITORY, BRANCH, PART = {repository!r}, {branch!r}, {part!r}
PACKAGES = {packages}
DATA = {data}  # only a data file of theirs is read


def missing(pins):
    for pin in pins:
        try:
            version(pin.split("==")[0])
        except PackageNotFoundError:
            yield pin


course = Path.home() / "generative-course"
if not course.exists():
    subprocess.run(
        ["git", "clone", "--quiet", "--depth", "1", "--branch", BRANCH, REPOSITORY, str(course)],
        check=True,
    )
for options, pins in (([], missing(PACKAGES)), (["--no-deps"], missing(DATA))):
    if pins := list(pins):
        pip = [sys.executable, "-m", "pip", "install", "--quiet", *options, *pins]
        subprocess.run(pip, check=True)
sys.path.insert(0, str(course))
os.environ["PYTHONPATH"] = str(course)  # for processes that a lesson starts
os.chdir(course / "notebooks" / PART)
"""
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)\s]+)\)")


def colab(lessons: options.Names = None, out: Out = None, repository: Repository = None) -> None:
    """Write lessons for Colab, without outputs, each with a first cell that sets it up.

    Exit status: 0 if they were written, 2 for a wrong name or without the course's address.
    """
    from course_utils.machine import build_folder, repo_root

    with options.refusing("colab"):
        here = address(repository)
        if here is None:
            raise ValueError(f"{NOT_SET[0].lower()}{NOT_SET[1:]}, or say --repository URL")
        chosen = nb.find(lessons or [], nb.lessons(repo_root() / "notebooks"))
        folder = out or build_folder() / "colab"
        for lesson in chosen:
            notebook = for_colab(lesson.path, here)
            target = folder / lesson.path.parent.name / lesson.path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            nb.write(target, notebook)
    typer.echo(f"{len(chosen)} lessons for Colab -> {folder}")


def for_colab(path: Path, here: Address) -> dict:
    """Return a lesson without outputs, its first cell set before it, its links made absolute."""
    from course_utils.cli.needs import needs  # it knows the data sets, and so it loads torch

    notebook = copy.deepcopy(nb.read(path))
    wanted = needs(notebook)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        else:
            cell["source"] = LINK.sub(
                lambda m: f"]({_absolute(m[1], path, here)})", nb.source(cell)
            )
    first = {
        "cell_type": "code",
        "id": "colab",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": first_cell(wanted, path.parent.name, here.url, here.branch),
    }
    notebook["cells"].insert(0, first)
    return notebook


def first_cell(wanted: Needs, part: str, repository: str, branch: str) -> str:
    """Return the code that sets a lesson of the folder ``part`` up."""
    return FIRST_CELL.format(
        repository=repository,
        branch=branch,
        part=part,
        packages=_listed(wanted.packages),
        data=list(wanted.data),
    ).rstrip()


def _listed(pins: tuple[str, ...]) -> str:
    return "[\n" + "".join(f'    "{pin}",\n' for pin in pins) + "]"


def _absolute(link: str, path: Path, here: Address) -> str:
    """Turn a link to another lesson into Colab's, and one to another file into GitHub's."""
    file, hash_sign, anchor = link.partition("#")
    place = os.path.normpath(Path("notebooks", path.parent.name, file)).replace(os.sep, "/")
    if place.endswith(".ipynb") and place.startswith("notebooks/"):
        return here.colab(place.removeprefix("notebooks/").removesuffix(".ipynb"))
    return f"{here.url}/blob/{here.branch}/{place}{hash_sign}{anchor}"
