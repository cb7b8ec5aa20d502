"""Every lesson has the anatomy it should have, and its stored outputs belong to its code."""

import copy
import json
import re
import tomllib
from functools import cache

import pytest

from course_utils import notebooks as nb
from course_utils.cli.header import header
from course_utils.machine import repo_root
from tests.notebooks import anatomy

ROOT = repo_root()
PATHS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
PARTS = tomllib.loads((ROOT / "book" / "map.toml").read_text("utf8"))["parts"]
PLAN = {lesson["id"]: lesson for part in PARTS for lesson in part["lessons"]}
KNOWN = nb.lessons(ROOT / "notebooks")
by_stem = {"ids": lambda p: p.stem}
read = cache(nb.read)  # no rule changes what it reads


@pytest.mark.parametrize("rule", anatomy.RULES, ids=lambda r: r.__name__)
@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_anatomy(path, rule):
    complaints = list(rule(read(path)))
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_the_header_is_the_generated_one(path):
    lesson = next(x for x in KNOWN if x.path == path)
    assert nb.source(read(path)["cells"][0]) == header(lesson, KNOWN)


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_file_name_and_id_agree(path):
    assert nb.load(path).id == path.stem
    assert path.parent.name[0].lower() == path.stem[0]


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_links_inside_the_repository_lead_somewhere(path):
    text = anatomy.markdown(read(path))
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_nothing_of_the_authors_machine_is_stored(path):
    text = path.read_text("utf8")
    for piece in ("/home/", "/root/", "/Users/", "C:\\\\Users", "site-packages", "/tmp/"):
        assert piece not in text, f"{piece} in {path.name}"


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_the_lesson_claims_what_the_plan_gives_it(path):
    """book/map.toml says which rows, errata and claims each lesson answers for, or touches too."""
    planned = PLAN[path.stem.partition("_")[0]]
    course = nb.load(path).course
    wanted = {x for key in ("rows", "errata", "also") for x in planned.get(key, [])}
    assert set(course["rows"]) | set(course["errata"]) == wanted
    assert all(re.fullmatch(r"R\d+", x) for x in course["errata"])
    assert set(planned.get("claims", [])) <= set(course["claims"])


@pytest.mark.parametrize(
    ("kind", "source", "found"),
    [
        ("markdown", "## Find the bug 1: minus the KL (R68)", True),
        ("markdown", "| AE03 | mixtures |", True),
        ("markdown", "An H100 against a V100, arXiv:1406.2661, at 16 px in step 12.", False),
        ("code", "agree('R77 mended', 1, 1, tol=0)", True),
        ("code", "print(f'R11 leaves open {1 + 1}')", True),
        ("code", "x = 1  # as in R51", True),
        ("code", "lesson.record('Q16', 'losses tell quality', 1.0)", False),
        ("code", "lesson.record('Q16', 'Q16: losses tell quality', 1.0)", True),
        ("code", "lesson.record('Q16', 'losses tell quality', 1.0, unit='Q17')", True),
        ("code", "for key, j in (('Q04', 2), ('98-b', 1)):\n    pass", False),
        ("code", "for key, j in (('Q05', 2), ('98-b', 1)):\n    pass", True),
        ("code", "rng = lesson.generator('R97')", False),
        ("code", "import os  # noqa: F401", False),
    ],
)
def test_codes_are_seen_where_a_reader_sees_them(kind, source, found):
    cell = {"cell_type": kind, "source": source}
    notebook = {
        "metadata": {"course": {"id": "98_toy", "claims": ["Q04", "98-b"]}},
        "cells": [cell],
    }
    assert bool(list(anatomy.codes(notebook))) is found


def spoil(path, how):
    notebook = copy.deepcopy(read(path))
    how(notebook)
    return [c for rule in anatomy.RULES for c in rule(notebook)]


def edit_code(notebook):
    nb.code_cells(notebook)[3]["source"] = "x = 1"


def store_error(notebook):
    nb.code_cells(notebook)[3]["outputs"] = [
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
    ]


def store_widget(notebook):
    data = {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "a picture of something"}
    nb.code_cells(notebook)[3]["outputs"] = [{"output_type": "display_data", "data": data}]


def run_out_of_order(notebook):
    nb.code_cells(notebook)[3]["execution_count"] = 99


def drop_glossary(notebook):
    text = json.dumps(notebook["cells"]).replace("Glossary", "Words")
    notebook["cells"] = json.loads(text)


def add_magic(notebook):
    nb.code_cells(notebook)[3]["source"] = "!pip install torchdistributions"


