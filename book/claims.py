"""The page Claims: every claim that the lessons measure, with its number and its verdict.

The claims are read from the cards in the notebooks' stored outputs, so the page says what the
lessons say.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from course_utils import notebooks as nb

INTRODUCTION = """# Claims

{count} claims, made by the articles or by the course itself and measured in its lessons. A claim is
turned into one number with a baseline, and that number is measured n times, over seeds, folds or
examples, which gives its interval (95 % where nothing else is said). Where a rule stands, it was
fixed before the experiment and gave the verdict; a null result such as "not shown" is kept like any
other. Where no verdict stands, a quantity was measured and no question asked.
"""
HEADING = "| lesson | claim | measured | n | baseline | verdict | rule |\n" + "|---" * 7 + "|"
ANSWER = re.compile(
    r"→ Answer: (?P<verdict>[a-z ]+)\. The question was: (?P<statement>.+)\n"
    r" *[^:]+: (?P<value>[^\[]+) \[(?P<interval>[^\]]+)\] \((?P<n>.+)\)"
    r"(?:; ours .+, baseline (?P<baseline>.+))?\.\n *Rule: (?P<rule>.+)"
)
RECORD = re.compile(r"Measured: (?P<statement>.+)\n *(?P<number>.+)")
SPECIAL = re.compile(r"[\\`*_{}\[\]<>$|~#]")  # what Markdown would read as a sign


@dataclass(frozen=True)
class Claim:
    """What a card says, as it says it; "" where it says nothing."""

    statement: str
    value: str
    interval: str = ""
    n: str = ""
    baseline: str = ""
    verdict: str = ""
    rule: str = ""


def read_card(text: str) -> Claim | None:
    """Return the claim on a card's text, None where the text is no card of a claim.

    The text is that of ``claim.decide`` or of ``lesson.record``. Raises ValueError if a text begins
    like such a card and goes on in another way.
    """
    if not text.startswith(("Measured: ", "→ Answer: ")):
        return None
    answer, record = ANSWER.match(text), RECORD.match(text)
    if answer:
        return Claim(**{name: part or "" for name, part in answer.groupdict().items()})
    if not record:
        raise ValueError(f"a card of a claim that book/claims.py cannot read: {text!r}")
    value, *others = re.split(r" {3,}", record["number"].strip())

    def starting(with_: str) -> str:
        return next((part.removeprefix(with_) for part in others if part.startswith(with_)), "")

    return Claim(
        statement=record["statement"],
        value=value,
        interval=starting("[").rstrip("]"),
        n=starting("n = "),
        baseline=starting("baseline "),
    )


def of_notebook(path: Path) -> list[Claim]:
    """Return the claims that a notebook's stored outputs show, in order."""
    texts = [
        nb.text_of(output.get("data", {}).get("text/plain", ""))
        for cell in nb.code_cells(nb.read(path))
        for output in cell.get("outputs", [])
    ]
    return [claim for claim in map(read_card, texts) if claim]


def page(lessons: list[tuple[Path, str, dict]], parts: list[dict]) -> str:
    """Return the page as MyST Markdown.

    lessons: as build.find_lessons gives them; parts: those of the plan, book/map.toml.
    """
    count, blocks = 0, []
    for part in parts:
        rows = []
        for path, place, course in lessons:
            if place.split("/")[0] == part["folder"]:
                found = of_notebook(path)
                rows += [row(claim, place, course["number"]) for claim in found]
        if rows:
            title = f"## {part['folder'][0]} · {part['title']}"
            blocks += [title, "", HEADING, *rows, ""]
            count += len(rows)
    return "\n".join([INTRODUCTION.format(count=count), *blocks])


def row(claim: Claim, place: str, number: str) -> str:
    """Return a claim as a row of the table."""
    measured = f"{claim.value} [{claim.interval}]" if claim.interval else claim.value
    words = [claim.statement, measured, claim.n, claim.baseline, claim.verdict, claim.rule]
    cells = [f"[{number}](lessons/{place})", *map(escaped, words)]
    return f"| {' | '.join(cells)} |"


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return SPECIAL.sub(r"\\\g<0>", text)
