"""``course launch``: the script it makes, two processes that meet, a kill, an error by name."""

import json
import os
import signal
import subprocess
import sys

import nbformat
import pytest

from course_utils import notebooks
from course_utils.cli.script import script
from tests.cli.toy import course, lesson
from tests.runs.toy import Config, run, untimed

PARAMETERS = 'profile = "quick"\nseed = 0\nresume = False\nwhere = "."\nkill_at = -1'
TRAIN = """
import os, signal
from course_utils.runs.parallel import join
from tests.runs.toy import Config, run

world = join()
first = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0") == "0"

def on_step(step):
    if step == kill_at and first and world.rank == world.size - 1:
        os.kill(os.getpid(), signal.SIGKILL)

rows, _ = run(where, config=Config(dropout=0.0), resume=resume, world=world, on_step=on_step)
print(f"process {world.rank} of {world.size} is done")
"""
LISTENERS = """
import psutil
us = [psutil.Process(os.getpid()), psutil.Process(os.getppid())]
open_ports = [c for p in us for c in p.net_connections() if c.status == "LISTEN"]
print("listening:", sorted({c.laddr.ip for c in open_ports}))
len(rows)
"""


def toy(folder, *cells):
    """Write a lesson with the parameters above; return its path."""
    path = lesson(folder, "84_toy", *cells)
    content = nbformat.read(path, as_version=4)
    content.cells[0].source = PARAMETERS
    nbformat.write(content, path)
    return path


def launch(folder, *words):
    """Run ``course launch`` on the toy lesson as a user does."""
    command = [sys.executable, "-c", "from course_utils.cli.main import app; app()", "launch", "84"]
    command += ["--notebooks", str(folder), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=300)


def source(folder, *cells, **parameters):
    return script(notebooks.load(toy(folder, *cells)), parameters)


def test_the_script_has_the_parameters_and_prints_last_values(tmp_path, capsys):
    text = source(tmp_path, "md:# text", "a = seed + 1\na * 2", "a;", "None", seed=20)
    assert "text" not in text
    exec(compile(text, "script", "exec"), {"__name__": "toy"})
    assert capsys.readouterr().out == "42\n"
    assert "# %% cell 3" in text


def test_a_last_value_may_span_lines_and_end_in_a_comment(tmp_path, capsys):
    text = source(tmp_path, "x = 1\n(\n    x\n    + 1\n)  # two; really\n# end")
    exec(compile(text, "script", "exec"), {"__name__": "toy"})
    assert capsys.readouterr().out in ("2\n", "")
    text = source(tmp_path, "'é' + str(7)  # shown")
    exec(compile(text, "script", "exec"), {"__name__": "toy"})
    assert capsys.readouterr().out == "'é7'\n"


def test_cells_for_a_person_only_are_left_out(tmp_path):
    path = toy(tmp_path, "1 / 0")
    content = nbformat.read(path, as_version=4)
    content.cells[1].metadata["tags"] = ["no-launch"]
    nbformat.write(content, path)
    assert "1 / 0" not in script(notebooks.load(path), {})


def test_a_magic_is_refused_with_its_cell(tmp_path):
    with pytest.raises(ValueError, match=r"cell 2 of lesson 84_toy is not plain Python.*no magics"):
        source(tmp_path, "%matplotlib inline")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["85"], "no lesson '85'"),
        (["84", "-p", "sed=1"], "no parameter 'sed'"),
        (["84", "--nnodes", "2"], "several machines need --rdzv-endpoint"),
        (["84", "--nnodes", "some"], "--nnodes is a number of machines"),
    ],
)
def test_wrong_words_are_refused_before_anything_runs(tmp_path, words, message):
    toy(tmp_path, "1")
    shown = course("launch", *words, "--notebooks", tmp_path)
    assert shown.exit_code == 2
    assert message in shown.output


def test_resume_needs_a_lesson_that_can(tmp_path):
    lesson(tmp_path, "84_toy", "1")
    shown = course("launch", "84", "--resume", "--notebooks", tmp_path)
    assert shown.exit_code == 2
    assert "no parameter 'resume'" in shown.output


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no kill -9")
def test_two_processes_survive_a_kill_and_give_the_single_processs_curve(tmp_path):
    """One process is killed at step 13; torchrun restarts both, and the run goes on by itself."""
    alone, _ = run(tmp_path, "alone", config=Config(dropout=0.0))
    toy(tmp_path, TRAIN, LISTENERS)
    words = ("--nproc-per-node", "2", "--max-restarts", "3", "-p", f"where={tmp_path}")
    done = launch(tmp_path, *words, "-p", "kill_at=13")
    assert done.returncode == 0, done.stderr
    assert "going on after step 12" in done.stdout
    assert "process 0 of 2 is done" in done.stdout
    assert "process 1" not in done.stdout
    assert f"\n{len(alone)}\n" in done.stdout, "a cell's last value is shown"
    assert "listening: []" in done.stdout or "listening: ['127.0.0.1']" in done.stdout
    rows = [json.loads(x) for x in (tmp_path / "toy" / "history.jsonl").read_text().splitlines()]
    assert len(rows) == len(alone)
    for row, expected in zip(untimed(rows), untimed(alone), strict=True):
        assert row == pytest.approx(expected, abs=1e-5)


@pytest.mark.slow
def test_an_error_ends_by_name_with_its_cell(tmp_path):
    toy(tmp_path, "import os", "if os.environ['RANK'] == '1':\n    {}['absent']")
    done = launch(tmp_path, "--nproc-per-node", "2")
    assert done.returncode == 1
    assert "KeyError: 'absent'" in done.stderr
    assert "(in cell 3 of the lesson)" in done.stderr
    assert "84_toy failed in process 1" in done.stderr
