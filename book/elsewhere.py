"""The page on lessons in a browser: Colab and Binder, and what each lesson needs there."""

import re

from course_utils.cli.address import NOT_SET, Address
from course_utils.cli.needs import needs

BINDER_MB = 2048  # what mybinder.org gives
JUPYTERLAB_MB = 250  # kept for JupyterLab, which holds some 100 MB when it has started

INTRODUCTION = """# In a browser, without an installation

Two public services run a lesson for you. **Colab** has PyTorch already; a copy of the lesson opens
whose first cell fetches the course and installs what the lesson needs and Colab lacks. Run that
cell first. **Binder** builds the whole course in a container and opens the lesson in JupyterLab;
the first start takes minutes. Both forget your work when you close them: download the notebook.

What a lesson needs is computed from its imports. Memory was measured where the lesson was stored.
"""


def links(here: Address, place: str) -> str:
    """Return a lesson's two links in Markdown. place: "2_gan/21_gan"."""
    return f"[Open in Colab]({here.colab(place)}) · [Open in Binder]({here.binder(place)})"


def below_title(source: str, here: Address, place: str) -> str:
    """Return the text of a lesson's first cell with its two links below the title."""
    line = f"\n\n{{.elsewhere}}\n{links(here, place)}"
    return re.sub(r"^# .*$", lambda title: title.group() + line, source, count=1, flags=re.M)


def page(lessons, read, here: Address | None) -> str:
    """Return the page as MyST Markdown. lessons: as build.find_lessons gives them."""
    wanted = {place: names(needs(read(path))) for path, place, _course in lessons}
    common = set.intersection(*map(set, wanted.values())) if wanted else set()
    rows = ["| lesson | memory | needs besides | |", "|---|---|---|---|"]
    for _path, place, course in lessons:
        besides = ", ".join(name for name in wanted[place] if name not in common) or "nothing"
        memory = f"{course['memory_mb']:,} MB" if course.get("memory_mb") else "–"
        title = f"[{course['number']} · {course['title']}](lessons/{place})"
        rows.append(f"| {title} | {memory} | {besides} | {links(here, place) if here else ''} |")
    every = ", ".join(sorted(common))
    parts = [INTRODUCTION, "" if here else NOT_SET + ".", room(lessons)]
    parts += [f"Every lesson needs {every}.", "\n".join(rows)]
    return "\n\n".join(part for part in parts if part) + "\n"


def names(wanted) -> list[str]:
    """Return the packages of a lesson without their versions, those that carry data last."""
    return [pin.split("==")[0] for pin in (*wanted.packages, *wanted.data)]


def room(lessons) -> str:
    """Say which lessons do not fit into Binder beside JupyterLab."""
    most = BINDER_MB - JUPYTERLAB_MB
    large = [c["number"] for _path, _place, c in lessons if c.get("memory_mb", 0) > most]
    limit = f"Binder gives {BINDER_MB:,} MB, of which {JUPYTERLAB_MB} are kept for JupyterLab"
    if not large:
        return f"{limit}: every lesson fits."
    return f"{limit}: too large for it are {', '.join(large)}."
