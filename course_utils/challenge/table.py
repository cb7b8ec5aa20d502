"""The tables of the challenge, for the terminal and for the book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from course_utils.challenge.tasks import tasks
from course_utils.maths.checking import interval

HEADING = "| entry | {figure}, {unit} | 95 % interval | trainings | trained, s | matmul, GFLOP/s |"
INTRODUCTION = """# The one-minute challenge

Sixty seconds of training on two processor cores, 2 GB, no network: how good can it be? Every entry
below was trained by the judge itself, in processes of its own, under seeds that it had not seen.
Lower is better; an interval is Student's t over the trainings. Two entries whose intervals overlap
are not ranked. The last column is the speed of the machine in that hour: a minute on another
machine is another amount of work. Lesson 01 holds the rules and a template; `course challenge FILE`
judges your entry.
"""


def page(results: Sequence[dict[str, Any]]) -> str:
    """Return the book's page in Markdown."""
    parts = [INTRODUCTION]
    for task in tasks().values():
        entered = [result for result in results if result["task"] == task.name]
        parts += [f"## {task.name.capitalize()}", ""]
        if not entered:
            parts += ["No entry yet.", ""]
            continue
        parts += [HEADING.format(figure=task.figure, unit=task.unit), "|---" * 6 + "|"]
        for result in sorted(entered, key=lambda r: mean(figures(r))):
            parts.append("| " + " | ".join(cells(result)) + " |")
        parts.append("")
    return "\n".join(parts)


def figures(result: dict[str, Any]) -> list[float]:
    """Return what is compared, a number a training."""
    return [run["figures"]["figure"] for run in result["runs"]]


def mean(values: Sequence[float]) -> float:
    """Return the arithmetic mean."""
    return sum(values) / len(values)


def cells(result: dict[str, Any]) -> list[str]:
    """Return a row of the table as texts."""
    found = figures(result)
    between = "one training" if len(found) < 2 else "[{:.3g}, {:.3g}]".format(*interval(found))
    trained, rate = (
        mean([run[name] for run in result["runs"]]) for name in ("train_seconds", "matmul_gflops")
    )
    name = f"{result['about'].rstrip('.')} (`{result['entry']}`)"
    return [name, f"{mean(found):.3g}", between, str(len(found)), f"{trained:.0f}", f"{rate:.0f}"]
