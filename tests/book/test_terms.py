"""The page of all terms: every lesson's glossary, whole."""

import re

from book import build, terms
from course_utils import notebooks as nb
from course_utils.machine import repo_root

TABLE = "## Glossary\n\n| English | 中文 | in a word |\n|---|---|---|\n| KL | 散度 | a distance |\n"


def notebook(text):
    return {"cells": [{"cell_type": "markdown", "source": text}]}


def test_the_rows_of_a_glossary_end_where_it_ends():
    other = "\n## References\n\n| a | b | c |\n|---|---|---|\n| d | e | f |"
    text = TABLE + "| $p \\| q$ | 竖线 | a bar |\n" + other
    assert list(terms.rows(notebook(text))) == [
        ("KL", "散度", "a distance"),
        ("$p \\| q$", "竖线", "a bar"),
    ]


def test_a_term_of_two_lessons_is_one_line_with_both():
    books = {"a": notebook(TABLE), "b": notebook(TABLE.replace("散度", "KL散度"))}
    lessons = [(n, f"1_part/{n}", {"number": n}) for n in books]
    page = terms.page(lessons, books.get)
    assert (
        "| KL | 散度 / KL散度 | a distance | [a](lessons/1_part/a), [b](lessons/1_part/b) |" in page
    )


def test_every_lesson_gives_its_words():
    lessons = build.find_lessons(repo_root() / "notebooks", repo_root() / "none")
    page = terms.page(lessons, build.read_notebook)
    for path, place, _course in lessons:
        assert len(list(terms.rows(nb.read(path)))) >= 5, place
        assert f"(lessons/{place})" in page
    assert re.search(r"[\u4e00-\u9fff]", page)
