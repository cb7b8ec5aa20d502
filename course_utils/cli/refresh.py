"""``course refresh``: execute lessons and store clean outputs in place (``make notebooks``)."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from course_utils import notebooks as nb
from course_utils.cli import header, options
from course_utils.cli.environment import stored_environment
from course_utils.cli.execute import Job, Pool, Result
from course_utils.cli.run import explain
from course_utils.store.atomic import write_atomically

Timeout = Annotated[float, typer.Option(min=0, help="Seconds a lesson may take; 0: no limit.")]
Jobs = Annotated[int, typer.Option(min=1, help="Lessons at a time; more disturb the seconds.")]


def refresh(
    lessons: options.Names = None,
    notebooks: options.Folder = None,
    timeout: Timeout = 600,
    jobs: Jobs = 1,
) -> None:
    """Execute lessons one by one (profile quick) and store their outputs in place.

    A lesson that fails stays as it was. Afterwards the README's course map is rebuilt. Exit
    status: 0 if all were stored, 1 if one was not, 2 for a wrong name.
    """
    from rich.console import Console

    from course_utils.machine import repo_root

    console = Console(highlight=False, soft_wrap=True)
    folder = (notebooks or repo_root() / "notebooks").resolve()
    with options.refusing("refresh"):
        chosen = nb.find(lessons or [], nb.lessons(folder))
    stored = _refresh_all(chosen, folder, timeout or None, jobs, console)
    readme = folder.parent / "README.md"
    if readme.is_file() and header.MAP_START in readme.read_text("utf8"):
        table = header.course_map(nb.lessons(folder), folder.parent)
        write_atomically(readme, header.insert_map(readme.read_text("utf8"), table))
    raise typer.Exit(0 if stored == len(chosen) else 1)


def _refresh_all(
    chosen: list[nb.Lesson], folder: Path, timeout: float | None, jobs: int, console: Any
) -> int:
    """Execute and store each lesson; return how many were stored."""
    stored = 0
    with tempfile.TemporaryDirectory() as scratch, console.status("starting") as status:
        todo = [Job(x.path.stem, x.path, Path(scratch) / x.path.name, {}, timeout) for x in chosen]
        with Pool(jobs, stored_environment(Path(scratch) / "build")) as pool:
            for event in pool.run(todo):
                if isinstance(event, Result):
                    stored += _keep(event, folder, console)
                else:
                    status.update(f"{event.path.stem}: cell {event.done} of {event.total}")
    return stored


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
            names a private path, or the run is not clean.
    """
    from course_utils.machine import fingerprint

    before, executed = nb.read(result.path), nb.read(result.out)
    if nb.parameters(executed).get("profile", "quick") != "quick":
        raise ValueError("its parameters cell does not say profile = 'quick'")
    if nb.code_hash(before) != nb.code_hash(executed):
        raise ValueError("it was edited while it ran; run 'course refresh' again")
    nb.clean(executed)
    for fault in nb.run_faults(executed):
        raise ValueError(fault)
    check_paths(executed, [folder.parent, Path.home()])
    executed["metadata"].setdefault("course", {}).update(
        seconds=round(result.seconds),
        cpu_seconds=round(result.cpu_seconds),
        memory_mb=int(round(result.memory_mb, -1)),
        machine=fingerprint(),
        code_hash=nb.code_hash(executed),
    )
    header.set_header(executed, result.path, nb.lessons(folder))
    nb.write(result.path, executed)


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
