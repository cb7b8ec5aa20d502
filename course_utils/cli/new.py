"""``course new``: the skeleton of a lesson, in the house's form, for its author to fill."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from course_utils import notebooks as nb
from course_utils.cli import options

Number = Annotated[str, typer.Argument(metavar="NUMBER", help='"28", or "28b" for a laboratory.')]
Title = Annotated[str, typer.Argument(help="As it will stand in the header.")]
Part = Annotated[str | None, typer.Option(help="Folder below notebooks/ (default: by the number).")]

IMPORTS = """from course_utils import agree, exercise, progress, solution, start

lesson = start("{id}", profile=profile, seed=seed)"""
TEXT = """## The question

What is asked, and why a person would want to know? Ask for a guess.

---

## Look at the data

The simplest data on which the question can be seen.

---

## Step 1: the plain object

The central object, undivided, in the simplest version. Then a sentence before each cell.

---

## A claim, asked before it is measured

`lesson.ask` before the experiment, with rule, margin and seeds; `claim.decide` after it.

---

## Find the bug

A printed mistake, what it does, and how it is mended.

---

## An open task

A rubric instead of a check.

## Recap

- One point a line.

---

## Glossary

| English | 中文 | in a word |
|---|---|---|

## References

- Author, *Title*, arXiv:0000.00000.

## What comes next

Where the reader goes from here."""


def new(number: Number, title: Title, part: Part = None) -> None:
    """Write a lesson's skeleton; the linter then says what is still missing.

    Exit status 2 if the number is taken, or belongs to no part.
    """
    from course_utils.machine import repo_root

    with options.refusing("new"):
        path = _path(number, title, part, repo_root() / "notebooks")
        path.parent.mkdir(exist_ok=True)
        nb.write(path, skeleton(path.stem, title, path.parent.name))
    typer.echo(f"{path}\nNext: its row in book/map.toml, then: course run {number} --until 5")


def _path(number: str, title: str, part: str | None, folder: Path) -> Path:
    if not re.fullmatch(r"\d\d[bc]?|w\d", number):
        raise ValueError(
            f'a number has two digits, a laboratory b or c more: "28b", got {number!r}'
        )
    taken = [lesson.id for lesson in nb.lessons(folder) if lesson.number == number]
    if taken:
        raise ValueError(f"{number} is taken by {taken[0]}")
    words = re.findall(r"[a-z0-9]+", title.lower())
    if not words:
        raise ValueError(f"a title needs letters, got {title!r}")
    known = sorted(path.name for path in folder.iterdir() if path.is_dir())
    found = [name for name in known if name[0].lower() == number[0]]
    if part is None and len(found) != 1:
        raise ValueError(
            f"{number} belongs to no part: name one with --part, of {', '.join(known)}"
        )
    return folder / (part or found[0]) / f"{number}_{'_'.join(words)}.ipynb"


def skeleton(id_: str, title: str, part: str) -> dict[str, Any]:
    """Return a notebook with the sections of a lesson, and the cells that each one begins with."""
    course = {"id": id_, "title": title, "part": part, "promise": "You will.", "able": []}
    course |= {"minutes": 60, "prerequisites": [], "rows": [], "claims": [], "errata": []}
    question, *texts, last = TEXT.split("\n\n---\n\n")
    cells = [
        _cell("markdown", f"# {id_.partition('_')[0]} · {title}", "header"),
        _cell("markdown", question),
        _cell("code", 'profile = "quick"\nseed = 0', "parameters"),
        _cell("code", IMPORTS.format(id=id_), "hide-input"),
        *(_cell("markdown", text) for text in texts),
        _cell("code", "progress()"),
        _cell("markdown", last),
    ]
    for k, cell in enumerate(cells):
        cell["id"] = f"cell-{k}"
    metadata = {"course": course, "kernelspec": nb.KERNEL, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _cell(kind: str, source: str, *tags: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {"tags": [*tags]} if tags else {}}
    cell["source"] = source.splitlines(keepends=True)
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})
