import json
import subprocess
import sys

import pytest

from course_utils.store import progress


@pytest.fixture
def path(tmp_path):
    return tmp_path / "progress.json"


def test_attempts_mistakes_and_the_right_answer_are_kept(path):
    progress.tried("f", "kl", "not attempted", where=path)
    progress.tried("f", "kl", "not yet", mistake="sum for mean", answer="a", where=path)
    progress.tried("f", "kl", "right", right=True, answer="b", where=path)
    entry = progress.read(path)["f"]
    assert (entry["topic"], entry["state"], entry["attempts"]) == ("kl", "right", 2)
    assert entry["mistakes"] == {"sum for mean": 1}
    assert entry["right_answer"] == entry["answer"] == "b"
    progress.tried("f", "kl", "not yet", answer="c", where=path)
    entry = progress.read(path)["f"]
    assert (entry["state"], entry["right_answer"], entry["answer"]) == ("not yet", "b", "c")
    assert entry["right"]


def test_the_same_answer_again_is_no_new_attempt_and_an_empty_one_forgets_nothing(path):
    for _ in range(3):
        progress.tried("f", "kl", "not yet", mistake="m", answer="a", where=path)
    progress.tried("f", "kl", "not attempted", where=path)
    entry = progress.read(path)["f"]
    assert (entry["state"], entry["attempts"], entry["mistakes"]) == ("not yet", 1, {"m": 1})


def test_hints_only_grow_and_the_solution_stays_seen(path):
    progress.helped("f", "kl", hints=2, where=path)
    progress.helped("f", "kl", hints=1, where=path)
    progress.helped("f", "kl", solution=True, where=path)
    entry = progress.read(path)["f"]
    assert (entry["hints"], entry["solution"], entry["attempts"]) == (2, True, 0)


def test_a_file_is_written_only_for_news(path):
    progress.helped("f", "kl", hints=1, where=path)
    before = path.stat().st_mtime_ns
    progress.helped("f", "kl", hints=1, where=path)
    progress.tried("f", "kl", "not attempted", where=path)
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("text", ["{", "[]", '{"f": 1}', '{"f": {"state": "right"}}', "\0"])
def test_a_damaged_file_is_set_aside_not_lost(path, text, capsys):
    path.write_text(text)
    progress.helped("f", "kl", hints=1, where=path)
    assert list(progress.read(path)) == ["f"]
    (spare,) = path.parent.glob("progress.damaged-*.json")
    assert spare.read_text() == text
    assert spare.name in capsys.readouterr().out


def test_an_entry_of_an_older_version_gets_what_is_new(path):
    path.write_text(json.dumps({"f": {"topic": "kl", "state": "right", "first": "", "last": ""}}))
    assert progress.read(path)["f"]["mistakes"] == {}


WRITER = """
import sys
from pathlib import Path
from course_utils.store import progress

print("ready", flush=True)
sys.stdin.readline()
for k in range(20):
    progress.helped(f"{sys.argv[2]}_{k}", "kl", hints=1, where=Path(sys.argv[1]))
"""


def test_kernels_that_write_at_once_lose_nothing(path):
    command = [sys.executable, "-c", WRITER, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    writers = [subprocess.Popen([*command, name], **pipes) for name in "ab"]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    assert len(progress.read(path)) == 40
