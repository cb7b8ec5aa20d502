"""The Chinese reading path: of every lesson its promise, question, steps, recap and words.

What is written by hand stands in book/zh/<lesson>.toml; headings and words are checked against the
lesson, so that a page that has fallen behind is noticed (tests/book/test_chinese.py).
"""

import re
import tomllib
from pathlib import Path

from book import terms
from course_utils import notebooks as nb

FOLDER = Path(__file__).resolve().parent / "zh"
NOT_STEPS = ("The question", "Recap", "Glossary", "References", "What comes next")
INTRODUCTION = """# 中文导读

每一课用中文写出：学完能做什么、要回答的问题、各步的标题、要点和术语。推导、代码和数值请看英文原页。
术语表见[全部术语](../terms.md)。
"""


def load(folder=FOLDER):
    """Return {lesson id: {title, promise, question, steps, recap}}."""
    files = sorted(folder.glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text("utf8")) for path in files}


def headings(notebook):
    """Return the titles of a lesson's steps: every heading that is not the same in all lessons."""
    texts = [nb.source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    found = [title.strip() for text in texts for title in re.findall(r"^## (.+)$", text, re.M)]
    return [title for title in found if title not in NOT_STEPS]


def recap(notebook):
    """Return the points of a lesson's recap, in order."""
    for cell in notebook["cells"]:
        found = re.search(r"^## Recap\n(.*?)(?=^## |\Z)", nb.source(cell), re.M | re.S)
        if found and cell["cell_type"] == "markdown":
            return re.findall(r"^(?:-|\d+\.) (.+)$", found.group(1), re.M)
    return []


def page(entry, place, notebook):
    """Return one lesson's page as MyST Markdown. place: of the lesson's page in the book."""
    lines = [f"# {entry['title']}", "", f"**学完之后：** {entry['promise']}", ""]
    lines += [f"[英文原页](/lessons/{place})", "", "## 问题", "", entry["question"].strip(), ""]
    lines += ["## 步骤", ""]
    titles = headings(notebook)
    lines += [f"{n}. {entry['steps'][title]}" for n, title in enumerate(titles, start=1)]
    lines += ["", "## 要点", "", *(f"- {point}" for point in entry["recap"]), ""]
    lines += ["## 术语", "", "| 中文 | English |", "|---|---|"]
    lines += [f"| {chinese} | {english} |" for english, chinese, _ in terms.rows(notebook)]
    return "\n".join(lines) + "\n"


def write(target, lessons, read):
    """Write the pages that exist of these lessons, and the page that leads to them."""
    known = load()
    own = [(path, place) for path, place, _course in lessons if place.split("/")[-1] in known]
    if not own:
        return
    target.mkdir(parents=True, exist_ok=True)
    (target / "index.md").write_text(INTRODUCTION, encoding="utf-8")
    for path, place in own:
        file = target / f"{place}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page(known[place.split("/")[-1]], place, read(path)), encoding="utf-8")
