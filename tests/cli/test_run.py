"""``course run``: success, failure, time limits, wrong names, and no kernel left behind."""

import json
import os
import subprocess
import sys
import time

import nbformat
import psutil
import pytest

from course_utils.cli import options
from course_utils.cli.environment import environment, share_cores, stored_environment
from course_utils.cli.execute import Cell, Job, Pool
from course_utils.cli.watch import Watch
from tests.cli.toy import course, lesson

pytestmark = pytest.mark.slow
HEAVY = (
    "import time\nheld = bytearray(150_000_000)\nfor i in range(0, len(held), 4096): held[i] = 1\n"
)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Three lessons run side by side: the command's result and the output folder."""
    folder = tmp_path_factory.mktemp("run")
    notebooks = folder / "notebooks"
    lesson(notebooks, "10_good", "md:text", "print('seed is', seed)", HEAVY + "time.sleep(1)")
    lesson(
        notebooks,
        "11_bad",
        "def f(x):\n    return 1 / x",
        "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\nf(0)",
    )
    lesson(notebooks, "12_dies", "import os\nos._exit(3)")
    words = ("run", "--notebooks", notebooks, "--out", folder / "out", "--jobs", "2")
    return course(*words, "-p", "seed=7"), folder / "out"


def rows(out):
    """The report's lessons by name."""
    report = json.loads((out / "report.json").read_text("utf8"))
    return {row["name"]: row for row in report["lessons"]}


def test_the_status_says_that_one_failed(executed):
    assert executed[0].exit_code == 1


def test_a_good_lesson_is_written_with_its_parameter(executed):
    shown, out = executed
    notebook = nbformat.read(out / "10_good.ipynb", as_version=4)
    nbformat.validate(notebook)
    texts = [
        o.text for c in notebook.cells for o in c.get("outputs", []) if o.output_type == "stream"
    ]
    assert texts == ["seed is 7\n"]
    row = rows(out)["10_good"]
    assert (row["outcome"], row["cell"]) == ("ok", None)
    assert "10_good" in shown.output


def test_seconds_and_peak_memory_are_measured(executed):
    row = rows(executed[1])["10_good"]
    assert row["seconds"] >= 1
    assert 0.1 < row["cpu_seconds"] < 60  # a kernel's start costs some; waiting costs none
    assert 150 < row["memory_mb"] < 600  # the array, and a bare kernel
    assert f"{row['memory_mb']:,}" in executed[0].output


def test_a_failing_cell_is_shown(executed):
    shown, out = executed
    row = rows(out)["11_bad"]
    assert (row["outcome"], row["cell"]) == ("failed", 3)  # the injected parameters do not count
    assert "ZeroDivisionError" in row["error"]
    assert "\x1b" not in row["error"] + shown.output
    for text in ("cell 3", "    a = 1", "... 1 more lines", "return 1 / x", "division by zero"):
        assert text in shown.output


def test_a_dead_kernel_is_told_from_a_failing_cell(executed):
    row = rows(executed[1])["12_dies"]
    assert (row["outcome"], row["cell"]) == ("died", 2)
    assert "out of memory?" in row["error"]


def test_the_kernels_complaint_about_tcp_is_left_out(executed):
    assert "without encryption" not in executed[0].output


def test_no_kernel_is_left(executed):
    assert not our_kernels()


def our_kernels():
    """Kernels that descend from this process."""
    return [
        p for p in psutil.Process().children(recursive=True) if "ipykernel" in " ".join(p.cmdline())
    ]


def test_a_lesson_over_its_time_is_stopped(tmp_path):
    lesson(tmp_path / "nb", "10_slow", "import time\ntime.sleep(300)")
    start = time.monotonic()
    words = ("run", "10", "--notebooks", tmp_path / "nb", "--out", tmp_path / "out")
    shown = course(*words, "--timeout", "3")
    assert shown.exit_code == 1
    assert "limit of 3 s" in shown.output
    assert rows(tmp_path / "out")["10_slow"]["outcome"] == "timeout"
    assert time.monotonic() - start < 60
    assert not our_kernels()


