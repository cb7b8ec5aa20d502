"""What an instructor should look at: not proofs, but lines worth a glance."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from course_utils.grading.answers import Answer, same_thing
from course_utils.grading.worker import Grade

ALIKE = 16  # nodes of syntax from which on two equal answers say something; short ones often are
KEY = re.compile(r"course_utils\.(checks|exercises)|\bsolution\s*\(|\breference\b")
CHECKER = re.compile(r"\b(sys\.modules|gc\.|ctypes|_getframe|setattr\s*\(|__globals__|__closure__)")


def of_answer(answer: Answer, grade: Grade, progress: dict[str, Any]) -> Iterator[str]:
    """Yield a sentence for each thing about one answer that is worth a glance."""
    code = "\n".join([answer.source, *answer.context])
    if KEY.search(answer.source):
        yield "it calls the course's own solution or checks"
    if CHECKER.search(code):
        yield "it reaches into Python's machinery"
    said = progress.get("state")
    if said == "right" and grade.state != "right" and progress.get("answer"):
        yield "its progress says right, the judge says otherwise"
    if progress.get("solution") and grade.state == "right":
        yield "the solution was opened"


def twins(answers: list[tuple[str, str, str]]) -> dict[tuple[str, str], list[str]]:
    """Return for (student, exercise) the other students whose answer is the same, names aside.

    answers: (student, exercise, source). Only answers of some length count.
    """
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for student, exercise, source in answers:
        if _size(source) >= ALIKE:
            groups[exercise, same_thing(source)].append(student)
    return {
        (student, exercise): [other for other in students if other != student]
        for (exercise, _form), students in groups.items()
        for student in students
        if len(set(students)) > 1
    }


def _size(source: str) -> int:
    """Count the nodes of the code below the docstring; 0 where there is none."""
    try:
        (function,) = ast.parse(source).body
    except (SyntaxError, ValueError):
        return 0
    lines = [node for node in function.body if not _is_text(node)]
    nodes = [node for line in lines for node in ast.walk(line)]
    return sum(not isinstance(node, ast.expr_context) for node in nodes)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
