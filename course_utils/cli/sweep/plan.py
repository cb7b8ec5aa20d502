"""The runs of a sweep: every combination of the given values, and which of them are done."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils import notebooks as nb
from course_utils.cli import options
from course_utils.cli.execute import Job
from course_utils.store import sweeps

MOST = 10_000  # runs; more are a slip of the keyboard


@dataclass(frozen=True)
class Plan:
    """A lesson and its runs, in an order that depends on the command alone."""

    lesson: nb.Lesson
    name: str  # of the sweep
    profile: str
    runs: tuple[dict[str, Any], ...]  # what the command sets, a run
    defaults: dict[str, Any]  # the lesson's own parameters
    code_hash: str
    where: Path | None = None  # the folder of the sweep's file, if not data/results

    def parameters(self, number: int) -> dict[str, Any]:
        """Return all parameters of a run, those that nobody set among them."""
        return self.defaults | {"profile": self.profile} | self.runs[number]

    def job(self, number: int, folder: Path, timeout: float | None) -> Job:
        """Return a run as a job whose ledger and pages lie in a folder of their own."""
        out = folder / label(self.runs[number])
        return Job(
            name=f"{self.lesson.number} {label(self.runs[number])}",
            path=self.lesson.path.resolve(),
            out=out / self.lesson.path.name,
            parameters=options.changes(self.lesson, self.profile, self.runs[number]),
            timeout=timeout,
            expected=self.lesson.course.get("seconds") or 30,
            variables={"COURSE_BUILD": str(out)},
        )

    def left(self) -> list[int]:
        """Return the numbers of the runs that have no good row by the lesson's present code."""
        try:
            rows = sweeps.rows(self.name, where=self.where)
        except sweeps.SweepError as error:
            if sweeps.file(self.name, self.where).exists():
                raise ValueError(error) from error
            rows = []
        for other in {row["lesson"] for row in rows} - {self.lesson.id}:
            raise ValueError(
                f"the sweep {self.name} holds runs of {other}: give this one a --name of its own"
            )
        done = {
            sweeps.key(row)
            for row in rows
            if row["outcome"] == "ok" and row["code_hash"] == self.code_hash
        }
        wanted = [
            {"lesson": self.lesson.id, "parameters": self.parameters(number)}
            for number in range(len(self.runs))
        ]
        return [number for number, run in enumerate(wanted) if sweeps.key(run) not in done]


def make(
    lesson: nb.Lesson,
    name: str,
    profile: str,
    parameters: list[str],
    where: Path | None = None,
) -> Plan:
    """Plan a sweep from the ``-p name=values`` of a command line.

    Raises ValueError for values that cannot be read, a parameter that the lesson does not have, or
    more runs than anybody means.
    """
    given = [axis(text) for text in parameters]
    axes = dict(given)
    if len(axes) < len(given):
        raise ValueError("a parameter is given twice; write its values with commas: seed=0-4,7")
    runs = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    if len(runs) > MOST:
        raise ValueError(f"that makes {len(runs):,} runs; one sweep holds at most {MOST:,}")
    for run in runs:
        options.changes(lesson, profile, run)
    notebook = nb.read(lesson.path)
    hashed = nb.code_hash(notebook)
    return Plan(lesson, name, profile, tuple(runs), nb.parameters(notebook), hashed, where)


def axis(text: str) -> tuple[str, list[Any]]:
    """Read "name=values": "seed=0-4" is 0 1 2 3 4, "rate=1e-3,2e-3" two rates."""
    name, equals, given = text.partition("=")
    if not equals or not name.isidentifier():
        raise ValueError(f"values are written -p name=values (-p seed=0-4), got {text!r}")
    values: list[Any] = []
    for part in given.split(","):
        span = re.fullmatch(r"(\d+)-(\d+)", part.strip())
        if span:
            low, high = map(int, span.groups())
            if high < low:
                raise ValueError(f"{text}: {part} runs backwards; write the smaller number first")
            if high - low >= MOST:
                raise ValueError(f"{text}: {part} makes {high - low + 1:,} runs, allowed {MOST:,}")
            values += range(low, high + 1)
        else:
            values.append(options.parameter_value(f"{name}={part.strip()}")[1])
    if len(set(map(repr, values))) < len(values):
        raise ValueError(f"{text} names a value twice")
    return name, values


def label(run: dict[str, Any]) -> str:
    """Name a run by what is set, for tables and folders: "seed=0,rate=0.001"."""
    words = ",".join(f"{name}={value}" for name, value in run.items()) or "as it is"
    return re.sub(r"[^\w=,.+ -]", "_", words)
