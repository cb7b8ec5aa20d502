"""Slides of a lesson: its question, derivations, pictures and exercises, for a projector.

    python book/slides.py 21        what `course slides 21` does: build/slides/21_gan/index.html

Everything comes from the stored lesson; nothing is executed, and the page needs no network. Each
section is a column of slides. A slide holds one display formula with the sentence before it, one
picture with its alt text, or one exercise: its head and what it returns, without the solution.
"""

import argparse
import ast
import base64
import re
import shutil
import subprocess
import sys
from pathlib import Path

from course_utils import notebooks as nb

BOOK = Path(__file__).resolve().parent
ROOT = BOOK.parent
sys.path.insert(0, str(ROOT))  # a script sees its own folder only

from book.build import copy_mathjax  # noqa: E402

CONF = """
project = {title!r}
extensions = ["myst_nb", "sphinx.ext.mathjax", "sphinx_revealjs"]
myst_enable_extensions = ["amsmath", "dollarmath"]
nb_execution_mode = "off"
html_static_path = ["_static"]
mathjax_path = "mathjax/tex-svg.js"
mathjax3_config = {{"svg": {{"fontCache": "global"}}}}
revealjs_style_theme = "white"
revealjs_static_path = ["_static"]
revealjs_css_files = ["slides.css"]
revealjs_script_conf = {{"hash": True, "slideNumber": True, "transition": "none"}}
"""
CSS = """.reveal { font-size: 32px; font-family: system-ui, sans-serif; }
.reveal h1, .reveal h2, .reveal h3 { font-family: inherit; text-transform: none; }
.reveal h1 { font-size: 1.7em; } .reveal h2 { font-size: 1.3em; } .reveal h3 { font-size: 1em; }
.reveal img { max-height: 440px; max-width: 100%; min-width: 65%; object-fit: contain; }
.reveal mjx-container[display="true"] > svg { max-width: 100%; height: auto; }
.reveal pre { font-size: 0.68em; width: 100%; box-shadow: none; }
.reveal pre, .reveal pre code { white-space: pre-wrap; max-height: 480px; }
.reveal p, .reveal li { line-height: 1.35; }
"""
LEFT_OUT = ("References", "What comes next", "Glossary")
MOST_WORDS = 60  # of the text on a section's first slide


def markdown(notebook, title, pictures):
    """Return the slides as MyST Markdown; pictures are written into the folder ``pictures``."""
    course = notebook["metadata"].get("course", {})
    blocks = [f"# {title}", course.get("promise", "")]
    section = ""
    for number, cell in enumerate(notebook["cells"]):
        source = nb.source(cell)
        if cell["cell_type"] == "markdown":
            for piece in re.split(r"^(?=## )", source, flags=re.M):
                section = _heading(piece) or section
                if section and section not in LEFT_OUT:
                    blocks += _text(piece)
        elif section and section not in LEFT_OUT:
            blocks += _exercise(source)
            blocks += _pictures(cell, number, pictures)
    return "\n\n".join(block for block in blocks if block) + "\n"


def _heading(piece):
    found = re.match(r"## (.+)", piece)
    return found.group(1).strip() if found else ""


def _text(piece):
    """The slides of a piece of text: a section's head with its first words, then its formulas."""
    blocks = []
    title = _heading(piece)
    body = re.sub(r"^## .+\n", "", piece)
    if title:
        blocks += [f"## {title}", _first_words(body)]
    parts = re.split(r"(\$\$.+?\$\$)", body, flags=re.S)
    for before, formula in zip(parts[::2], parts[1::2], strict=False):
        blocks += [f"### {_last_sentence(before) or '…'}", formula]
    return blocks


def _plain(text):
    """Text without links' addresses, exercises' calls and quotation marks of boxes."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)
    text = re.sub(r"\*\*Your turn.*", "", text)
    return re.sub(r"^> ?", "", text, flags=re.M).strip()


def _first_words(body):
    """Whole paragraphs and lists from the start, as many as a slide holds; formulas apart."""
    kept, words = [], 0
    for paragraph in re.split(r"\n\s*\n", _plain(re.sub(r"\$\$.+?\$\$", "", body, flags=re.S))):
        words += len(paragraph.split())
        if words > MOST_WORDS or paragraph.lstrip().startswith(("```", "|", "    ")):
            break
        kept.append(paragraph)
    return "\n\n".join(kept)


def _last_sentence(before):
    """The sentence that leads to a formula, in one line."""
    paragraphs = [p for p in re.split(r"\n\s*\n", _plain(before)) if p.strip()]
    if not paragraphs or paragraphs[-1].lstrip().startswith(("#", "|", "-", "```")):
        return ""
    line = " ".join(paragraphs[-1].split())
    return re.split(r"(?<=[.?!:]) (?=[A-Z$*])", line)[-1][:160]


def _exercise(source):
    """The slide of an exercise: its head and docstring, dots for the body."""
    blocks = []
    for name in nb.exercise_names({"cells": [{"cell_type": "code", "source": source}]}):
        (function,) = (
            node
            for node in ast.parse(source).body
            if isinstance(node, ast.FunctionDef) and node.name == name
        )
        lines = source.splitlines()[function.lineno - 1 : function.end_lineno]
        blocks += [f"### Your turn: `{name}`", "```python\n" + "\n".join(lines) + "\n```"]
    return blocks


def _pictures(cell, number, folder):
    """The slides of a cell's pictures, captioned by their alt texts."""
    blocks = []
    for k, output in enumerate(cell.get("outputs", [])):
        png = output.get("data", {}).get("image/png")
        if png is None:
            continue
        name = f"cell_{number}_{k}.png"
        (folder / name).write_bytes(base64.b64decode(nb.text_of(png)))
        alt = nb.text_of(output["data"].get("text/plain", "")).strip()
        blocks += [f"### {alt.partition('.')[0]}", f"![{_quoted(alt)}](pictures/{name})"]
    return blocks


def _quoted(text):
    return re.sub(r"([\[\]])", r"\\\1", text.replace("\n", " "))


def build(lesson, out):
    """Build one lesson's slides into the folder ``out``; returns the path of the page."""
    source = out.with_name(f"{out.name}_src")
    shutil.rmtree(source, ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    (source / "pictures").mkdir(parents=True)
    (source / "_static").mkdir()
    title = f"{lesson.number} · {lesson.title}"
    text = markdown(nb.read(lesson.path), title, source / "pictures")
    (source / "index.md").write_text(text, encoding="utf-8")
    (source / "conf.py").write_text(CONF.format(title=title), encoding="utf-8")
    (source / "_static" / "slides.css").write_text(CSS, encoding="utf-8")
    copy_mathjax(source / "_static")
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "revealjs", str(source), str(out)]
    if subprocess.run(command).returncode or not (out / "index.html").exists():
        raise SystemExit("The slides were not built; Sphinx's own words are above.")
    shutil.rmtree(source)
    return out / "index.html"


def main(argv=None):
    parser = argparse.ArgumentParser(description="Build the slides of lessons.")
    parser.add_argument("lessons", nargs="+", help="numbers, ids or paths")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "slides")
    options = parser.parse_args(argv)
    try:
        chosen = nb.find(options.lessons, nb.lessons(ROOT / "notebooks"))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for lesson in chosen:
        print(build(lesson, options.out / lesson.id))
    return 0


if __name__ == "__main__":
    sys.exit(main())
