"""``course refresh``: execute lessons and store clean outputs in place (``make notebooks``)."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from course_utils import notebooks as nb
from course_utils.cli.execute import Job, Pool, Result
from course_utils.cli.run import Folder, Names, explain
from course_utils.store.atomic import write_atomically

WIDGET = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
OUR_CELL_KEYS = ("papermill", "execution")
Timeout = Annotated[float, typer.Option(min=0, help="Seconds a lesson may take; 0: no limit.")]


def refresh(lessons: Names = None, notebooks: Folder = None, timeout: Timeout = 600) -> None:
    """Execute lessons one by one (profile quick) and store their outputs in place.

    A lesson that fails stays as it was. Afterwards the README's course map is rebuilt. Exit
    status: 0 if all were stored, 1 if one was not, 2 for a wrong name.
    """
    from rich.console import Console

    from course_utils.machine import repo_root

    console = Console(highlight=False, soft_wrap=True)
    folder = (notebooks or repo_root() / "notebooks").resolve()
    try:
        chosen = nb.find(lessons or [], nb.lessons(folder))
    except ValueError as error:
        typer.echo(f"course refresh: {error}", err=True)
        raise typer.Exit(2) from error
    stored = _refresh_all(chosen, folder, timeout or None, console)
    readme = folder.parent / "README.md"
    if readme.is_file() and nb.MAP_START in readme.read_text("utf8"):
        table = nb.course_map(nb.lessons(folder), folder.parent)
        write_atomically(readme, nb.insert_map(readme.read_text("utf8"), table))
    raise typer.Exit(0 if stored == len(chosen) else 1)


def _refresh_all(chosen: list[nb.Lesson], folder: Path, timeout: float | None, console: Any) -> int:
    """Execute and store each lesson; return how many were stored."""
    from course_utils.machine import cpu_count

    results = []
    with (
        tempfile.TemporaryDirectory() as scratch,
        Pool(1, cpu_count()[0]) as pool,
        console.status("starting") as status,
    ):
        jobs = [Job(x.id, x.path, Path(scratch) / x.path.name, {}, timeout) for x in chosen]
        for event in pool.run(jobs):
            if isinstance(event, Result):
                results.append(_keep(event, folder, console))
            else:
                status.update(f"{event.name}: cell {event.done} of {event.total}")
    return sum(results)


def _keep(result: Result, folder: Path, console: Any) -> bool:
    """Store a lesson that ran, or say why not."""
    if not result.ok:
        explain(result, console)
        return False
    try:
        store(result, folder)
    except ValueError as error:
        console.print(f"{result.name}: not stored: {error}", markup=False)
        return False
    numbers = f"{result.seconds:.0f} s, {result.memory_mb:,.0f} MB"
    console.print(f"{result.name}: stored ({numbers})", markup=False)
    return True


def store(result: Result, folder: Path) -> None:
    """Clean an executed notebook and put it in the lesson's place.

    Raises:
        ValueError: the lesson's default profile is not quick, it changed while it ran, an output
            names a private path, or the execution counts are not 1..n.
    """
    before, executed = nb.read(result.path), nb.read(result.out)
    if nb.parameters(executed).get("profile", "quick") != "quick":
        raise ValueError("its parameters cell does not say profile = 'quick'")
    if nb.code_hash(before) != nb.code_hash(executed):
        raise ValueError("it was edited while it ran; run 'course refresh' again")
    clean(executed)
    check_counts(executed)
    check_paths(executed, [folder.parent, Path.home()])
    course = executed["metadata"].setdefault("course", {})
    course["seconds"] = round(result.seconds)
    course["memory_mb"] = int(round(result.memory_mb, -1))
    course["code_hash"] = nb.code_hash(executed)
    set_header(executed, result.path, folder)
    nb.write(result.path, executed)


def clean(executed: dict) -> None:
    """Remove what running leaves behind: timings, papermill's notes, live widget views."""
    metadata = executed["metadata"]
    for key in ("papermill", "widgets"):
        metadata.pop(key, None)
    metadata["kernelspec"], metadata["language_info"] = KERNEL, {"name": "python"}
    for cell in executed["cells"]:
        for key in OUR_CELL_KEYS:
            cell.get("metadata", {}).pop(key, None)
        if not nb.tags(cell):
            cell["metadata"].pop("tags", None)
        if cell["cell_type"] == "code":
            cell["outputs"] = _joined(o for o in cell["outputs"] if _is_static(o))


def _joined(outputs: Iterable[dict]) -> list[dict]:
    """Join prints that follow each other: where the kernel cut them depends on its clock."""
    kept: list[dict] = []
    for output in outputs:
        name = output.get("name") if output["output_type"] == "stream" else None
        if name and kept and kept[-1].get("name") == name:
            kept[-1]["text"] = nb.text_of(kept[-1]["text"]) + nb.text_of(output["text"])
        else:
            kept.append(output)
    return kept


def _is_static(output: dict) -> bool:
    """Take the live view out of an output; say whether something worth storing is left.

    An explorer also holds its picture; a progress bar holds nothing but a line of text.
    """
    data = output.get("data", {})
    if data.pop(WIDGET, None) is None:
        return True
    return bool(set(data) - {"text/plain"})


def check_counts(executed: dict) -> None:
    """Raise ValueError unless the code cells that hold code are numbered 1..n."""
    cells = [cell for cell in nb.code_cells(executed) if nb.source(cell).strip()]
    counts = [cell.get("execution_count") for cell in cells]
    if counts != list(range(1, len(cells) + 1)):
        raise ValueError(f"its execution counts are {counts}, not 1..{len(cells)}")


def check_paths(executed: dict, private: list[Path]) -> None:
    """Raise ValueError if an output's text names a private folder; names the cell and the line."""
    spellings = {s for p in private for s in (str(p), p.as_posix(), repr(str(p))[1:-1])}
    found = [rf"(?<![\w.]){re.escape(s)}(?![\w.-])" for s in spellings if s != "/"]
    pattern = re.compile("|".join([*found, "ipykernel_[0-9]"]))  # the latter: a warning's origin
    for number, cell in enumerate(executed["cells"], start=1):
        for text in _texts(cell.get("outputs", [])):
            for line in text.splitlines():
                if pattern.search(line):
                    raise ValueError(
                        f"cell {number} prints a path of this machine: {line.strip()[:200]!r}; "
                        "print a relative path or a file name"
                    )


def _texts(value: Any) -> list[str]:
    """Every text in an output, pictures left out."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return ["".join(value)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if isinstance(value, dict):
        kept = [v for k, v in value.items() if not k.startswith("image/") or k == "image/svg+xml"]
        return [text for item in kept for text in _texts(item)]
    return []


def set_header(executed: dict, path: Path, folder: Path) -> None:
    """Build the header, cell 0, anew from the metadata; add it where there is none."""
    lesson = nb.load(path)
    lesson = nb.Lesson(
        path, executed["metadata"]["course"], lesson.exercises, len(executed["cells"])
    )
    text = nb.header(lesson, nb.lessons(folder)).splitlines(keepends=True)
    first = executed["cells"][0] if executed["cells"] else {}
    if "header" in nb.tags(first):
        first["source"] = text
        return
    cell = {"cell_type": "markdown", "id": "header", "metadata": {"tags": ["header"]}}
    executed["cells"].insert(0, cell | {"source": text})
