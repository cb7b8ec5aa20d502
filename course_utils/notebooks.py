"""Lesson notebooks as files: find, read and hash them, and tell whether their run is clean.

A notebook is read as the JSON it is, so that listing lessons costs milliseconds.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from course_utils.store.atomic import write_atomically

WIDGET = "application/vnd.jupyter.widget-view+json"
EXERCISE = re.compile(r"^@exercise\s*\ndef (\w+)", re.M)
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class UnknownLesson(ValueError):
    """No lesson has this name; the message lists the nearest ones."""


@dataclass(frozen=True)
class Lesson:
    """One lesson file and its ``course`` metadata block."""

    path: Path
    course: dict
    exercises: int  # number of @exercise stubs

    @property
    def id(self) -> str:
        """The id of the metadata block, else the file's stem: "12_information_and_kl"."""
        return self.course.get("id", self.path.stem)

    @property
    def number(self) -> str:
        """What stands before the topic: "12", "11b", "w1"; the whole id where it has no number."""
        found = re.match(r"(?:\d+[a-z]?|w\d+)(?=_|$)", self.id)
        return found.group() if found else self.id

    @property
    def topic(self) -> str:
        """The id without its number: "information_and_kl"."""
        return re.sub(r"^(?:\d+[a-z]?|w\d+)_", "", self.id)

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


def exercise_names(notebook: dict) -> list[str]:
    """Return the names of a lesson's exercises, in their order on the page."""
    found = [EXERCISE.findall(source(cell)) for cell in code_cells(notebook)]
    return [name for names in found for name in names]


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
    course = notebook.get("metadata", {}).get("course", {})
    return Lesson(path, course, exercises=len(exercise_names(notebook)))


def lessons(folder: Path, skip: Callable[[str], None] | None = None) -> list[Lesson]:
    """Return all lessons of ``folder``/PART/NN_topic.ipynb, in order of their numbers.

    A file that is no notebook is left out and ``skip`` told why; without it, raises ValueError.
    """
    found = []
    for path in sorted(folder.glob("*/*.ipynb"), key=lambda path: path.name):
        if path.name.startswith("."):
            continue
        try:
            found.append(load(path))
        except ValueError as error:
            if skip is None:
                raise
            skip(str(error))
    return found


def find(names: Iterable[str], known: list[Lesson]) -> list[Lesson]:
    """Return the lessons named by number ("12"), id or path to a file; no name means all.

    Of several files with one id (a duplicated lesson) the one that is called so is meant.

    Raises:
        UnknownLesson: a name is none of these; the message lists the nearest names.
        ValueError: a name is a path to a file that is no notebook.
    """
    originals_last = sorted(known, key=lambda lesson: lesson.id == lesson.path.stem)
    by_name = {key: lesson for lesson in originals_last for key in (lesson.id, lesson.number)}
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


def run_faults(notebook: dict) -> Iterator[str]:
    """Say why a notebook's outputs are not those of one run from top to bottom without errors."""
    cells = [cell for cell in code_cells(notebook) if source(cell).strip()]
    counts = [cell.get("execution_count") for cell in cells]
    if counts != list(range(1, len(cells) + 1)):
        yield f"its cells were not executed 1..n: their counts are {counts}"
    for number, cell in enumerate(cells, start=1):
        kinds = {output["output_type"] for output in cell.get("outputs", [])}
        if "error" in kinds and "raises-exception" not in tags(cell):
            yield f"code cell {number} stores an error"


def live_views(notebook: dict) -> Iterator[str]:
    """Say which live widgets are stored: reopened, they would show as errors."""
    if "widgets" in notebook["metadata"]:
        yield "a widget state is stored"
    for number, cell in enumerate(code_cells(notebook), start=1):
        if any(WIDGET in output.get("data", {}) for output in cell.get("outputs", [])):
            yield f"code cell {number} stores a widget view, which would show as an error"


def remove_live_views(notebook: dict) -> None:
    """Take live widgets out of the outputs; a progress bar, which holds no picture, goes whole."""
    notebook["metadata"].pop("widgets", None)
    for cell in code_cells(notebook):
        kept = []
        for output in cell.get("outputs", []):
            live = output.get("data", {}).pop(WIDGET, None)
            if live is None or set(output["data"]) - {"text/plain"}:
                kept.append(output)
        cell["outputs"] = kept


def clean(notebook: dict) -> None:
    """Remove what running leaves behind: timings, papermill's notes, live views, cut prints."""
    metadata = notebook["metadata"]
    metadata.pop("papermill", None)
    metadata["kernelspec"], metadata["language_info"] = KERNEL, {"name": "python"}
    remove_live_views(notebook)
    for cell in notebook["cells"]:
        for key in ("papermill", "execution"):
            cell.get("metadata", {}).pop(key, None)
        if not tags(cell):
            cell["metadata"].pop("tags", None)
        if cell["cell_type"] == "code":
            cell["outputs"] = _joined(cell["outputs"])


def _joined(outputs: list[dict]) -> list[dict]:
    """Join prints that follow each other: where the kernel cut them depends on its clock."""
    kept: list[dict] = []
    for output in outputs:
        name = output.get("name") if output["output_type"] == "stream" else None
        if name and kept and kept[-1].get("name") == name:
            kept[-1]["text"] = text_of(kept[-1]["text"]) + text_of(output["text"])
        else:
            kept.append(output)
    return kept