def no_alt_text(notebook):
    data = {"image/png": "", "text/plain": "<Figure size 640x480>"}
    nb.code_cells(notebook)[3]["outputs"] = [{"output_type": "display_data", "data": data}]


def slow(notebook):
    notebook["metadata"]["course"]["seconds"] = 500


def empty_cell(notebook):
    notebook["cells"].insert(1, {"cell_type": "code", "source": "", "metadata": {}, "outputs": []})


def untag(notebook):
    for cell in nb.code_cells(notebook):
        cell["metadata"].pop("tags", None)


def tag_a_clock_as_same(notebook):
    cell = next(c for c in nb.code_cells(notebook) if "same" in nb.tags(c))
    cell["metadata"]["tags"].append("timing")


def misspell_a_tag(notebook):
    nb.code_cells(notebook)[3]["metadata"]["tags"] = ["timings"]


def tag_silence_as_same(notebook):
    cell = next(c for c in nb.code_cells(notebook) if not c["outputs"])
    cell["metadata"]["tags"] = ["same"]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (untag, "0 cells tagged same"),
        (tag_a_clock_as_same, "both same and timing"),
        (misspell_a_tag, "unknown tags: ['timings']"),
        (tag_silence_as_same, "shows nothing"),
        (edit_code, "other code"),
        (store_error, "stores an error"),
        (store_widget, "widget view"),
        (run_out_of_order, "not executed 1..n"),
        (drop_glossary, "'glossary'"),
        (add_magic, "magic"),
        (no_alt_text, "no alt text"),
        (slow, f"allowed {anatomy.SECONDS}"),
        (empty_cell, "an empty cell"),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_the_linter_sees_a_spoiled_lesson(how, words):
    complaints = spoil(PATHS[0], how)
    assert any(words in c for c in complaints), complaints


QUESTION = 'claim = lesson.ask("it helps", measure="loss", better="lower", margin=0, {}, key="a")'
ANSWER = "claim.decide(ours=[1], baseline=[2])"
LOOP = """
claims = {k: lesson.ask(k, measure="loss", better="lower", margin=0, seeds=3, key=k) for k in "ab"}
"""


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([QUESTION.format("seeds=5"), ANSWER], ""),
        ([LOOP, "for key, claim in claims.items():\n    claim.decide(ours=[1], baseline=[2])"], ""),
        ([LOOP, "claims['a'].decide(ours=[1], baseline=[2])"], ""),
        ([QUESTION.format("seeds=n_seeds"), ANSWER], ""),
        ([QUESTION.format("one_run=True, examples=9"), ANSWER], ""),
        ([QUESTION.format("seeds=5") + "\n" + ANSWER], "no earlier cell asked"),
        ([ANSWER, QUESTION.format("seeds=5")], "no earlier cell asked"),
        ([QUESTION.format("seeds=5"), "other.decide(ours=[1])"], "no earlier cell asked"),
        ([QUESTION.format("seeds=2"), ANSWER], "2 seeds without one_run"),
        (
            [QUESTION.format("seeds=5"), ANSWER, "lesson.record('b', 's', 1, verdict=v)"],
            "1 verdicts are typed",
        ),
        (["lesson.record('b', 's', 1, verdict='better')"], "1 verdicts are typed"),
    ],
)
def test_the_linter_sees_a_question_asked_too_late(cells, words):
    lesson = {
        "cells": [{"cell_type": "code", "source": cell, "metadata": {}} for cell in cells],
        "metadata": {"course": {"id": "99_new"}},
    }
    complaints = list(anatomy.claims(lesson))
    assert any(words in c for c in complaints) if words else not complaints, complaints


LESSON = next(p for p in PATHS if p.stem == "21_gan")


def add_code(text):
    return lambda notebook: nb.code_cells(notebook)[3].update(source=text)


def add_cells(notebook):
    notebook["cells"] += [copy.deepcopy(notebook["cells"][1]) for _ in range(60)]


def name_a_code(notebook):
    notebook["cells"][1]["source"] = "This is erratum R01."


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (add_code("x = 1\n" * 1200), "to the laboratory"),
        (add_code("x = [" + "1, " * 1200 + "]"), "to the laboratory"),  # packing does not help
        (add_code("x = [" + "1, " * 800 + "]"), "nodes a line"),
        (add_cells, "cells (at most 55)"),
        (name_a_code, "the code R01"),
    ],
    ids=["many lines", "one line", "dense", "cells", "code"],
)
def test_the_linter_sees_what_is_too_much_for_an_evening(how, words):
    complaints = spoil(LESSON, how)
    assert any(words in c for c in complaints), complaints
