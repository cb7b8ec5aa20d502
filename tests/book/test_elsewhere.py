"""The page on Colab and Binder: a row a lesson, links only where the course has an address."""

import re

import nbformat
import pytest

from book import build, elsewhere
from course_utils import notebooks as nb
from course_utils.cli.address import Address
from course_utils.machine import repo_root
from tests.book.toy import write_toy

HERE = Address("ada", "course")


@pytest.fixture(scope="module")
def lessons():
    return build.find_lessons(repo_root() / "notebooks", repo_root() / "none")


def test_every_lesson_has_a_row_with_its_memory_and_both_links(lessons):
    page = elsewhere.page(lessons, nb.read, HERE)
    for _path, place, course in lessons:
        [row] = [line for line in page.splitlines() if f"(lessons/{place})" in line]
        assert f"{course['memory_mb']:,} MB" in row
        assert f"/ada/course/blob/colab/{place}.ipynb)" in row
        assert f"labpath=notebooks%2F{place.replace('/', '%2F')}.ipynb)" in row


def test_without_an_address_it_says_so_and_links_nowhere_outside(tmp_path):
    write_toy(tmp_path)
    toy = build.find_lessons(tmp_path, tmp_path / "none")
    page = elsewhere.page(toy, nb.read, None)
    assert "This copy of the course has no public address: set `repository`" in page
    assert re.findall(r"\]\((?!lessons/)", page) == []


@pytest.mark.parametrize(("memory", "words"), [(1700, "every lesson fits"), (1900, "are 98")])
def test_lessons_that_binder_cannot_hold_are_named(memory, words):
    assert words in elsewhere.room([("", "", {"number": "98", "memory_mb": memory})])


@pytest.mark.parametrize("here", [None, HERE])
def test_a_lessons_page_carries_its_links_only_with_an_address(tmp_path, monkeypatch, here):
    write_toy(tmp_path / "notebooks")
    monkeypatch.setattr(build, "address", lambda: here)
    build.assemble(tmp_path / "book_src", tmp_path / "notebooks", tmp_path / "none")
    page = nbformat.read(tmp_path / "book_src" / "lessons" / "0_start" / "98_toy.ipynb", 4)
    text = page.cells[0].source
    assert ("Open in Colab" in text) == bool(here)
    assert text.startswith("# 98 · Toy\n\n")
    assert text.endswith("\n\nA lesson to try the book on.")
