"""``course sweep``: planned, run once each, kept, compared, on one machine or many."""

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import psutil
import pytest

from course_utils.cli.sweep.plan import axis
from course_utils.cli.sweep.table import lines
from course_utils.store import sweeps
from tests.cli.toy import course, lesson

ROOT = Path(__file__).resolve().parents[2]
RATE = "rate = 0.1"
FOUND = """from course_utils import start
lesson = start("31_toy", profile=profile, seed=seed)
lesson.keep(loss=seed + 10 * rate)
lesson.record("31-a", "the seed, doubled", 2.0 * seed)"""
SLOW = "import time\ntime.sleep(6)"
PARTS = {"31_toy": (FOUND,), "32_bad": ("if seed == 1:\n    raise KeyError('no such digit')",)}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Toy lessons in a folder, and the words that name it and the folder of rows."""
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    for name, cells in PARTS.items():
        lesson(tmp_path / "notebooks", name, *cells)
        text = (tmp_path / "notebooks" / "1_part" / f"{name}.ipynb").read_text("utf8")
        text = text.replace("seed = 0  # int", f"seed = 0  # int\\n{RATE}")
        (tmp_path / "notebooks" / "1_part" / f"{name}.ipynb").write_text(text, "utf8")
    return tmp_path


def words(place):
    return "--notebooks", place / "notebooks", "--out", place / "rows"


def row(seed, rate=0.1, outcome="ok", **numbers):
    parameters = {"profile": "quick", "seed": seed, "rate": rate}
    more = {"numbers": numbers, "claims": [], "error": "", "code_hash": "x"}
    return {"lesson": "31_toy", "parameters": parameters, "outcome": outcome, **more}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("seed=0-3", [0, 1, 2, 3]),
        ("seed=1,5-6", [1, 5, 6]),
        ("rate=1e-3,2e-3", [0.001, 0.002]),
        ("norm=batch,none", ["batch", None]),
        ("seed=7", [7]),
    ],
)
def test_values_are_lists_and_ranges(text, values):
    assert axis(text) == (text.partition("=")[0], values)


@pytest.mark.parametrize("text", ["seed", "seed=3-1", "seed=1,1", "seed=0-99999999", "=3"])
def test_bad_values_get_a_sentence(text):
    with pytest.raises(ValueError, match=r"written|backwards|twice|allowed"):
        axis(text)


def test_the_table_has_means_intervals_and_pairs():
    rows = [row(s, r, loss=10 * r + s) for r in (0.1, 0.2) for s in range(3)]
    said = "\n".join(lines([*rows, {**row(3, outcome="failed"), "error": "out of memory"}]))
    assert "rate = 0.1: 2 [-0.4841, 4.484], n = 3" in said  # 1, 2, 3: t of two degrees is 4.303
    assert "minus the first: +1 [+1, +1], 3 seeds in pairs" in said
    assert "failed: profile = quick, seed = 3, rate = 0.1 (out of memory)" in said
    assert "6 good runs, 1 failed" in said


def test_rows_of_two_versions_are_not_passed_off_as_one():
    said = list(lines([row(0, loss=1.0), {**row(1, loss=2.0), "code_hash": "y"}]))
    assert said[-1].startswith("they come from 2 versions")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (["31", "-p", "colour=1"], "no parameter 'colour'"),
        (["31", "-p", "seed=1", "-p", "seed=2"], "given twice"),
        (["31", "--name", "../x"], "letters, digits"),
        (["77", "-p", "seed=0-1"], "77"),
        (["31", "-p", "seed=0-1", "--run", "2"], "from 0 to 1"),
        (["--table", "nothing"], "no sweep named nothing"),
        ([], "name a lesson"),
    ],
)
def test_wrong_input_is_one_sentence_and_nothing_runs(place, given, reason):
    shown = course("sweep", *given, *words(place))
    assert shown.exit_code == 2
    assert reason in shown.stderr
    assert not list((place / "rows").glob("*.jsonl"))


@pytest.mark.slow
def test_runs_are_kept_and_done_once(place):
    given = ("sweep", "31", "-p", "seed=0-1", "-p", "rate=0.1,0.2", *words(place))
    shown = course(*given, "--run", "2")
    assert shown.exit_code == 0, shown.output
    assert "1 of 4 runs to do" in shown.output
    (found,) = sweeps.rows("31_toy", where=place / "rows")
    assert found["parameters"] == {"profile": "quick", "seed": 1, "rate": 0.1}
    assert sweeps.numbers(found) == {"loss": 2.0, "31-a": 2.0}
    assert found["seconds"] > 0
    assert found["versions"]["torch"]
    shown = course(*given, "--jobs", "2")
    assert "3 of 4 runs to do" in shown.output, shown.output
    assert sweeps.values("31_toy", "loss", where=place / "rows", rate=0.2) == [2.0, 3.0]
    assert "0 of 4 runs to do" in course(*given).output
    assert "minus the first: +1" in course("sweep", "--table", "31_toy", *words(place)).output
    path = place / "notebooks" / "1_part" / "31_toy.ipynb"
    path.write_text(path.read_text("utf8").replace("doubled", "times two"), "utf8")
    assert "1 of 4 runs to do" in course(*given, "--run", "0").output  # other code


@pytest.mark.slow
def test_a_failed_run_is_named_and_tried_again(place):
    given = ("sweep", "32", "-p", "seed=0-1", *words(place))
    shown = course(*given)
    assert shown.exit_code == 1
    assert "no such digit" in shown.output
    assert "1 of 2 runs to do" in course(*given).output
    rows = sweeps.rows("32_bad", where=place / "rows")
    assert [r["outcome"] for r in rows] == ["ok", "failed"]
    assert "1 good runs, 1 failed" in course("sweep", "--table", "32_bad", *words(place)).output
    other = course("sweep", "31", "--name", "32_bad", *words(place))
    assert "holds runs of 32_bad" in other.stderr


@pytest.mark.slow
def test_a_slurm_array_makes_every_row(place):
    """A stand-in for sbatch: it reads the script's own lines and starts each task of the array."""
    shown = course("sweep", "31", "-p", "seed=0-1", "--slurm", *words(place))
    assert shown.exit_code == 0, shown.output
    path = Path(shown.output.split("sbatch ")[-1].replace("\n", "").strip())
    text = path.read_text("utf8")
    (array,) = [x.partition("--array=")[2] for x in text.splitlines() if "--array=" in x]
    for task in array.split(","):
        done = subprocess.run(
            ["bash", path],
            env=os.environ | {"SLURM_ARRAY_TASK_ID": task, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
    assert sweeps.values("31_toy", "loss", where=place / "rows") == [1.0, 2.0]
    assert (
        "nothing to submit"
        in course("sweep", "31", "-p", "seed=0-1", "--slurm", *words(place)).output
    )


@pytest.fixture(scope="session")
def dask(tmp_path_factory):
    """The extra, installed into a folder of its own: its pins, from pyproject.toml."""
    uv = Path(sys.executable).with_name("uv")
    pins = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    folder = tmp_path_factory.mktemp("dask")
    installer = [uv] if uv.exists() else [sys.executable, "-m"]
    command = [*installer, "pip", "install", "-q", "--target", folder]
    if uv.exists():
        command += ["--python", sys.executable]
    done = subprocess.run(
        [*command, "-c", ROOT / "constraints.txt", *pins["optional-dependencies"]["cluster"]],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.skip(f"Dask cannot be installed here: {done.stderr.strip()[-200:]}")
    return folder


@pytest.mark.slow
def test_a_lost_worker_costs_its_run_nothing(place, dask):
    """Two workers; the one that has begun is killed, and its run comes back from the other."""
    path = place / "notebooks" / "1_part" / "31_toy.ipynb"
    slow = json.loads(path.read_text("utf8"))
    slow["cells"][1]["source"] = SLOW + "\n" + FOUND
    path.write_text(json.dumps(slow), "utf8")
    paths = os.pathsep.join([str(ROOT), str(dask)])
    variables = os.environ | {"PYTHONPATH": paths}
    started = []

    def begin(*words):
        command = [sys.executable, "-m", *map(str, words)]
        started.append(subprocess.Popen(command, env=variables, stderr=subprocess.DEVNULL))
        return started[-1]

    address = place / "scheduler.json"
    try:
        quiet = ["--no-dashboard", "--scheduler-file", address]
        begin("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", 0, *quiet)
        quiet += ["--nthreads", 1, "--no-nanny", "--local-directory"]
        names = [place / "first", place / "second"]
        workers = [begin("distributed.cli.dask_worker", *quiet, name) for name in names]
        until(address.exists)
        tcp = json.loads(address.read_text())["address"]
        command = [sys.executable, "-m", "course_utils.cli.main", "sweep", "31", "-p", "seed=0-2"]
        command += ["--scheduler", tcp, *map(str, words(place))]
        sweep = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True)
        started.append(sweep)
        until(lambda: psutil.Process(workers[0].pid).children())  # its first kernel
        time.sleep(1)
        workers[0].send_signal(signal.SIGKILL)
        out, _ = sweep.communicate(timeout=240)
        assert sweep.returncode == 0, out
    finally:
        for process in started:
            process.kill()
            process.wait()
    assert sweeps.values("31_toy", "loss", where=place / "rows") == [1.0, 2.0, 3.0]


def until(true, patience=90):
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)
