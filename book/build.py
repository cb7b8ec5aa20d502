"""Build the book: gather pages and lessons under build/book_src, then run Sphinx into build/book.

    python book/build.py                      what `make book` does
    python book/build.py --strict             a warning counts as an error, as in the tests

A lesson is taken from build/executed where that run is newer than the committed notebook and ended
well, else from notebooks/, whose stored outputs come from a clean run too. Nothing is executed.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from importlib.metadata import files
from pathlib import Path

import nbformat

from course_utils import notebooks as nb
from course_utils.challenge import table
from course_utils.cli.address import address

BOOK = Path(__file__).resolve().parent
ROOT = BOOK.parent
sys.path.insert(0, str(ROOT))  # a script sees its own folder only

from book import (  # noqa: E402
    chinese,
    claims,
    elsewhere,
    errata,
    figures,
    folding,
    moving,
    provenance,
    seeds,
    terms,
)

# -- lessons ---------------------------------------------------------------------------------------


def find_lessons(notebooks, executed):
    """[(path of the notebook to show, its place 'part/name', metadata['course'])], in order."""
    runs = {path.name: path for path in executed.rglob("*.ipynb")} if executed.exists() else {}
    lessons = []
    for committed in sorted(notebooks.glob("*/*.ipynb")):
        run = runs.get(committed.name)
        fresh = run is not None and run.stat().st_mtime >= committed.stat().st_mtime
        path = run if fresh and ended_well(run) else committed
        course = read_notebook(committed).metadata.get("course", {})
        number, _, name = committed.stem.partition("_")
        course = {"title": name.replace("_", " ").capitalize(), **course, "number": number}
        lessons.append((path, f"{committed.parent.name}/{committed.stem}", course))
    return lessons


def read_notebook(path):
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise SystemExit(f"{path} is not a readable notebook: {error}") from error


def ended_well(path):
    """Whether a run went to its end: every code cell executed, no error among the outputs."""
    return not list(nb.run_faults(read_notebook(path)))


def prepare(notebook, title, alt_texts, static):
    """Make a lesson fit for paper: no widget scripts, no injected cell, alt texts collected.

    Explorers with frames move; their pictures go to ``static``/frames. Cells that only draw are
    folded.
    """
    nb.remove_live_views(notebook)
    folding.fold(notebook)
    notebook.metadata.setdefault("language_info", {"name": "python", "pygments_lexer": "ipython3"})
    notebook.cells = [
        cell
        for cell in notebook.cells
        if "injected-parameters" not in cell.metadata.get("tags", [])
    ]
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            moving.replace(data, output.get("metadata", {}), static)
            if "image/png" in data:
                collect_alt_text(data, output.get("metadata", {}), alt_texts)
    first = notebook.cells[0].source if notebook.cells else ""
    if not re.search(r"^# ", first, re.MULTILINE):
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(f"# {title}"))
    return notebook


def collect_alt_text(data, metadata, alt_texts):
    if alt := figures.words(data, metadata):
        png = base64.b64decode(data["image/png"])
        alt_texts[hashlib.sha256(png).hexdigest()] = alt


# -- generated pages -------------------------------------------------------------------------------


def course_map(lessons, plan):
    """The map page: every part, what exists (linked) and what is planned (plain)."""
    here = {course["number"]: (place, course) for _, place, course in lessons}
    n_planned = sum(len(part["lessons"]) for part in plan["parts"])
    lines = [
        "# Course map",
        "",
        f"{len(here)} of {max(n_planned, len(here))} lessons exist today. A lesson with a link "
        "runs from top to bottom on a laptop; a lesson in grey is planned and not yet written.",
        "",
    ]
    for part in plan["parts"]:
        ids = [str(lesson["id"]) for lesson in part["lessons"]]
        extra = sorted(
            id_
            for id_, (place, _) in here.items()
            if place[0] == part["folder"][0] and id_ not in ids
        )
        lines += [f"## {part['folder'][0]} · {part['title']}", "", part["about"], ""]
        for lesson in [*part["lessons"], *({"id": id_} for id_ in extra)]:
            lines += map_entry(lesson, here.get(str(lesson["id"])))
    return "\n".join(lines) + "\n"


def map_entry(lesson, existing):
    if existing is None:
        return [f"- [{lesson['id']} · {lesson['title']}.]{{.planned}} {lesson['line']}", ""]
    place, course = existing
    entry = [f"- **[{course['number']} · {course['title']}](lessons/{place})**"]
    costs = costs_of(course)
    if costs:
        entry.append(f"  [{costs}]{{.costs}}")
    promise = str(course.get("promise") or lesson.get("line", "")).strip()
    if promise:
        entry += ["", f"  {promise}"]
    able = [str(item).strip().rstrip(".") for item in course.get("able", [])]
    if able:
        entry += ["", "  You will be able to " + "; ".join(able) + "."]
    return [*entry, ""]


def costs_of(course):
    parts = []
    if course.get("minutes"):
        parts.append(f"{course['minutes']} min to work through")
    if course.get("seconds"):
        parts.append(f"{float(course['seconds']):.0f} s to run")
    if course.get("memory_mb"):
        parts.append(f"{float(course['memory_mb']) / 1000:.1f} GB of memory")
    return " · ".join(parts)


def table_of_contents(lessons, plan, with_answers):
    titles = {part["folder"]: f"{part['folder'][0]} · {part['title']}" for part in plan["parts"]}
    blocks = []
    for folder in sorted({place.split("/")[0] for _, place, _ in lessons}):
        caption = titles.get(folder, folder.replace("_", " "))
        entries = [
            f"{course['number']} {course['title']} <lessons/{place}>"
            for _, place, course in lessons
            if place.startswith(folder + "/")
        ]
        blocks.append(toctree(caption, entries))
    pages = ["course_map", "challenge", "claims", "seeds", "numbers", "errata", "figures"]
    pages += ["glossary", "terms", "exercises", "elsewhere", "instructors"]
    blocks.append(toctree("About the course", pages))
    known = chinese.load()
    own = [place for _, place, _ in lessons if place.split("/")[-1] in known]
    if own:
        blocks.append(toctree("中文", ["zh/index", *(f"zh/{place}" for place in own)]))
    if with_answers:
        keys = [f"{course['number']} <answers/{place}>" for _, place, course in lessons]
        blocks.append(toctree("Answer key", ["answers/index", *keys]))
    return "\n\n".join(blocks)


def toctree(caption, entries):
    return "\n".join(["```{toctree}", f":caption: {caption}", ":hidden:", "", *entries, "```"])


def fill_front_page(text, lessons, plan, has_picture, with_answers=False):
    text = text.replace("<!-- toc -->", table_of_contents(lessons, plan, with_answers))
    first = next((place for _, place, course in lessons if course["number"] == "00"), None)
    if first:
        text = text.replace("(start-here)", f"(lessons/{first})")
    else:
        text = re.sub(r"<!-- start -->.*?<!-- /start -->", "", text, flags=re.DOTALL)
    if not has_picture:
        text = re.sub(r"<!-- picture -->.*?<!-- /picture -->", "", text, flags=re.DOTALL)
    return text


# -- assembling and building -----------------------------------------------------------------------


def assemble(target, notebooks, executed, *, with_answers=False):
    """Write the whole source tree; returns how many lessons it holds."""
    plan = tomllib.loads((BOOK / "map.toml").read_text(encoding="utf-8"))
    lessons = find_lessons(notebooks, executed)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copytree(BOOK / "_static", target / "_static")
    shutil.copy(BOOK / "conf.py", target)
    for page in BOOK.glob("*.md"):
        shutil.copy(page, target)
    index = (target / "index.md").read_text(encoding="utf-8")
    has_picture = (BOOK / "_static" / "front.png").exists()
    write(target / "index.md", fill_front_page(index, lessons, plan, has_picture, with_answers))
    write(target / "course_map.md", course_map(lessons, plan))
    write(target / "claims.md", claims.page(lessons, plan["parts"]))
    write(target / "challenge.md", table.page())
    write(target / "seeds.md", seeds.page())
    write(target / "numbers.md", provenance.page(lessons, read_notebook))
    write(target / "errata.md", errata.page(lessons, errata.load()))
    write(target / "terms.md", terms.page(lessons, read_notebook))
    write(target / "figures.md", figures.page(lessons, read_notebook, target / "_static"))
    here = address()
    write(target / "elsewhere.md", elsewhere.page(lessons, read_notebook, here))
    chinese.write(target / "zh", lessons, read_notebook)
    if with_answers:
        write_answers(target / "answers", lessons)
    alt_texts = {}
    for path, place, course in lessons:
        page = target / "lessons" / f"{place}.ipynb"
        page.parent.mkdir(parents=True, exist_ok=True)
        title = f"{course['number']} · {course['title']}"
        lesson = prepare(read_notebook(path), title, alt_texts, target / "_static")
        if here:
            lesson.cells[0].source = elsewhere.below_title(lesson.cells[0].source, here, place)
        nbformat.write(lesson, page)
    write(target / "alt_texts.json", json.dumps(alt_texts, ensure_ascii=False, indent=1))
    return len(lessons)


def write_answers(folder, lessons):
    """Write the answer key: its first page, and a page a lesson."""
    from book import answers  # it imports torch, which a book without answers does not need

    folder.mkdir()
    write(folder / "index.md", answers.INTRODUCTION)
    for path, place, course in lessons:
        target = folder / f"{place}.md"
        target.parent.mkdir(exist_ok=True)
        title = f"{course['number']} · {course['title']}"
        write(target, answers.page(title, place, answers.exercises(read_notebook(path))))


def write(path, text):
    path.write_text(text, encoding="utf-8")


def mathjax_files():
    """(file on disk, path below mathjax/) for the parts of MathJax that the book uses."""
    marker = "static/mathjax/"
    for file in files("sphinx-mathjax-offline") or []:
        path = file.as_posix()
        if marker in path:
            inside = path.split(marker, 1)[1]
            if inside == "tex-svg.js" or inside.startswith("input/tex/extensions/"):
                yield Path(file.locate()), inside


def copy_mathjax(static):
    copied = 0
    for source, inside in mathjax_files():
        place = static / "mathjax" / inside
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, place)
        copied += 1
    if not (static / "mathjax" / "tex-svg.js").exists():
        raise SystemExit("MathJax is missing: the package sphinx-mathjax-offline is not installed.")
    return copied


def run_sphinx(source, out, *, strict):
    doctrees = source.parent / "book_doctrees"
    shutil.rmtree(doctrees, ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-d", str(doctrees)]
    command += ["--fail-on-warning"] if strict else []
    env = {**os.environ, "PYTHONWARNINGS": "ignore"}
    return subprocess.run([*command, str(source), str(out)], env=env).returncode


def main(argv=None):
    parser = argparse.ArgumentParser(description="Build the book from the lessons as they stand.")
    parser.add_argument("--notebooks", type=Path, default=ROOT / "notebooks")
    parser.add_argument("--executed", type=Path, default=ROOT / "build" / "executed")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "book")
    parser.add_argument("--strict", action="store_true", help="a warning counts as an error")
    help_text = "add the answer key: for instructors, not for a public book"
    parser.add_argument("--answers", action="store_true", help=help_text)
    options = parser.parse_args(argv)
    started = time.monotonic()
    source = options.out.parent / "book_src"
    n_lessons = assemble(source, options.notebooks, options.executed, with_answers=options.answers)
    copy_mathjax(source / "_static")
    status = run_sphinx(source, options.out, strict=options.strict)
    if status or not (options.out / "index.html").exists():
        print(f"The book was not built: Sphinx ended with status {status}.", file=sys.stderr)
        return status or 1
    seconds = time.monotonic() - started
    print(f"Book: {n_lessons} lessons, {seconds:.0f} s -> {options.out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
