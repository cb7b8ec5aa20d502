"""``course plan``: what fits is shown in order with breaks, the rest is for home."""

import re

import pytest

from course_utils import notebooks as nb
from course_utils.cli import plan
from course_utils.machine import repo_root
from tests.cli.toy import course, lesson

QUESTION = "md:## The question\n\nWhy?"
STEP = (
    "md:## Step 1: one half\n\n**Your turn: `half`** · difficulty 2 of 5 · 7 minutes.\n\n"
    "## Recap\n\n- x"
)
LAST = "md:## Glossary\n\n| a | b |\n\n## What comes next\n\nMore."


def minutes_of(text):
    return [int(m) for m in re.findall(r"^\| \d+:\d\d \| (\d+) \|", text, re.M)]


@pytest.mark.parametrize("minutes", [60, 90, 180, 400])
def test_a_plan_keeps_its_time_and_loses_no_section(minutes):
    shown = course("plan", "21", "22", "--minutes", minutes).output
    assert 0.5 * minutes < sum(minutes_of(shown)) <= minutes
    known = {lesson.number: lesson for lesson in nb.lessons(repo_root() / "notebooks")}
    for number in ("21", "22"):
        for section in plan.sections_of(known[number]):
            assert shown.count(f"| {number} | ") >= 1
            assert section.title in shown


def test_nobody_sits_too_long():
    shown = course("plan", "21", "22", "--minutes", 400).output
    sat = [sum(minutes_of(block)) for block in shown.split("| break |")]
    longest = max(s.minutes for s in plan.sections_of(_lesson("21")))
    assert max(sat) <= plan.SITTING + longest


def _lesson(number):
    (found,) = nb.find([number], nb.lessons(repo_root() / "notebooks"))
    return found


def test_sections_have_their_cells_exercises_and_the_lessons_minutes(tmp_path):
    path = lesson(tmp_path, "12_kl", QUESTION, "x = 1", STEP, "y = 2", LAST, minutes=30)
    found = plan.sections_of(nb.load(path))
    assert [s.title for s in found] == ["The question", "Step 1: one half", "Recap"]
    assert [(s.first, s.last) for s in found] == [(2, 3), (4, 4), (4, 5)]
    assert found[1].exercises == {"half": 7}
    assert found[1].minutes >= 7
    assert abs(sum(s.minutes for s in found) - 30) <= 4


def test_a_part_is_its_lessons_without_laboratories():
    shown = course("plan", "--parts", "gan", "--minutes", 180).output
    assert shown.startswith("# 180 minutes: 21 ")
    assert "Laboratory" not in shown.splitlines()[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "name lessons"),
        (("21", "--parts", "gan"), "one of the two"),
        (("--parts", "gans"), "no part 'gans'; there are: "),
        (("21", "22", "31", "41", "51", "54", "--minutes", 20), "too few"),
    ],
)
def test_bad_input_is_one_sentence(words, says):
    shown = course("plan", *words)
    assert shown.exit_code == 2
    assert says in shown.stderr
