"""Starting over asks first, nothing is overwritten, and the folder says what made it."""

import errno
import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from course_utils import machine
from course_utils.runs.folder import FRESH, RunError, open_run
from course_utils.runs.history import History
from course_utils.runs.parallel import World


@dataclass(frozen=True)
class Config:
    lr: float = 0.1
    widths: tuple = (8, 8)


def test_an_existing_run_asks_for_resume_or_a_new_name(tmp_path):
    first = open_run("vae", config=Config(), where=tmp_path)
    assert not first.resumed
    before = (tmp_path / "vae" / "config.json").read_bytes()
    with pytest.raises(RunError, match=r"the run vae exists: .*resume.* or choose a new name"):
        open_run("vae", config=Config(), where=tmp_path)
    assert (tmp_path / "vae" / "config.json").read_bytes() == before
    assert open_run("vae", config=Config(), resume=True, where=tmp_path).resumed
    starts = (tmp_path / "vae" / "starts.jsonl").read_text().splitlines()
    assert [json.loads(line)["resumed"] for line in starts] == [False, True]


def test_every_start_names_the_lock_files(tmp_path, monkeypatch):
    """Other packages, another hash: the run folder tells which it was."""
    root = tmp_path / "course"
    root.mkdir()
    (root / "requirements.txt").write_bytes(b"torch==2.13.0\n")
    monkeypatch.setattr(machine, "repo_root", lambda: root)
    open_run("vae", config=Config(), where=tmp_path)
    (root / "requirements.txt").write_bytes(b"torch==2.14.0\n")
    (root / "constraints.txt").write_bytes(b"numpy==2.4.6\n")
    open_run("vae", config=Config(), resume=True, where=tmp_path)
    lines = (tmp_path / "vae" / "starts.jsonl").read_text().splitlines()
    before, after = (json.loads(line)["locks"] for line in lines)
    assert before["requirements.txt"] == hashlib.sha256(b"torch==2.13.0\n").hexdigest()
    assert after["requirements.txt"] == hashlib.sha256(b"torch==2.14.0\n").hexdigest()
    assert before["constraints.txt"] is None
    assert after["constraints.txt"] == hashlib.sha256(b"numpy==2.4.6\n").hexdigest()


def test_another_configuration_is_named(tmp_path):
    open_run("vae", config=Config(), where=tmp_path)
    with pytest.raises(RunError, match=r"lr was 0\.1, now 0\.2"):
        open_run("vae", config=replace(Config(), lr=0.2), resume=True, where=tmp_path)


def test_nothing_to_resume_and_foreign_folders_get_a_sentence(tmp_path):
    with pytest.raises(RunError, match="no run vae to resume"):
        open_run("vae", config=Config(), resume=True, where=tmp_path)
    (tmp_path / "vae").mkdir()
    (tmp_path / "vae" / "score.json").write_text("{}")
    with pytest.raises(RunError, match="holds other results"):
        open_run("vae", config=Config(), where=tmp_path)
    with pytest.raises(ValueError, match="letters, digits"):
        open_run("../vae", config=Config(), where=tmp_path)


@pytest.mark.parametrize(("text", "message"), [("{", "cannot be read"), ('{"format": 9', "9")])
def test_a_damaged_or_newer_configuration_gets_a_sentence(tmp_path, text, message):
    open_run("vae", config=Config(), where=tmp_path)
    if text != "{":
        text += ', "config": {}}'
        message = "format 9, this version reads 1"
    (tmp_path / "vae" / "config.json").write_text(text)
    with pytest.raises(RunError, match=message):
        open_run("vae", config=Config(), resume=True, where=tmp_path)


def test_rehearsals_are_numbered_and_the_newest_is_resumed(tmp_path):
    paths = [
        open_run("vae", config=Config(), rehearsal=True, where=tmp_path).path.name for _ in range(3)
    ]
    assert paths == ["vae-1", "vae-2", "vae-3"]
    again = open_run("vae", config=Config(), rehearsal=True, resume=True, where=tmp_path)
    assert (again.name, again.path.name, again.resumed) == ("vae", "vae-3", True)


