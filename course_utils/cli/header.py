"""The header cell of a lesson and the README's table of lessons, made from their metadata."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from course_utils import notebooks as nb

MAP_START, MAP_END = "<!-- course-map -->", "<!-- /course-map -->"


def header(lesson: nb.Lesson, known: list[nb.Lesson]) -> str:
    """Build the text of a lesson's header cell from its metadata; links are relative."""
    course = lesson.course
    lines = [f"# {lesson.number} · {lesson.title}", ""]
    if course.get("promise"):
        lines += [f"> {course['promise']}", ""]
    lines += [
        "| to read and do | to run (measured) | memory | exercises |",
        "|---|---|---|---|",
        f"| {amount(course.get('minutes'), 'min')} | {amount(course.get('seconds'), 's')} "
        f"| {amount(course.get('memory_mb'), 'MB')} | {lesson.exercises or 'none'} |",
        "",
    ]
    if course.get("prerequisites"):
        links = [_link(name, lesson, known) for name in course["prerequisites"]]
        lines += [f"**Before this:** {', '.join(links)}.", ""]
    if course.get("able"):
        lines += ["**Afterwards you can:**", "", *(f"- {item}" for item in course["able"])]
    return "\n".join(lines).rstrip()


def amount(value: float | None, unit: str) -> str:
    """Write a measured number with its unit, or a dash where there is none yet."""
    return "–" if value is None else f"{value:,.0f} {unit}"


def _link(name: str, lesson: nb.Lesson, known: list[nb.Lesson]) -> str:
    for other in known:
        if name in (other.id, other.number):
            where = os.path.relpath(other.path, lesson.path.parent).replace(os.sep, "/")
            return f"[{other.number} · {other.title}]({where})"
    return name.replace("_", " ")


def course_map(known: list[nb.Lesson], root: Path) -> str:
    """Build the README's table of lessons, a line each, with links relative to ``root``."""
    rows = ["| lesson | read | run | promise |", "|---|---|---|---|"]
    for lesson in known:
        where = os.path.relpath(lesson.path, root).replace(os.sep, "/")
        title, promise = (
            text.replace("|", r"\|") for text in (lesson.title, lesson.course.get("promise", ""))
        )
        rows.append(
            f"| [{lesson.number} · {title}]({where}) "
            f"| {amount(lesson.course.get('minutes'), 'min')} "
            f"| {amount(lesson.course.get('seconds'), 's')} | {promise} |"
        )
    return "\n".join(rows)


def insert_map(text: str, table: str) -> str:
    """Put the table between the two course-map comments of a README's text.

    Raises:
        ValueError: the comments are missing or in the wrong order.
    """
    start, end = text.find(MAP_START), text.find(MAP_END)
    if start < 0 or end < start:
        raise ValueError(f"the README needs the lines {MAP_START} and {MAP_END}, in this order")
    return f"{text[: start + len(MAP_START)]}\n{table}\n{text[end:]}"


def set_header(notebook: dict, path: Path, known: list[nb.Lesson]) -> None:
    """Build the header, cell 0, anew from the metadata; add it where there is none."""
    lesson = nb.load(path)
    lesson = replace(lesson, course=notebook["metadata"]["course"])
    text = header(lesson, known).splitlines(keepends=True)
    if notebook["cells"] and "header" in nb.tags(notebook["cells"][0]):
        notebook["cells"][0]["source"] = text
        return
    cell = {"cell_type": "markdown", "id": "header", "metadata": {"tags": ["header"]}}
    notebook["cells"].insert(0, cell | {"source": text})
