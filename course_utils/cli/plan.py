"""``course plan``: a timed plan for a class from any lessons, as Markdown to be edited."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated

import typer

from course_utils import notebooks as nb
from course_utils.cli import options

BREAK, SITTING = 10, 80  # minutes of a break; how long people sit before one
WORDS, CELL = 130, 0.7  # words of a text a minute, read and talked about; minutes a code cell takes
LEAST = 3  # minutes of a section
AFTER_CLASS = ("Glossary", "References", "What comes next")
ALWAYS = ("The question", "Recap")

Minutes = Annotated[int, typer.Option(min=20, help="How long the class lasts, breaks included.")]
Parts = Annotated[
    str | None, typer.Option(metavar="NAME,NAME", help="All lessons of these parts: gan,vae.")
]


@dataclass(frozen=True)
class Section:
    """A section of a lesson: its cells, and what it asks of a class."""

    lesson: str  # its number
    title: str
    first: int
    last: int  # cells, counted from 1 as `course run` shows them
    minutes: float
    exercises: dict[str, int] = field(default_factory=dict)  # name: minutes
    weight: int = 0  # how early it is taken in


def plan(lessons: options.Names = None, minutes: Minutes = 180, parts: Parts = None) -> None:
    """Plan a class: what fits into the time, with breaks, and what is left for home.

    Sections are taken in the order of their weight (question and recap, central exercises, other
    exercises, bugs, pictures) until the time is full, and shown in the order of the lessons.
    """
    with options.refusing("plan"):
        chosen = _chosen(lessons, parts)
        sections = [section for lesson in chosen for section in sections_of(lesson)]
        kept = fitting(sections, minutes)
    typer.echo(page(chosen, sections, kept, minutes), nl=False)


def _chosen(names: list[str] | None, parts: str | None) -> list[nb.Lesson]:
    known = options.lessons("plan", None)
    if bool(names) == bool(parts):
        raise ValueError("name lessons (course plan 21 22) or parts (--parts gan), one of the two")
    if not parts:
        return nb.find(names or [], known)
    by_part: dict[str, list[nb.Lesson]] = {}
    for lesson in known:
        folder = lesson.path.parent.name.partition("_")[2]
        if not lesson.title.startswith("Laboratory"):
            by_part.setdefault(folder, []).append(lesson)
    wanted = [part.strip() for part in parts.split(",")]
    for part in wanted:
        if part not in by_part:
            raise ValueError(f"no part {part!r}; there are: {', '.join(by_part)}")
    return [lesson for part in wanted for lesson in by_part[part]]


def sections_of(lesson: nb.Lesson) -> list[Section]:
    """Cut a lesson at its headings; minutes are shared out so that they sum to the lesson's."""
    notebook = nb.read(lesson.path)
    central = re.findall(r"\bfor function in \(([^)]*)\)", "\n".join(_sources(notebook)))
    central_names = set(re.findall(r"\w+", " ".join(central)))
    found = [_section(lesson, part, central_names) for part in _cut(notebook)]
    found = [section for section in found if section.title not in AFTER_CLASS]
    own = sum(sum(section.exercises.values()) for section in found)
    rest = sum(section.minutes for section in found) - own
    wanted = lesson.course.get("minutes") or sum(section.minutes for section in found)
    scale = max(0.3, (wanted - own) / max(rest, 1e-9))
    return [_scaled(section, scale) for section in found]


def _sources(notebook: dict) -> list[str]:
    return [nb.source(cell) for cell in notebook["cells"]]


def _cut(notebook: dict) -> list[list[tuple[int, str, str]]]:
    """Lists of (number, kind, source): the cells of each section, its heading first.

    A cell with several headings is in several sections, with its text shared out among them.
    """
    parts: list[list[tuple[int, str, str]]] = []
    for number, cell in enumerate(notebook["cells"], start=1):
        kind, text = cell["cell_type"], nb.source(cell)
        for piece in re.split(r"^(?=## )", text, flags=re.M) if kind == "markdown" else [text]:
            if kind == "markdown" and piece.startswith("## "):
                parts.append([])
            if parts and piece.strip():
                parts[-1].append((number, kind, piece))
    return parts


