"""The answer key: all that an instructor needs of each exercise, and only when it is asked for."""

import pytest

from book import answers, build
from course_utils import notebooks as nb
from course_utils.exercises.desk import find
from course_utils.machine import repo_root
from tests.book.toy import write_toy

STUB = "@exercise\ndef entropy(p):\n    ..."


def test_a_page_holds_solution_hints_properties_and_every_mistake():
    exercise = find("gan_step")
    page = answers.page("21 · GANs", "2_gan/21_gan", [exercise])
    assert "def gan_step(" in page
    assert "[The lesson](/lessons/2_gan/21_gan)" in page
    texts = [*exercise.hints, *(p.name for p in exercise.properties)]
    texts += [text for mistake in exercise.mistakes for text in (mistake.name, mistake.why)]
    for text in texts:
        assert answers.plain(text) in page


@pytest.mark.parametrize("sign", list("\\`*_[]<>$|"))
def test_a_sentence_is_shown_as_it_is(sign):
    assert answers.plain(f"a{sign}b") == f"a\\{sign}b"


def test_the_exercises_are_those_of_the_page_in_its_order():
    cells = [{"cell_type": "code", "source": STUB}]
    cells += [{"cell_type": "code", "source": STUB.replace("entropy", "kl_divergence")}]
    assert nb.exercise_names({"cells": cells}) == ["entropy", "kl_divergence"]


def test_every_exercise_of_every_lesson_has_an_answer():
    for lesson in nb.lessons(repo_root() / "notebooks"):
        notebook = nb.read(lesson.path)
        assert len(answers.exercises(notebook)) == len(nb.exercise_names(notebook)), lesson.id


def test_a_book_holds_answers_only_when_asked(tmp_path):
    write_toy(tmp_path / "notebooks")
    for asked in (False, True):
        build.assemble(
            tmp_path / "source", tmp_path / "notebooks", tmp_path / "none", with_answers=asked
        )
        assert (tmp_path / "source" / "answers" / "index.md").exists() == asked
        index = (tmp_path / "source" / "index.md").read_text("utf8")
        assert ("Answer key" in index) == asked
