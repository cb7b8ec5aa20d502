import json
import subprocess
import sys

import pytest

from course_utils.store import ledger

ROW = {"key": "12-a", "lesson": "12_information_and_kl", "profile": "quick", "seed": 0, "value": 1}


def test_a_row_is_kept_and_replaced_by_its_successor(tmp_path):
    ledger.record(ROW, where=tmp_path)
    ledger.record({**ROW, "value": 2}, where=tmp_path)
    ledger.record({**ROW, "seed": 1}, where=tmp_path)
    assert [(r["seed"], r["value"]) for r in ledger.rows(tmp_path)] == [(0, 2), (1, 1)]


def test_lessons_have_files_of_their_own(tmp_path):
    ledger.record(ROW, where=tmp_path)
    ledger.record({**ROW, "lesson": "11_probability"}, where=tmp_path)
    assert [r["lesson"] for r in ledger.rows(tmp_path)] == [
        "11_probability",
        "12_information_and_kl",
    ]


def test_a_damaged_file_is_set_aside_not_lost(tmp_path, capsys):
    path = tmp_path / "12_information_and_kl.json"
    path.write_text('[{"key": "12-a"')
    ledger.record(ROW, where=tmp_path)
    assert len(ledger.rows(tmp_path)) == 1
    assert path.with_suffix(".damaged").read_text() == '[{"key": "12-a"'
    assert "kept as" in capsys.readouterr().out


def test_a_row_without_its_key_is_refused(tmp_path):
    with pytest.raises(ValueError, match="missing: seed"):
        ledger.record({k: v for k, v in ROW.items() if k != "seed"}, where=tmp_path)


def test_the_file_is_readable_json(tmp_path):
    ledger.record({**ROW, "verdict": "falsch, 错"}, where=tmp_path)
    text = (tmp_path / "12_information_and_kl.json").read_text("utf8")
    assert json.loads(text)[0]["verdict"] == "falsch, 错"
    assert "错" in text


def test_an_empty_ledger_has_no_rows(tmp_path):
    assert ledger.rows(tmp_path / "absent") == []


WRITER = """
import sys
from pathlib import Path
from course_utils.store import ledger

first = int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for seed in range(first, first + 60):
    row = {"key": "12-a", "lesson": "12", "profile": "quick", "seed": seed}
    ledger.record(row, where=Path(sys.argv[1]))
"""


def test_two_programs_of_the_same_lesson_lose_no_row(tmp_path):
    both = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), first],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in ("0", "1000")
    ]
    for process in both:
        assert process.stdout.readline() == "ready\n"
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in both:
        process.communicate()
        assert process.returncode == 0
    found = {row["seed"] for row in ledger.rows(tmp_path)}
    assert found == {*range(60), *range(1000, 1060)}


def test_a_ledger_that_another_program_holds_is_not_waited_for_without_end(tmp_path, monkeypatch):
    from filelock import FileLock

    monkeypatch.setattr(ledger, "PATIENCE", 0.1)
    with FileLock(tmp_path / f"{ROW['lesson']}.lock"), pytest.raises(OSError, match="lock"):
        ledger.record(ROW, where=tmp_path)