def test_a_kernel_that_escapes_the_first_kill_is_killed_again(tmp_path, monkeypatch):
    """It may just be starting. Without a second kill the command would wait for its end."""
    path = lesson(tmp_path, "10_slow", "import time\ntime.sleep(300)")
    kill, tried = Watch.stop, []

    def miss_once(watch):
        tried.append(watch)
        if len(tried) > 1:
            kill(watch)

    monkeypatch.setattr(Watch, "stop", miss_once)
    began = time.monotonic()
    with Pool(1, environment(1)) as pool:
        for event in pool.run([Job("10_slow", path, tmp_path / "out.ipynb")]):
            if isinstance(event, Cell) and event.done == 1:
                break
    assert len(tried) > 1
    assert time.monotonic() - began < 120


def test_leaving_early_ends_the_kernel(tmp_path):
    path = lesson(tmp_path, "10_slow", "import time\ntime.sleep(300)")
    with Pool(1, environment(1)) as pool:
        for event in pool.run([Job("10_slow", path, tmp_path / "out.ipynb")]):
            assert isinstance(event, Cell)
            kernels = our_kernels()
            break
    assert len(kernels) == 1
    _, alive = psutil.wait_procs(kernels, timeout=10)
    assert not alive
    assert not (tmp_path / "out.ipynb").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["13"], "no lesson '13'"),
        (["goood"], "nearest: 10_good"),
        (["10", "-p", "sed=1"], "no parameter 'sed'; it has: profile, seed"),
        (["10", "-p", "seed", "7"], "written -p name=value (-p seed=1), got 'seed'"),
        (["10", "--profile", "fast"], "quick or full, got 'fast'"),
        (["nowhere/10_good.ipynb"], "no lesson 'nowhere/10_good.ipynb'"),
    ],
)
def test_a_wrong_name_is_refused_before_anything_runs(tmp_path, words, message):
    lesson(tmp_path / "nb", "10_good", "1")
    shown = course("run", *words, "--notebooks", tmp_path / "nb", "--out", tmp_path / "out")
    assert shown.exit_code == 2
    assert message in shown.output
    assert not (tmp_path / "out").exists()


def test_without_lessons_there_is_nothing_to_do(tmp_path):
    assert course("run", "--notebooks", tmp_path).exit_code == 0
    assert "no lessons yet" in course("run", "12", "--notebooks", tmp_path).output


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-1", -1),
        ("1e-3", 0.001),
        ("true", True),
        ("None", None),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_parameter_values(text, value):
    assert options.parameter_value(f"x={text}") == ("x", value)
    assert type(options.parameter_value(f"x={text}")[1]) is type(value)


@pytest.mark.parametrize(
    ("arguments", "jobs"),
    [((9, 2, 16.0), 2), ((1, 2, 16.0), 1), ((9, 8, 5.0), 2), ((9, 2, 0.5), 1)],
)
def test_jobs_follow_cores_lessons_and_memory(arguments, jobs):
    assert share_cores(*arguments) == jobs


def test_kernels_get_their_share_of_threads_unless_the_user_says_otherwise(monkeypatch):
    for name in ("OMP_NUM_THREADS", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    variables = environment(3, alone=False)
    assert (variables["OMP_NUM_THREADS"], variables["OMP_WAIT_POLICY"]) == ("3", "passive")
    assert "OMP_WAIT_POLICY" not in environment(3, alone=True)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert environment(3)["OMP_NUM_THREADS"] == "1"


def test_stored_runs_keep_compiled_modules_whatever_the_user_says(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    asks = [sys.executable, "-c", "import sys; print(sys.dont_write_bytecode)"]
    says = subprocess.check_output(asks, env=os.environ | stored_environment(tmp_path), text=True)
    assert says.strip() == "False"


def test_a_lesson_runs_up_to_a_cell_for_its_author(tmp_path):
    path = lesson(tmp_path / "nb", "10_long", "print('one')", "1 / 0")
    words = ("run", "10", "--notebooks", tmp_path / "nb", "--out", tmp_path / "out")
    shown = course(*words, "--until", 2)
    assert shown.exit_code == 0
    done = nbformat.read(tmp_path / "out" / "10_long.ipynb", as_version=4)
    assert [cell.outputs[0].text for cell in done.cells if cell.outputs] == ["one\n"]
    assert len(nbformat.read(path, as_version=4).cells) == 3
    assert course(*words).exit_code == 1  # the whole lesson is not taken for done
    assert "has cells 1 to 3, got --until 4" in course(*words, "--until", 4).stderr
    lesson(tmp_path / "nb", "11_other", "1")
    several = course("run", "--notebooks", tmp_path / "nb", "--out", tmp_path / "out", "--until", 1)
    assert several.exit_code == 2
    assert "takes one lesson" in several.stderr
