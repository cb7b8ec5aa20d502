"""Every lesson has the anatomy it should have, and its stored outputs belong to its code."""

import copy
import json
import re
import tomllib

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


@pytest.mark.parametrize("rule", anatomy.RULES, ids=lambda r: r.__name__)
@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_anatomy(path, rule):
    complaints = list(rule(nb.read(path)))
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_the_header_is_the_generated_one(path):
    lesson = next(x for x in KNOWN if x.path == path)
    assert nb.source(nb.read(path)["cells"][0]) == header(lesson, KNOWN)


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_file_name_and_id_agree(path):
    assert nb.load(path).id == path.stem
    assert path.parent.name[0] == path.stem[0]


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_every_erratum_has_its_exposing_test(path):
    tests = "\n".join(p.read_text("utf8") for p in (ROOT / "tests/errata").glob("*.py"))
    for erratum in nb.load(path).course["errata"]:
        assert re.search(rf"def test_{erratum[0].lower()}0*{int(erratum[1:])}_", tests), erratum


@pytest.mark.parametrize("path", PATHS, **by_stem)
def test_links_inside_the_repository_lead_somewhere(path):
    text = anatomy.markdown(nb.read(path))
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


def spoil(path, how):
    notebook = copy.deepcopy(nb.read(path))
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
