"""``course progress``: what a learner has done, lesson by lesson. Nothing leaves the machine."""

from __future__ import annotations

from typing import Annotated

import typer

from course_utils import notebooks as nb
from course_utils.cli import options

Answer = Annotated[
    str | None, typer.Option(metavar="EXERCISE", help="Print your last answer to this exercise.")
]


def progress(lessons: options.Names = None, answer: Answer = None) -> None:
    """Show which exercises are right, and how many attempts and hints they took."""
    from course_utils.store import progress as store

    entries = store.read()
    with options.refusing("progress"):
        chosen = nb.find(lessons or [], options.lessons("progress", None))
        if answer is not None:
            typer.echo(_answer(answer, entries), nl=False)
            return
    if not entries:
        typer.echo("No exercise has been met yet: run a cell that begins with @exercise.")
        return
    _details(chosen, entries) if lessons else _summary(chosen, entries)


def _answer(name: str, entries: dict[str, dict]) -> str:
    """Return the last answer, before it the last right one where that is another."""
    entry = entries.get(name)
    if entry is None or not entry["answer"]:
        known = ", ".join(n for n, e in entries.items() if e["answer"]) or "none"
        raise ValueError(f"no answer to {name!r} is kept; kept are answers to: {known}")
    last, right = entry["answer"], entry["right_answer"]
    if right in ("", last):
        return last
    return f"# judged right:\n{right}\n# the last one, judged {entry['state']}:\n{last}"


def _summary(lessons: list[nb.Lesson], entries: dict[str, dict]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("lesson", "right", "of", "tried, not yet right", "hints", "solutions", "last day")
    known: set[str] = set()  # a workshop has exercises of other lessons
    for lesson in lessons:
        names = nb.exercise_names(nb.read(lesson.path))
        met = [entries[name] for name in names if name in entries]
        right = sum(bool(entry["right"]) for entry in met)
        known |= set(names)
        if met:
            open_ = sum(entry["attempts"] > 0 and not entry["right"] for entry in met)
            hints = sum(entry["hints"] for entry in met)
            shown = sum(entry["solution"] for entry in met)
            last = max(entry["last"] for entry in met)[:10]
            numbers = (right, len(names), open_, hints, shown)
            table.add_row(lesson.id, *map(str, numbers), last)
    Console().print(table)
    n_right = sum(bool(entries[name]["right"]) for name in known & set(entries))
    typer.echo(f"{n_right} of {len(known)} exercises of all lessons are right.")


def _details(lessons: list[nb.Lesson], entries: dict[str, dict]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("lesson", "exercise", "state", "attempts", "hints", "named mistakes", "last day")
    for lesson in lessons:
        for name in nb.exercise_names(nb.read(lesson.path)):
            entry = entries.get(name)
            if entry is None:
                table.add_row(lesson.number, name, "not met")
                continue
            state = entry["state"]
            if entry["right"] and state != "right":
                state += ", was right"
            mistakes = "\n".join(f"{m} ({n})" for m, n in entry["mistakes"].items())
            hints = f"{entry['hints']}{' + solution' if entry['solution'] else ''}"
            last = entry["last"][:10]
            table.add_row(lesson.number, name, state, str(entry["attempts"]), hints, mistakes, last)
    Console().print(table)