def test_old_rehearsals_are_cleared_away_but_not_those_of_the_last_hour(tmp_path):
    for _ in range(5):
        open_run("vae", config=Config(), rehearsal=True, where=tmp_path)
    (tmp_path / "vae-other-1").mkdir()  # another name that begins alike
    long_ago = time.time() - 2 * FRESH
    for number in (1, 3, 4):
        os.utime(tmp_path / f"vae-{number}", (long_ago, long_ago))
    open_run("vae", config=Config(), rehearsal=True, where=tmp_path)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["vae-2", "vae-3", "vae-4", "vae-5", "vae-6", "vae-other-1"]


HOLDER = """
import sys, time
from pathlib import Path
from course_utils.runs.folder import open_run
open_run("vae", config={"lr": 0.1}, where=Path(sys.argv[1]))
print("open", flush=True)
time.sleep(60)
"""


def test_two_programs_do_not_train_the_same_run(tmp_path):
    """Not before the first one has ended, be it by kill -9; one program may reopen its own."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(RunError, match="another program is at work on the run vae"):
            open_run("vae", config={"lr": 0.1}, resume=True, where=tmp_path)
        starts = (tmp_path / "vae" / "starts.jsonl").read_text()
        assert starts.count("\n") == 1
    finally:
        other.kill()
        other.communicate()
    for _ in range(2):
        assert open_run("vae", config={"lr": 0.1}, resume=True, where=tmp_path).resumed


def test_processes_restarted_by_torchrun_resume_their_own_run_only(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_LAUNCH", "monday")
    open_run("vae", config=Config(), where=tmp_path)
    monkeypatch.setenv("TORCHELASTIC_RESTART_COUNT", "1")
    assert open_run("vae", config=Config(), where=tmp_path).resumed
    monkeypatch.setenv("COURSE_LAUNCH", "tuesday")
    with pytest.raises(RunError, match="the run vae exists"):
        open_run("vae", config=Config(), where=tmp_path)


def test_what_a_run_measured_is_kept_by_the_first_process_only(tmp_path):
    folder = open_run("vae", config=Config(), where=tmp_path)
    folder.picture("samples", b"PNG")
    folder.finish({"bits_per_pixel": 1.5}, target=1.4)
    content = json.loads((folder.path / "metrics.json").read_text())
    assert (content["measured"], content["target"]) == ({"bits_per_pixel": 1.5}, 1.4)
    assert (folder.path / "pictures" / "samples.png").read_bytes() == b"PNG"
    with pytest.raises(ValueError, match="not JSON compliant"):
        folder.finish({"bits_per_pixel": float("nan")})
    other = replace(folder, world=World(rank=1, size=2))
    other.picture("more", b"PNG")
    other.finish({"bits_per_pixel": 2.0})
    assert not (folder.path / "pictures" / "more.png").exists()
    assert json.loads((folder.path / "metrics.json").read_text()) == content


def test_history_drops_a_cut_line_and_what_comes_after_the_resumed_step(tmp_path):
    history = History(tmp_path / "history.jsonl")
    assert history.rows() == []
    assert history.cut_after(3) == 0
    rows = [{"step": k, "loss": 1 / k} for k in range(1, 6)]
    for row in rows:
        history.append(row)
    with history.path.open("a") as file:
        file.write('{"step": 6, "lo')
    assert history.rows() == rows
    assert history.cut_after(3) == 3
    assert history.rows() == rows[:3]
    assert history.path.read_text().count("\n") == 3


def test_a_whole_number_cut_in_its_middle_is_not_believed(tmp_path):
    """The line {"step": 12} without its newline may be half of something longer."""
    history = History(tmp_path / "history.jsonl")
    history.path.write_text('{"step": 1}\n{"step": 12}')
    assert history.rows() == [{"step": 1}]
    assert history.cut_after(99) == 1
    history.append({"step": 2})
    assert history.rows() == [{"step": 1}, {"step": 2}]


def test_history_refuses_rows_without_a_step_or_with_nan(tmp_path):
    history = History(tmp_path / "history.jsonl")
    with pytest.raises(ValueError, match="integer 'step'"):
        history.append({"loss": 1.0})
    with pytest.raises(ValueError, match="not JSON compliant"):
        history.append({"step": 1, "loss": float("inf")})
    assert not history.path.exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(RunError, match="cannot be written to: set COURSE_BUILD"):
        open_run("toy", config={}, where=tmp_path / "new")
