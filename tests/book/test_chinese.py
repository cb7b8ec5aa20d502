"""The Chinese reading path keeps up with the lessons: each heading, each point has its line."""

import re

import pytest

from book import build, chinese
from course_utils import notebooks as nb
from course_utils.machine import repo_root

LESSONS = {lesson.path.stem: lesson for lesson in nb.lessons(repo_root() / "notebooks")}
WRITTEN = chinese.load()


def test_every_lesson_has_its_page_and_no_page_is_left_over():
    assert set(WRITTEN) == set(LESSONS)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_page_says_all_that_its_lesson_says(name):
    entry, notebook = WRITTEN[name], nb.read(LESSONS[name].path)
    assert set(entry) == {"title", "promise", "question", "steps", "recap"}
    assert list(entry["steps"]) == chinese.headings(notebook)
    assert len(entry["recap"]) == len(chinese.recap(notebook)) >= 2
    texts = [entry["title"], entry["promise"], entry["question"], *entry["recap"]]
    for text in [*texts, *entry["steps"].values()]:
        assert re.search(r"[\u4e00-\u9fff]", text), text
        assert not re.search(r"[,;:?!] ?[\u4e00-\u9fff]", text), f"a Latin sign in: {text}"


def test_the_pages_are_in_the_book(tmp_path):
    lessons = build.find_lessons(repo_root() / "notebooks", tmp_path / "none")
    chinese.write(tmp_path, lessons, build.read_notebook)
    assert (tmp_path / "index.md").exists()
    page = (tmp_path / "2_gan" / "21_gan.md").read_text("utf8")
    for words in ("# ", "## 问题", "## 要点", "| 生成器 | generator |", "(/lessons/2_gan/21_gan)"):
        assert words in page
