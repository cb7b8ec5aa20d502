"""The plan of the course, book/map.toml, on its own."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = tomllib.loads((ROOT / "book" / "map.toml").read_text(encoding="utf-8"))["parts"]
LESSONS = [lesson for part in PARTS for lesson in part["lessons"]]
KEYS = ("rows", "errata", "claims")


@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_planned_twice(key):
    counts = Counter(x for lesson in LESSONS for x in lesson.get(key, []))
    assert counts
    assert [x for x, n in counts.items() if n > 1] == []


def test_what_a_lesson_touches_too_is_planned_in_another():
    home = {x: lesson["id"] for lesson in LESSONS for key in KEYS for x in lesson.get(key, [])}
    for lesson in LESSONS:
        for x in lesson.get("also", []):
            assert home.get(x, lesson["id"]) != lesson["id"], f"{lesson['id']}: {x}"


@pytest.mark.parametrize(("key", "form"), [("errata", r"R\d{2,3}"), ("claims", r"Q\d\d")])
def test_ids_have_their_form(key, form):
    found = [x for lesson in LESSONS for x in lesson.get(key, [])]
    assert [x for x in found if not re.fullmatch(form, x)] == []


def test_every_lesson_has_a_title_and_a_line():
    for lesson in LESSONS:
        assert lesson["title"], lesson["id"]
        assert lesson["line"].endswith((".", "?")), lesson["id"]
        unknown = set(lesson) - {"id", "title", "line", "also", *KEYS}
        assert not unknown, lesson["id"]