def _section(lesson: nb.Lesson, cells: list[tuple[int, str, str]], central: set[str]) -> Section:
    texts = [text for _number, kind, text in cells if kind == "markdown"]
    title = re.search(r"^## (.*)", texts[0], re.M).group(1)
    words = len(" ".join(texts).split())
    code = len(cells) - len(texts)
    asked = re.findall(r"`(\w+)`\*\*[^`]*?(\d+) minutes", "\n".join(texts))
    exercises = {name: int(minutes) for name, minutes in asked}
    minutes = words / WORDS + CELL * code + sum(exercises.values())
    weight = _weight(title, texts, exercises, central)
    return Section(lesson.number, title, cells[0][0], cells[-1][0], minutes, exercises, weight)


def _weight(title: str, texts: list[str], exercises: dict[str, int], central: set[str]) -> int:
    if title in ALWAYS:
        return 5
    if central & set(exercises):
        return 4
    if exercises:
        return 3
    if title.startswith("Find the bug"):
        return 2
    return int("picture to remember" in " ".join(texts))


def _scaled(section: Section, scale: float) -> Section:
    own = sum(section.exercises.values())
    minutes = max(LEAST, round(own + scale * (section.minutes - own)))
    return Section(**{**vars(section), "minutes": minutes})


def fitting(sections: list[Section], minutes: int) -> list[Section]:
    """Return the sections that fit into the time, breaks included, in the order of the lessons.

    Raises ValueError where not even the questions and recaps do.
    """
    ranked = sorted(sections, key=lambda section: -section.weight)
    kept: list[Section] = []
    for section in ranked:
        trial = sum(one.minutes for one in [*kept, section])
        if trial + BREAK * _breaks(trial) <= minutes:
            kept.append(section)
        elif section.weight == 5:
            raise ValueError(f"{minutes} minutes are too few for these lessons: name fewer of them")
    return [section for section in sections if section in kept]


def _breaks(minutes: float) -> int:
    return int((minutes - 1) // SITTING)


def page(chosen: list[nb.Lesson], sections: list[Section], kept: list[Section], time: int) -> str:
    """Return the plan as Markdown."""
    titles = ", ".join(f"{lesson.number} {lesson.title}" for lesson in chosen)
    seconds = sum(lesson.course.get("seconds") or 0 for lesson in chosen)
    memory = max((lesson.course.get("memory_mb") or 0 for lesson in chosen), default=0)
    lines = [f"# {time} minutes: {titles}", ""]
    run = f"course run {' '.join(lesson.number for lesson in chosen)}"
    lines += [
        f"Before: `{run}` on a machine like theirs ({seconds} s, {memory:,} MB), and have them"
    ]
    lines += ["open the lessons and *Run All* while you begin to talk.", ""]
    lines += ["| from | min | lesson | cells | what | exercises |", "|---|---|---|---|---|---|"]
    clock = sat = 0
    for section in kept:
        if sat and sat + section.minutes > SITTING:
            lines.append(f"| {_clock(clock)} | {BREAK} | | | break | |")
            clock, sat = clock + BREAK, 0
        lines.append(_line(section, clock))
        clock, sat = clock + section.minutes, sat + section.minutes
    lines += [f"| {_clock(clock)} | | | | end | |", ""]
    home = [section for section in sections if section not in kept]
    if home:
        lines += ["## For home", "", "| min | lesson | cells | what | exercises |"]
        lines += ["|---|---|---|---|---|"]
        lines += ["|" + _line(section, 0).split("|", 2)[2] for section in home]
        lines.append("")
    return "\n".join(lines)


def _clock(minutes: float) -> str:
    return f"{int(minutes) // 60}:{int(minutes) % 60:02}"


def _line(section: Section, clock: float) -> str:
    cells = f"{section.first}-{section.last}" if section.last > section.first else section.first
    asked = ", ".join(f"`{name}` ({minutes})" for name, minutes in section.exercises.items())
    first = f"| {_clock(clock)} | {section.minutes} | {section.lesson} | {cells} "
    return f"{first}| {section.title} | {asked} |"
