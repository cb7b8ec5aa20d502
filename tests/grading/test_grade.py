"""Grading a class: good, wrong, broken and hostile hand-ins, each judged for itself."""

import csv
import json
import time

import pytest

from course_utils.grading import grade as grading
from course_utils.grading import hand_in, pages, worker
from course_utils.grading.answers import Answer
from course_utils.store import progress
from tests.cli.toy import course

pytestmark = pytest.mark.slow  # every answer has a process

GOOD = """@exercise
def optimal_discriminator(log_p, log_q):
    return torch.sigmoid(log_p - log_q)
"""
WRONG = GOOD.replace("log_p - log_q", "log_q - log_p")
STUB = GOOD.replace("return torch.sigmoid(log_p - log_q)", "...")


def write(folder, student, *cells, lesson="21_gan", **more):
    """Write a hand-in as `course hand-in` does."""
    content = {"format": hand_in.FORMAT, "student": student, "lesson": lesson, "progress": {}}
    content |= {"cells": ["import torch\nfrom course_utils import exercise", *cells], **more}
    path = folder / f"{student}.json"
    path.write_text(json.dumps(content))
    return path


def judged(source, folder, **limits):
    answer = Answer("optimal_discriminator", source.removeprefix("@exercise\n"), ("import torch",))
    return worker.judged(answer, [], folder, **limits)


def test_right_and_wrong_answers_get_what_the_card_says(tmp_path):
    assert judged(GOOD, tmp_path).state == "right"
    wrong = judged(WRONG, tmp_path)
    assert wrong.state == "not yet"
    assert wrong.mistake
    assert wrong.why


HOSTILE = {
    "while True: pass": "Python was stopped in its loop, or a case takes more than",
    "import os; os._exit(0)": worker.NO_WORD,
    "raise SystemExit": "",
    "import subprocess; subprocess.run(['true'])": "starts no other program",
    "open('/tmp/mine.txt', 'w')": "writes no files",
    "import socket; socket.create_connection(('127.0.0.1', 9))": "no network",
}


@pytest.mark.parametrize("line", HOSTILE)
def test_hostile_answers_are_a_line_and_not_right(line, tmp_path):
    found = judged(GOOD.replace("return", f"{line}\n    return"), tmp_path, seconds=40)
    assert found.state in ("not yet", "stopped")
    if "open" in line or "socket" in line or "subprocess" in line:
        assert HOSTILE[line] in " ".join(found.reasons)
    if "_exit" in line:
        assert found.reasons == (HOSTILE[line],)


def test_an_answer_reads_no_other_hand_in(tmp_path):
    path = write(tmp_path, "Ada", GOOD)
    found = judged(GOOD.replace("return", f"open({str(path)!r})\n    return"), tmp_path)
    assert found.state == "not yet"
    assert "Ada.json" in " ".join(found.reasons)


def test_too_much_memory_and_too_much_time_end_the_process(tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "MEMORY", 1.5e9)
    big = GOOD.replace(
        "return", "x = torch.ones(600_000_000); import time; time.sleep(9)\n    return"
    )
    assert "GB" in judged(big, tmp_path).reasons[0]
    slow = "import time\ntime.sleep(60)\n" + GOOD.removeprefix("@exercise\n")
    assert "more than 12 s" in judged(slow, tmp_path, seconds=12).reasons[0]


PICKLE = """import gc
    from multiprocessing.connection import Connection
    class Bomb:
        def __reduce__(self):
            return (open, ({path!r}, "w"))
    for pipe in [x for x in gc.get_objects() if type(x) is Connection]:
        pipe.send(Bomb())
    return"""


def test_what_a_hostile_process_sends_runs_no_code_here(tmp_path):
    bomb = tmp_path / "ran"
    found = judged(GOOD.replace("return", PICKLE.format(path=str(bomb))), tmp_path / "absent")
    assert found.state != "right"
    assert not bomb.exists()


CHEATS = (
    "import course_utils.exercises.trials as t\n    t.run = lambda *a, **k: None",
    "from course_utils.exercises import compare\n    compare.room = lambda *a: 1e9",
)


