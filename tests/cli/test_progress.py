"""``course progress``: by lesson, by exercise, and an answer word for word."""

import pytest

from course_utils.store import progress as store
from tests.cli.toy import course


@pytest.fixture(autouse=True)
def _wide_and_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def _two_tries():
    store.helped("gan_step", "gan", hints=2)
    store.tried("gan_step", "gan", "not yet", mistake="D is not frozen", answer="wrong\n")
    store.tried("gan_step", "gan", "right", right=True, answer="good\n")


def test_nothing_met_yet():
    assert "No exercise has been met yet" in course("progress").output


@pytest.mark.usefixtures("_two_tries")
def test_a_line_a_lesson_and_the_sum():
    shown = course("progress").output
    [row] = [line for line in shown.splitlines() if "21_gan" in line]
    assert row.split("│")[2].strip() == "1"
    assert "22_dcgan" not in shown
    assert "1 of " in shown.splitlines()[-1]


@pytest.mark.usefixtures("_two_tries")
def test_a_line_an_exercise():
    shown = course("progress", "21").output
    [row] = [line for line in shown.splitlines() if "gan_step" in line]
    for words in ("right", "2", "D is not frozen (1)"):
        assert words in row
    assert "not met" in shown


@pytest.mark.usefixtures("_two_tries")
def test_an_answer_comes_back_word_for_word():
    assert course("progress", "--answer", "gan_step").output == "good\n"
    store.tried("gan_step", "gan", "not yet", answer="worse\n")
    shown = course("progress", "--answer", "gan_step").output
    assert "# judged right:\ngood\n" in shown
    assert shown.endswith("judged not yet:\nworse\n")
    refused = course("progress", "--answer", "gan_steps")
    assert refused.exit_code == 2
    assert "kept are answers to: gan_step" in refused.stderr
