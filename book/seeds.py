"""The book's page of every figure over seeds: its command, its mean, its interval."""

from pathlib import Path

from course_utils.cli.sweep import table
from course_utils.store import sweeps

INTRODUCTION = """# Figures over seeds

One training is one draw of luck. So what the lessons say of several seeds comes from sweeps: runs
of a whole lesson, one a line of `data/results`. Here stands each of them with the command that
makes it again (what is there is not done again). A mean stands before its 95 % interval (Student's
t over the runs). Failed runs are named, never averaged away. All are trained with the sizes of the
`quick` profile, and judged on digits or texts that no training has seen. What a figure means, what
was chosen before, and on which part of the data, the lesson tells.
"""


def page(where: Path | None = None) -> str:
    """Return the page in Markdown, from the stored sweeps (in ``where``, or the course's own)."""
    parts = [INTRODUCTION]
    stored = {name: sweeps.rows(name, where=where) for name in sweeps.stored(where)}
    for name, rows in sorted(stored.items(), key=lambda item: _lesson(item[1])):
        kept = [row | {"claims": []} for row in rows]  # claims have a page of their own
        machines = sorted({row.get("machine", "") for row in rows} - {""})
        parts += [_heading(name, rows), "", f"`{command(name, rows)}`", ""]
        parts += ["```text", *table.lines(kept), "```", "", *machines, ""]
    return "\n".join(parts)


def _heading(name: str, rows: list[dict]) -> str:
    """Name the lesson, and the sweep in words, since a phone cannot break a file's name."""
    title = "its trainings" if name == rows[0]["lesson"] else name.replace("_", " ")
    return f"## Lesson {_lesson(rows)}: {title}"


def _lesson(rows: list[dict]) -> str:
    return rows[0]["lesson"].partition("_")[0]


def command(name: str, rows: list[dict]) -> str:
    """Return the command that makes a sweep's rows.

    >>> command("22_dcgan", [{"lesson": "22_dcgan", "parameters": {"seed": n}} for n in (0, 1, 2)])
    'course sweep 22 -p seed=0-2'
    """
    values: dict[str, list] = {}
    for row in rows:
        for parameter, value in row["parameters"].items():
            known = values.setdefault(parameter, [])
            if value not in known:
                known.append(value)
    words = ["course sweep", _lesson(rows)]
    if name != rows[0]["lesson"]:
        words.append(f"--name {name}")
    for parameter, found in values.items():
        if parameter != "profile":
            words.append(f"-p {_shell(parameter, found)}")
    return " ".join(words)


def _shell(parameter: str, found: list) -> str:
    if all(type(value) is int for value in found):
        found = sorted(found)
        if len(found) > 2 and found == list(range(found[0], found[-1] + 1)):
            return f"{parameter}={found[0]}-{found[-1]}"
    text = f"{parameter}=" + ",".join(map(str, found))
    return f'"{text}"' if " " in text else text