@pytest.mark.parametrize("cheat", CHEATS)
def test_who_changes_the_checker_is_not_right(cheat, tmp_path):
    found = judged(
        GOOD.replace("return torch.sigmoid(log_p - log_q)", f"{cheat}\n    return log_p"), tmp_path
    )
    assert found.state != "right"


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """Six students; returns (folder, the command's result, rows of the CSV)."""
    folder = tmp_path_factory.mktemp("class")
    short = "return torch.sigmoid(log_p - log_q)"
    longer = GOOD.replace(short, "logit = log_p - log_q\n    odds = logit.neg().exp()\n    {}")
    kept = {**progress.NEW, "topic": "gan", "attempts": 4, "mistakes": {"upside down": 2}}
    write(folder, "Ada", longer.format("return 1 / (1 + odds)  # a sigmoid"))
    write(folder, "Bob", WRONG, progress={"optimal_discriminator": kept})
    twin = longer.format("return 1 / (1 + odds)  # a sigmoid").replace("odds", "o")
    write(folder, "Cy", twin)
    write(folder, "Di", STUB)
    write(folder, "=Eve", "@exercise\ndef optimal_discriminator(log_p, log_q)\n    return")
    (folder / "broken.json").write_text("{")
    notebook = {"metadata": {"course": {"id": "21_gan"}}, "cells": []}
    output = {"output_type": "stream", "name": "stdout", "text": "right"}  # forged
    cell = {"cell_type": "code", "source": WRONG, "outputs": [output], "metadata": {}}
    (folder / "Fay").mkdir()
    (folder / "Fay" / "21_gan.ipynb").write_text(json.dumps({**notebook, "cells": [cell]}))
    result = course("grade", folder, "--jobs", 2)
    with (folder / "grades" / "grades.csv").open() as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    return folder, result, rows


def test_a_class_is_graded_in_one_command(school):
    folder, result, rows = school
    states = {student: row["state"] for student, row in rows.items()}
    assert states == {
        "Ada": "right",
        "Bob": "not yet",
        "Cy": "right",
        "Di": "not attempted",
        "'=Eve": "no Python",
        "Fay": "not yet",  # the forged output is not believed
    }
    assert result.exit_code == 1
    assert "broken.json: it is no JSON" in result.stderr
    assert "2 right" in result.output
    assert rows["Bob"]["attempts"] == "4"
    page = (folder / "grades" / "class.html").read_text()
    for words in ("upside down", "To talk about", "the same as Cy", "6 students"):
        assert words in page
    student = (folder / "grades" / "students" / "Bob.html").read_text()
    assert "torch.sigmoid(log_q - log_p)" in student


def test_a_second_call_judges_only_what_changed(school, monkeypatch):
    folder, _result, _rows = school
    seen = []

    def counted(answer, others, hidden):
        seen.append(answer.source)
        return worker.Grade(answer.name, "right")

    monkeypatch.setattr(grading, "judged", counted)
    course("grade", folder)
    assert seen == []
    time.sleep(0.01)
    write(folder, "Di", GOOD.replace("log_p - log_q", "-(log_q - log_p)"))
    course("grade", folder)
    assert len(seen) == 1


def test_a_later_hand_in_counts_and_the_earlier_is_named(tmp_path):
    write(tmp_path, "Ada", WRONG).rename(tmp_path / "a1.json")
    time.sleep(0.01)
    write(tmp_path, "Ada", GOOD)
    works, complaints = grading.collect(tmp_path)
    assert [work.answer.source for work in works] == [GOOD.removeprefix("@exercise\n")]
    assert "a1.json is older than Ada.json" in complaints[0]


def test_an_empty_or_missing_folder_is_one_sentence(tmp_path):
    shown = course("grade", tmp_path)
    assert shown.exit_code == 2
    assert "holds no hand-ins" in shown.stderr
    shown = course("grade", tmp_path / "absent")
    assert shown.exit_code == 2
    assert "is no folder" in shown.stderr


def test_what_is_handed_in_is_what_is_graded(tmp_path, tmp_path_factory, monkeypatch):
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path_factory.mktemp("build")))
    progress.tried("gan_step", "gan", "not yet", mistake="m", answer="a")
    done = course("hand-in", "21", "--name", "Ada L.", "--out", tmp_path)
    assert done.exit_code == 0
    path = tmp_path / "21_gan-Ada_L.json"
    assert str(path) in done.output
    one = hand_in.read(path, tmp_path)
    assert (one.student, one.lesson) == ("Ada L.", "21_gan")
    assert one.progress["gan_step"]["mistakes"] == {"m": 1}
    works, complaints = grading.collect(tmp_path)
    assert not complaints
    assert "gan_step" in [work.answer.name for work in works]
    refused = course("hand-in", "21", "--name", " . ", "--out", tmp_path)
    assert refused.exit_code == 2
    assert "needs a name" in refused.stderr


def test_the_pages_escape_what_students_write(tmp_path):
    row = grading.Row("<b>", "21_gan", worker.Grade("f", "not yet", ("<i>",)), "<script>")
    page = pages.of_student("<b>", [row])
    for tag in ("<b>", "<i>", "<script>"):
        assert tag not in page
