import inspect

import pytest
import torch

from course_utils import exercise, hint, progress, solution
from course_utils.exercises import desk
from course_utils.maths import checking
from course_utils.store import progress as store
from tests.exercises.toy import toy_mean_square, toy_reference


@pytest.fixture(autouse=True)
def _toy_course(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path))  # progress is kept there
    monkeypatch.setattr(desk, "_complained", [])
    known = {"toy_mean_square": "tests.exercises.toy_mean_square"}
    monkeypatch.setattr(desk, "all_names", lambda: known)
    monkeypatch.setattr(desk, "find", lambda name: toy_mean_square if name in known else None)
    monkeypatch.setattr(desk, "_verdicts", {})
    monkeypatch.setattr(checking, "_allowed", 0.0)  # what right answers loosen is put back
    monkeypatch.setattr(desk, "_open_hints", {})


def define(body):
    space = {}
    exec(f"def toy_mean_square(x, scale):\n    {body}\n", space)
    return space["toy_mean_square"]


def test_a_right_answer_is_kept(capsys):
    mine = define("return scale * (x * x).mean(-1)")
    kept = exercise(mine)
    assert inspect.unwrap(kept) is mine
    x = torch.ones(2, 3, dtype=torch.double)
    assert torch.equal(kept(x, 2.0), mine(x, 2.0))
    assert "right" in capsys.readouterr().out


def test_a_wrong_answer_or_a_stub_gives_the_reference(capsys):
    for body in ("return x", "..."):
        assert exercise(define(body)) is toy_reference
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
    hint(toy_reference)
    first = capsys.readouterr().out
    assert "Square first." in first
    assert "Then .mean" not in first
    hint("toy_mean_square")
    assert "Then .mean(-1)." in capsys.readouterr().out
    hint("toy_mean_square")
    assert "hint 2 of 2" in capsys.readouterr().out


def test_the_solution_has_the_students_name(capsys):
    solution(toy_reference)
    out = capsys.readouterr().out
    assert "def toy_mean_square(x, scale):" in out
    assert "_reference" not in out


def test_a_class_may_close_the_solutions(capsys, monkeypatch):
    monkeypatch.setenv("COURSE_SOLUTIONS", "closed")
    solution(toy_reference)
    out = capsys.readouterr().out
    assert "closed for your class" in out
    assert "def toy_mean_square" not in out
    assert not store.read()


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


def test_progress_outlives_the_kernel(capsys, monkeypatch):
    hint("toy_mean_square")
    exercise(define("return scale * (x**2).mean(-1)"))
    monkeypatch.setattr(desk, "_verdicts", {})  # as after a restart
    monkeypatch.setattr(desk, "_open_hints", {})
    capsys.readouterr()
    progress()
    out = capsys.readouterr().out
    assert "1 of 1 exercises right" in out
    assert "right before" in out
    exercise(define("..."))  # a newer version of the page: the cell is empty again
    capsys.readouterr()
    progress()
    assert "right before" in capsys.readouterr().out
    entry = store.read()["toy_mean_square"]
    assert (entry["topic"], entry["attempts"], entry["hints"]) == (toy_mean_square.lesson, 1, 1)


def test_what_another_page_only_showed_is_no_row(capsys):
    store.tried("toy_mean_square", toy_mean_square.lesson, "not attempted")
    progress()
    assert "no exercise yet" in capsys.readouterr().out


def test_what_was_answered_is_kept_word_for_word():
    def toy_mean_square(x, scale):
        return x  # not yet

    exercise(toy_mean_square)
    entry = store.read()["toy_mean_square"]
    assert entry["answer"] == "def toy_mean_square(x, scale):\n    return x  # not yet\n"
    assert entry["state"] == "not yet"
    assert not entry["right"]


def test_where_progress_cannot_be_kept_a_line_says_so_once(capsys, monkeypatch):
    def full(*_args, **_news):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "tried", full)
    for _ in range(2):
        assert exercise(define("...")) is toy_reference
    assert capsys.readouterr().out.count("No space left on device") == 1


def test_an_unknown_name_is_a_card_with_the_nearest_name(capsys):
    hint("toy_mean_squares")
    out = capsys.readouterr().out
    assert "No exercise is called 'toy_mean_squares'" in out
    assert "Did you mean toy_mean_square?" in out


def test_a_renamed_exercise_is_a_card_and_the_lesson_goes_on(capsys):
    space = {}
    exec("def toy_mean_squared(x, scale):\n    return x\n", space)
    mine = space["toy_mean_squared"]
    assert exercise(mine) is mine
    assert "Did you mean toy_mean_square?" in capsys.readouterr().out
    assert space["toy_mean_square"] is toy_reference  # what the next cells call


def test_what_has_no_name_is_a_card(capsys):
    import functools

    exercise(functools.partial(toy_reference, scale=1.5))
    assert "unknown exercise" in capsys.readouterr().out


def test_a_slow_right_answer_is_praised_and_replaced(capsys):
    def toy_mean_square(x, scale):
        rows = []
        for row in x:
            total = row[0] * 0
            for k in range(len(row)):
                total = total + row[k] ** 2
            rows.append(scale * total / len(row))
        return torch.stack(rows)

    assert exercise(toy_mean_square) is toy_reference
    out = capsys.readouterr().out
    assert "toy_mean_square: right" in out
    assert "slower" in out
