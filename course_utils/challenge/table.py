"""The tables of the challenge, for the terminal and for the book."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course_utils.challenge import results
from course_utils.challenge.tasks import tasks
from course_utils.maths.checking import interval

COLUMNS = ("entry", "{figure}, {unit}", "95 % interval", "seeds", "trained, s", "matmul, GFLOP/s")
COLUMNS += ("commit",)
INTRODUCTION = """# The one-minute challenge

Sixty seconds of training on two processor cores, 2 GB, no network: how good can it be? Every entry
below was trained by the judge itself, in processes of its own, under seeds that it had not seen.
Lower is better; an interval is Student's t over the trainings. Two entries whose intervals overlap
are not ranked. A floor is what as many real training digits score against held-out ones: 1 is as
near as real digits are. The speed is the machine's in that hour: a minute on another machine is
another amount of work. Lesson 01 holds the rules and a template; `course challenge FILE` judges
your entry.
"""


def page(where: Path | None = None) -> str:
    """Return the book's page in Markdown, from the stored results."""
    rows, parts = results.measured(where), [INTRODUCTION]
    for task in tasks().values():
        entered = [row for row in rows if row["task"] == task.name]
        parts += [f"## {task.name.capitalize()}", ""]
        if entered:
            titles = [title.format(figure=task.figure, unit=task.unit) for title in COLUMNS]
            parts += [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
        for row in sorted(entered, key=lambda row: mean(figures(row))):
            parts.append("| " + " | ".join(cells(row)) + " |")
        parts += [""] if entered else ["No entry is measured yet.", ""]
    missing = not_measured(rows)
    if missing:
        parts += [f"Not measured yet: {', '.join(f'`{name}`' for name in missing)}.", ""]
    return "\n".join(parts)


def not_measured(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return the course's own entries without a row of just this text of them."""
    known = {(row["entry"], row["entry_sha256"]) for row in rows}
    return [path.stem for path in results.own() if (path.stem, results.digest(path)) not in known]


def figures(result: dict[str, Any]) -> list[float]:
    """Return what is compared, a number a training."""
    return [run["figures"]["figure"] for run in result["runs"]]


def mean(values: Sequence[float]) -> float:
    """Return the arithmetic mean."""
    return sum(values) / len(values)


def cells(result: dict[str, Any]) -> list[str]:
    """Return a row of the table as texts."""
    found, runs = figures(result), result["runs"]
    trained = mean([run["train_seconds"] for run in runs])
    rate = mean([run["matmul_gflops"] for run in runs])
    commits = sorted({run.get("commit", "")[:7] for run in runs} - {""})
    name = f"{result['about'].rstrip('.')} (`{result['entry']}`)"
    between = "[{:.3g}, {:.3g}]".format(*interval(found))
    texts = [name, f"{mean(found):.3g}", between, str(len(found)), f"{trained:.0f}", f"{rate:.0f}"]
    return [*texts, ", ".join(commits) or "unknown"]
