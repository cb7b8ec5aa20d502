import pytest

import course_utils.checks
from course_utils import exercise, hint, progress, solution
from course_utils.exercises import desk
from tests.exercises.toy import toy_mean_square, toy_mean_square_reference


@pytest.fixture(autouse=True)
def _toy_course(monkeypatch):
    known = {"toy_mean_square": toy_mean_square}
    monkeypatch.setattr(course_utils.checks, "all_exercises", lambda: known)
    monkeypatch.setattr(desk, "_verdicts", {})
    monkeypatch.setattr(desk, "_open_hints", {})


def define(body):
    space = {}
    exec(f"def toy_mean_square(x, scale):\n    {body}\n", space)
    return space["toy_mean_square"]


def test_a_right_answer_is_kept(capsys):
    mine = define("return scale * (x * x).mean(-1)")
    assert exercise(mine) is mine
    assert "right" in capsys.readouterr().out


def test_a_wrong_answer_or_a_stub_gives_the_reference(capsys):
    for body in ("return x", "..."):
        assert exercise(define(body)) is toy_mean_square_reference
    out = capsys.readouterr().out
    assert "not yet" in out
    assert "not attempted" in out


def test_what_the_card_names_is_within_reach(capsys):
    stub = define("...")
    exercise(stub)
    shown = capsys.readouterr().out
    assert "hint(toy_mean_square)" in shown
    exec("hint('toy_mean_square'); solution('toy_mean_square')", stub.__globals__)
    assert "Square first." in capsys.readouterr().out
    own = define("...")
    own.__globals__["hint"] = mine = object()  # a name the student gave stays theirs
    exercise(own)
    assert own.__globals__["hint"] is mine


def test_hints_open_one_by_one(capsys):
    hint(toy_mean_square_reference)
    first = capsys.readouterr().out
    assert "Square first." in first
    assert "Then .mean" not in first
    hint("toy_mean_square")
    assert "Then .mean(-1)." in capsys.readouterr().out
    hint("toy_mean_square")
    assert "hint 2 of 2" in capsys.readouterr().out


def test_the_solution_has_the_students_name(capsys):
    solution(toy_mean_square_reference)
    out = capsys.readouterr().out
    assert "def toy_mean_square(x, scale):" in out
    assert "_reference" not in out


def test_progress_lists_what_was_met(capsys):
    progress()
    assert "no exercise yet" in capsys.readouterr().out
    exercise(define("return scale * (x**2).sum(-1)"))
    capsys.readouterr()
    progress()
    out = capsys.readouterr().out
    assert "0 of 1 exercises right" in out
    assert "known mistake: sum for mean" in out
    exercise(define("return scale * (x**2).mean(-1)"))
    capsys.readouterr()
    progress()
    assert "1 of 1 exercises right" in capsys.readouterr().out


def test_an_unknown_name_suggests_a_known_one():
    with pytest.raises(KeyError, match="did you mean toy_mean_square"):
        hint("toy_mean_squares")
