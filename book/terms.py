"""The page of all terms: every glossary in one list, English and 中文, with its lessons."""

import re
from collections import defaultdict

from course_utils import notebooks as nb

INTRODUCTION = """# All terms 全部术语

Every word that a lesson's glossary explains, in alphabetical order: English, 中文, in a word, and
the lessons that explain it. (The [glossary](glossary.md) gives the first of them whole sentences.)

"""
GLOSSARY = re.compile(r"^## Glossary\n(.*?)(?=^## |\Z)", re.M | re.S)


def rows(notebook):
    """Yield (English, 中文, meaning) of a lesson's glossary."""
    for cell in notebook["cells"]:
        found = GLOSSARY.search(nb.source(cell)) if cell["cell_type"] == "markdown" else None
        lines = re.findall(r"^\|(.+)\|\s*$", found.group(1), re.M) if found else []
        for line in lines[2:]:  # below the head and its rule
            cells = [part.strip() for part in re.split(r"(?<!\\)\|", line)]
            if len(cells) == 3:
                yield tuple(cells)


def page(lessons, read):
    """Return the page as MyST Markdown. lessons: as build.find_lessons gives them."""
    found = defaultdict(list)
    for path, place, course in lessons:
        for english, chinese, meaning in rows(read(path)):
            found[english.lower()].append((english, chinese, meaning, place, course["number"]))
    lines = ["| English | 中文 | in a word | lessons |", "|---|---|---|---|"]
    for key in sorted(found, key=lambda word: re.sub(r"[^\w ]", "", word)):
        entries = found[key]
        links = ", ".join(f"[{number}](lessons/{place})" for *_words, place, number in entries)
        chinese = " / ".join(dict.fromkeys(entry[1] for entry in entries))
        english, _, meaning = entries[0][:3]
        lines.append(f"| {english} | {chinese} | {meaning} | {links} |")
    return INTRODUCTION + "\n".join(lines) + "\n"
