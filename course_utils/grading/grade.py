"""Grade a folder of hand-ins: every answer judged again, what was done before is not done twice."""

from __future__ import annotations

import ast
import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from course_utils.grading import hand_in, remarks
from course_utils.grading.answers import Answer, answers
from course_utils.grading.hand_in import HandIn, NoHandIn
from course_utils.grading.worker import Grade, judged
from course_utils.machine import versions
from course_utils.store.atomic import write_atomically

RESULTS = "results.json"


@dataclass(frozen=True)
class Row:
    """One exercise of one student, as all pages show it."""

    student: str
    lesson: str
    grade: Grade
    source: str = ""
    progress: dict[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """One answer that waits to be judged, or was."""

    of: HandIn
    answer: Answer
    others: list[str]

    @property
    def key(self) -> str:
        """What a grade depends on: the answer, what it leans on, and the version of the course."""
        facts = [self.answer.name, self.answer.source, self.answer.context, versions()]
        return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


def collect(folder: Path) -> tuple[list[Work], list[str]]:
    """Read a folder's hand-ins -> (answers to judge, a line for each file that is none).

    Of one lesson handed in twice by one student the later file counts. Raises ValueError where the
    folder holds nothing.
    """
    newest: dict[tuple[str, str], HandIn] = {}
    complaints = []
    for path in sorted(hand_in.found(folder), key=lambda path: path.stat().st_mtime):
        try:
            one = hand_in.read(path, folder)
        except NoHandIn as error:
            complaints.append(f"{path.relative_to(folder)}: {error}")
            continue
        former = newest.get((one.student, one.lesson))
        if former is not None:
            names = f"{former.path.name} is older than {one.path.name}"
            complaints.append(f"{one.student}, {one.lesson}: {names}, and does not count")
        newest[one.student, one.lesson] = one
    works = []
    for _key, one in sorted(newest.items()):
        found = answers(one.cells)
        if not found:
            complaints.append(f"{one.path.relative_to(folder)}: it holds no exercise")
        works += [Work(one, answer, [other.name for other in found]) for answer in found]
    if not works and not complaints:
        raise ValueError(f"{folder} holds no hand-ins (*.json) and no notebooks (*.ipynb)")
    return works, complaints


def grade(works: list[Work], folder: Path, out: Path, *, jobs: int = 1) -> Iterator[Row]:
    """Judge all answers, ``jobs`` at a time, and keep each grade at once in ``out``/results.json.

    A second call goes on where the first was stopped, and judges only what has changed.
    """
    kept = _kept(out)
    left = [work for work in works if work.key not in kept]
    unlike = list({work.key: work for work in left}.values())
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        waiting = [(work, pool.submit(_one, work, folder)) for work in unlike]
        done = {work.key: job for work, job in waiting}
        for work in works:
            if work.key in done:
                kept[work.key] = done[work.key].result().as_dict()
                _keep(out, kept)
            found = Grade(**kept[work.key])
            progress = work.of.progress.get(work.answer.name, {})
            seen = tuple(remarks.of_answer(work.answer, found, progress))
            source = work.answer.source
            yield Row(work.of.student, work.of.lesson, found, source, progress, seen)


def _one(work: Work, folder: Path) -> Grade:
    if _untouched(work.answer.source):
        return Grade(work.answer.name, "not attempted")
    return judged(work.answer, work.others, folder)


def _untouched(source: str) -> bool:
    """Whether a function is the stub of the lesson: a docstring and dots."""
    if not source:
        return False
    (function,) = ast.parse(source).body
    return all(
        isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
        for line in function.body
    )


def with_copies(rows: list[Row]) -> list[Row]:
    """Add to each row a remark where another student's answer is the same but for names."""
    twins = remarks.twins([(row.student, row.grade.exercise, row.source) for row in rows])
    return [
        replace(row, remarks=(*row.remarks, f"the same as {', '.join(others)}, names aside"))
        if (others := twins.get((row.student, row.grade.exercise)))
        else row
        for row in rows
    ]


def _kept(out: Path) -> dict[str, Any]:
    try:
        kept = json.loads((out / RESULTS).read_text("utf8"))
        return kept if all("exercise" in grade for grade in kept.values()) else {}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError):
        os.replace(out / RESULTS, (out / RESULTS).with_suffix(".damaged"))
        return {}


def _keep(out: Path, kept: dict[str, Any]) -> None:
    write_atomically(out / RESULTS, json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
