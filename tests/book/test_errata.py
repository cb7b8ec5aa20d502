"""The register of errata, book/errata.toml, agrees with the lessons and with the tests."""

import ast
import re
from pathlib import Path

import pytest

from book import build, errata
from course_utils import notebooks as nb
from course_utils.machine import repo_root
from tests.notebooks import anatomy

ROOT = repo_root()
CONTENT = errata.load()
ROWS = {row["id"]: row for row in CONTENT["errata"]}
LESSONS = build.find_lessons(ROOT / "notebooks", Path("none"))
PATHS = {course["number"]: path for path, _place, course in LESSONS}
each_row = pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))


def existing_tests():
    """The tests of tests/errata, as pytest names them."""
    for path in sorted((ROOT / "tests" / "errata").glob("test_*.py")):
        for node in ast.parse(path.read_text("utf8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"tests/errata/{path.name}::{node.name}"


def errata_of(test):
    """The ids in a test's name: "..::test_r046_r055_both_labels" -> {"R46", "R55"}."""
    return {f"R{int(digits):02d}" for digits in re.findall(r"_r(\d{3})", test)}


def test_no_id_stands_twice():
    assert len(ROWS) == len(CONTENT["errata"])


def test_the_lessons_errata_are_those_of_the_register():
    listed = {
        (erratum, number)
        for number, path in PATHS.items()
        for erratum in nb.load(path).course["errata"]
    }
    assert {(id_, number) for id_, row in ROWS.items() for number in row["where"]} == listed


def test_every_named_test_exists_and_every_test_is_named():
    named = {(id_, test) for id_, row in ROWS.items() for test in row["tests"]}
    assert named == {(id_, test) for test in existing_tests() for id_ in errata_of(test)}


@each_row
def test_a_row_says_what_is_wrong_and_what_is_right(row):
    unknown = set(row) - {"id", "articles", "wrong", "right", "where", "tests"}
    assert not unknown
    for sentence in (row["wrong"], row["right"]):
        assert re.fullmatch(r"\S.{10,}[.\"]", sentence)
        assert sentence.count("$") % 2 == 0
        assert sentence.count("`") % 2 == 0
        assert sentence.count("{") == sentence.count("}")
    assert row["wrong"] != row["right"]
    assert row["tests"]


@each_row
def test_a_row_names_its_articles(row):
    assert row["articles"] == sorted(set(row["articles"]))
    assert set(row["articles"]) <= set(range(1, len(CONTENT["articles"]) + 1))


@each_row
def test_the_named_places_are_in_the_lessons(row):
    for number, places in row["where"].items():
        text = anatomy.markdown(nb.read(PATHS[number])).lower()
        for place in places.split(", "):
            assert re.search(rf"(?<!\w){re.escape(place)}(?!\w)", text), f"{number}: {place}"


def test_the_page_has_an_anchor_and_both_sentences_for_every_row():
    page = errata.page(LESSONS, CONTENT)
    for id_, row in ROWS.items():
        assert page.count(f"({id_.lower()})=\n**{id_}** {row['wrong']}") == 1
        assert row["right"] in page
    headings = re.findall(r"^## (.*)$", page, re.M)
    assert [h.split(":")[0] for h in headings] == [a["name"] for a in CONTENT["articles"]]


def test_a_lesson_is_linked_where_the_book_has_it():
    row = {
        "id": "R07",
        "articles": [1, 3],
        "wrong": "One is two.",
        "right": "One is one.",
        "where": {"98": "step 1", "99": "step 2"},
        "tests": ["tests/errata/test_x.py::test_r007_a", "tests/errata/test_x.py::test_r007_b"],
    }
    shown = errata.row(row, {"98": ("0_start/98_toy", "Toy")})
    assert "[98 Toy](lessons/0_start/98_toy), step 1 · lesson 99, step 2" in shown
    assert "(So the third article.)" in shown
    assert shown.count("pytest") == 1
    assert "`pytest tests/errata/test_x.py -k r007`" in shown
