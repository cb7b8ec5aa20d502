"""The page on how the numbers were made: one run, several seeds, verdicts, stored weights."""

from collections import defaultdict
from pathlib import Path

from course_utils import notebooks as nb
from course_utils.machine import repo_root
from course_utils.store import sweeps

TEXT = """# How the numbers were made

A number of this course comes from one of four places. What stands in a sentence is what a cell
prints.

## One run of a lesson

What a cell prints or draws on a lesson's page comes from one run of that lesson from top to
bottom, with seed 0 and the sizes of the `quick` profile: `course refresh 21` makes it and stores
it. The hash of the code is kept beside it. `make test` runs every lesson again and compares.
Cells whose result must be the same on every machine are compared everywhere; on a machine like
the one that stored the lesson every cell is, pictures byte for byte, except those that show the
clock.

Another machine may round differently and train to slightly different numbers. These are the
machines:

{machines}

## Several seeds

One training is one draw of luck. What a lesson says of several seeds comes from a sweep, the
whole lesson run again with other seeds or settings: [Figures over seeds](seeds) shows all of
them, with their commands. A row belongs to the code that made it. The last column counts the rows
that were made by just the code that the lesson has today; the others were made for a choice that
the lesson reports, or before its code was last changed.

{sweeps}

## Verdicts

A question is asked before its experiment, with its whole rule: what is measured, which way is
better, by how much it must differ, over how many seeds. The rule gives the answer, *yes*, *no*,
*no difference* or *not shown*; nobody types it. [Claims](claims) lists them all. What is chosen
(a rate, a width, a moment to stop) is chosen on a validation part of the data, what is reported
is measured on another.

## Trained before

{weights} The rows of [the one-minute challenge](challenge) are five trainings each, by one
command.
"""


def page(lessons, read, where: Path | None = None) -> str:
    """Return the page as MyST Markdown. lessons: as build.find_lessons gives them."""
    places = {place.split("/")[1]: (place, course) for _path, place, course in lessons}
    hashes = {place.split("/")[1]: nb.code_hash(read(path)) for path, place, _ in lessons}
    text = {
        "machines": machines(lessons),
        "sweeps": table_of_sweeps(places, hashes, where),
        "weights": weights(),
    }
    return TEXT.format(**text)


def machines(lessons) -> str:
    """Return a table of the machines, each with the lessons stored there."""
    found = defaultdict(list)
    for _path, place, course in lessons:
        link = f"[{course['number']}](lessons/{place})"
        found[course.get("machine", "unknown")].append(link)
    if len(found) == 1 and len(lessons) > 1:
        found = {name: ["all"] for name in found}
    rows = [f"| {name} | {', '.join(links)} |" for name, links in found.items()]
    return "\n".join(["| machine | lessons |", "|---|---|", *rows])


def table_of_sweeps(places, hashes, where=None) -> str:
    """Return a table of the stored sweeps: lesson, runs, and how many by its present code."""
    lines = ["| sweep | lesson | runs | by today's code |", "|---|---|---|---|"]
    for name in sweeps.stored(where):
        rows = sweeps.rows(name, where=where)
        lesson = rows[0]["lesson"]
        place, course = places.get(lesson, ("", {}))
        link = f"[{course['number']}](lessons/{place})" if place else lesson.partition("_")[0]
        today = sum(row.get("code_hash") == hashes[lesson] for row in rows) if place else "–"
        lines.append(f"| {name.replace('_', ' ')} | {link} | {len(rows)} | {today} |")
    return "\n".join(lines)


def weights() -> str:
    """Say which trained weights are stored."""
    names = sorted(path.stem for path in (repo_root() / "data" / "weights").glob("*.safetensors"))
    listed = ", ".join(f"`{name}`" for name in names)
    return (
        f"Small weights, trained by a lesson, lie in `data/weights`: {listed}. Beside each stands "
        "a file that says by which run, on which data, and with which result."
    )
