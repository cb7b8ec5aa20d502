"""Lesson notebooks as files: find, read, hash, head and map them.

A notebook is read as the JSON it is, so that listing lessons costs milliseconds.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from course_utils.store.atomic import write_atomically

MAP_START, MAP_END = "<!-- course-map -->", "<!-- /course-map -->"


class UnknownLesson(ValueError):
    """No lesson has this name; the message lists the nearest ones."""


@dataclass(frozen=True)
class Lesson:
    """One lesson file and its ``course`` metadata block."""

    path: Path
    course: dict
    exercises: int  # number of @exercise stubs
    cells: int

    @property
    def id(self) -> str:
        """The id of the metadata block, else the file's stem: "12_information_and_kl"."""
        return self.course.get("id", self.path.stem)

    @property
    def number(self) -> str:
        """What stands before the topic: "12" or "11b"; the whole id where it has no number."""
        found = re.match(r"\d+[a-z]?(?=_|$)", self.id)
        return found.group() if found else self.id

    @property
    def topic(self) -> str:
        """The id without its number: "information_and_kl"."""
        return re.sub(r"^\d+[a-z]?_", "", self.id)

    @property
    def title(self) -> str:
        """The title of the metadata block, else the id in words."""
        return self.course.get("title") or self.topic.replace("_", " ")


def read(path: Path) -> dict:
    """Read a notebook as a dict.

    Raises:
        ValueError: the file is no notebook.
        OSError: the file cannot be read.
    """
    try:
        notebook = json.loads(path.read_text("utf8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no notebook: {error}") from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError(f"{path} is no notebook: it holds no list of cells")
    return notebook


def write(path: Path, notebook: dict) -> None:
    """Write a notebook in nbformat's layout; a reader sees the old file or the new one."""
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    write_atomically(path, text)


def text_of(text: str | list[str]) -> str:
    """Return a text as one string; files store it as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def source(cell: dict) -> str:
    """Return a cell's source as one string."""
    return text_of(cell.get("source", ""))


def tags(cell: dict) -> list[str]:
    """Return a cell's tags."""
    return cell.get("metadata", {}).get("tags", [])


def code_cells(notebook: dict) -> list[dict]:
    """Return the code cells in order."""
    return [cell for cell in notebook["cells"] if cell.get("cell_type") == "code"]


def code_hash(notebook: dict) -> str:
    """Hash the code cells' sources, joined by newlines: SHA-256, hexadecimal.

    Stored outputs belong to the stored source where this equals ``metadata.course.code_hash``.
    """
    text = "\n".join(source(cell) for cell in code_cells(notebook))
    return hashlib.sha256(text.encode("utf8")).hexdigest()


def parameters(notebook: dict) -> dict[str, object]:
    """Return what the cell tagged "parameters" assigns; None where a value is no literal."""
    found = {}
    for cell in code_cells(notebook):
        if "parameters" not in tags(cell):
            continue
        for node in ast.parse(source(cell)).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", 0)]
            for target in targets:
                if isinstance(target, ast.Name):
                    found[target.id] = _literal(node.value)
    return found


def _literal(node: ast.expr | None) -> object:
    try:
        return ast.literal_eval(node) if node is not None else None
    except ValueError:
        return None


def load(path: Path) -> Lesson:
    """Read one lesson; raises as ``read`` does."""
    notebook = read(path)
    stubs = sum(
        len(re.findall(r"^@exercise\b", source(cell), re.MULTILINE))
        for cell in code_cells(notebook)
    )
    course = notebook.get("metadata", {}).get("course", {})
    return Lesson(path, course, exercises=stubs, cells=len(notebook["cells"]))


def lessons(folder: Path) -> list[Lesson]:
    """Return all lessons of ``folder``/PART/NN_topic.ipynb, in order of their numbers."""
    paths = sorted(folder.glob("*/*.ipynb"), key=lambda path: path.name)
    return [load(path) for path in paths if not path.name.startswith(".")]


def find(names: Iterable[str], known: list[Lesson]) -> list[Lesson]:
    """Return the lessons named by number ("12"), id or path to a file; no name means all.

    Raises:
        UnknownLesson: a name is none of these; the message lists the nearest names.
    """
    by_name = {key: lesson for lesson in known for key in (lesson.id, lesson.number)}
    found = {}
    for name in names:
        lesson = by_name.get(name)
        if lesson is None and name.endswith(".ipynb") and Path(name).is_file():
            lesson = load(Path(name).resolve())
        if lesson is None:
            raise UnknownLesson(_unknown(name, known))
        found[lesson.path.resolve()] = lesson
    return list(found.values()) if names else list(known)


def _unknown(name: str, known: list[Lesson]) -> str:
    if not known:
        return f"no lesson {name!r}: there are no lessons yet; a path to a notebook works too"
    keys = {key: lesson for lesson in known for key in (lesson.id, lesson.number)}
    keys |= {lesson.topic: lesson for lesson in known}
    near = difflib.get_close_matches(name, keys, n=6, cutoff=0.4)
    names = list(dict.fromkeys(keys[key].id for key in near))[:3]
    if names:
        return f"no lesson {name!r}; nearest: {', '.join(names)}"
    return f"no lesson {name!r}; 'course list' shows all {len(known)}"


def header(lesson: Lesson, known: list[Lesson]) -> str:
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


def _link(name: str, lesson: Lesson, known: list[Lesson]) -> str:
    for other in known:
        if name in (other.id, other.number):
            where = os.path.relpath(other.path, lesson.path.parent).replace(os.sep, "/")
            return f"[{other.number} · {other.title}]({where})"
    return name.replace("_", " ")


def course_map(known: list[Lesson], root: Path) -> str:
    """Build the README's table of lessons, with links relative to ``root``."""
    rows = ["| lesson | afterwards you can | read | run |", "|---|---|---|---|"]
    for lesson in known:
        where = os.path.relpath(lesson.path, root).replace(os.sep, "/")
        able = "; ".join(lesson.course.get("able", [])).replace("|", r"\|")
        title = lesson.title.replace("|", r"\|")
        rows.append(
            f"| [{lesson.number} · {title}]({where}) | {able} "
            f"| {amount(lesson.course.get('minutes'), 'min')} "
            f"| {amount(lesson.course.get('seconds'), 's')} |"
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
