"""The page on how the numbers were made: machines and sweeps as they are stored."""

import json

import pytest

from book import build, provenance
from course_utils import notebooks as nb
from course_utils.machine import repo_root
from course_utils.store import sweeps
from tests.book.toy import write_toy


@pytest.fixture
def toy(tmp_path):
    write_toy(tmp_path / "notebooks")
    return build.find_lessons(tmp_path / "notebooks", tmp_path / "none")


def test_rows_by_other_code_are_not_counted_as_todays(toy, tmp_path):
    [(path, _place, _course)] = toy
    today = nb.code_hash(nb.read(path))
    row = {"lesson": "98_toy", "parameters": {"seed": 0}, "outcome": "ok"} | {
        "numbers": {},
        "claims": [],
    }
    rows = [row | {"code_hash": today}, row | {"code_hash": "other", "parameters": {"seed": 1}}]
    text = "".join(json.dumps(one) + "\n" for one in rows)
    (tmp_path / "toy_seeds.jsonl").write_text(text)
    page = provenance.page(toy, nb.read, where=tmp_path)
    assert "| toy seeds | [98](lessons/0_start/98_toy) | 2 | 1 |" in page


def test_machines_are_told_apart_where_there_are_several():
    stored = {"1": "x", "2": "x", "3": "y"}
    lessons = [(None, f"a/{n}", {"number": n, "machine": m}) for n, m in stored.items()]
    assert "| x | [1](lessons/a/1), [2](lessons/a/2) |" in provenance.machines(lessons)
    assert "| x | all |" in provenance.machines(lessons[:2])


def test_every_stored_sweep_and_machine_stands_there():
    lessons = build.find_lessons(repo_root() / "notebooks", repo_root() / "none")
    page = provenance.page(lessons, nb.read)
    for name in sweeps.stored():
        assert f"| {name.replace('_', ' ')} | [" in page
    for _path, _place, course in lessons:
        assert course["machine"] in page
    assert "`judge_16px`" in page
