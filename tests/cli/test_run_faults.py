"""``course run`` on bad days: kills, pipes of another encoding, full-up containers, copies."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from course_utils import machine
from course_utils.cli import launch, run
from course_utils.cli.bars import TimeLeft
from tests.cli.toy import course, lesson

pytestmark = pytest.mark.slow
COURSE = [sys.executable, "-c", "from course_utils.cli.main import app; app()"]


def start(*words, **variables):
    """Start ``course`` in a process of its own."""
    command = [*COURSE, *map(str, words)]
    pipe, env = subprocess.PIPE, {**os.environ, **variables}
    return subprocess.Popen(command, stdout=pipe, stderr=subprocess.STDOUT, env=env)


def kernel_of(process):
    """Wait for the kernel that a ``course`` process starts."""
    for _ in range(600):
        for child in psutil.Process(process.pid).children(recursive=True):
            if "ipykernel" in " ".join(child.cmdline()):
                return child
        time.sleep(0.1)
    raise AssertionError("no kernel was started")


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither of the two signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGKILL"])
def test_no_kernel_outlives_the_command(tmp_path, name):
    lesson(tmp_path / "nb", "10_slow", "import time\ntime.sleep(300)")
    process = start("run", "10", "--notebooks", tmp_path / "nb", "--out", tmp_path / "out")
    kernel = kernel_of(process)
    process.send_signal(getattr(signal, name))
    said = process.communicate(timeout=120)[0].decode()
    _, alive = psutil.wait_procs([kernel], timeout=20)
    assert not alive
    if name == "SIGINT":
        assert process.returncode == 130
        assert "Stopped; no kernel is left running." in said


def test_a_console_without_greek_does_not_cost_the_report(tmp_path):
    lesson(tmp_path / "nb", "10_greek", "print('→ β 中')", "raise ValueError('→ β 中')")
    words = ("run", "--notebooks", tmp_path / "nb", "--out", tmp_path / "out")
    process = start(*words, PYTHONIOENCODING="cp1252")
    said = process.communicate(timeout=120)[0].decode("cp1252")
    assert process.returncode == 1
    assert "raise ValueError('? ? ?')" in said
    [row] = json.loads((tmp_path / "out" / "report.json").read_text("utf8"))["lessons"]
    assert (row["outcome"], row["cell"]) == ("failed", 3)
    assert "→ β 中" in row["error"]


def test_the_report_is_there_even_if_explaining_fails(tmp_path, monkeypatch):
    def broken(*_):
        raise RuntimeError("the console is gone")

    monkeypatch.setattr(run, "explain", broken)
    lesson(tmp_path / "nb", "10_bad", "1 / 0")
    shown = course("run", "--notebooks", tmp_path / "nb", "--out", tmp_path / "out")
    assert isinstance(shown.exception, RuntimeError)
    assert json.loads((tmp_path / "out" / "report.json").read_text("utf8"))["lessons"]


def test_a_launched_lesson_may_print_greek_into_any_pipe(tmp_path):
    lesson(tmp_path / "nb", "10_greek", "print('→ β 中')")
    words = ("launch", "10", "--notebooks", tmp_path / "nb", "--out", tmp_path / "out")
    process = start(*words, PYTHONIOENCODING="cp1252")
    said = process.communicate(timeout=120)[0].decode("utf8", "replace")
    assert process.returncode == 0, said
    assert "→ β 中" in said
    assert list((tmp_path / "out" / "launch").glob("10_greek-*.py"))


def test_copies_empty_notebooks_and_unknown_magics(tmp_path):
    """A duplicated lesson has the id of its original; both run, each under its file's name."""
    original = lesson(tmp_path / "nb", "10_twice", "1 + 1")
    shutil.copy(original, original.with_name("10_twice-Copy1.ipynb"))
    lesson(tmp_path / "nb", "11_magic", "%notmagic")
    empty = lesson(tmp_path / "nb", "12_empty")
    content = json.loads(empty.read_text("utf8"))
    empty.write_text(json.dumps({**content, "cells": []}))
    shown = course("run", "--notebooks", tmp_path / "nb", "--out", tmp_path / "out")
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf8"))["lessons"]
    rows = {row["name"]: row for row in report}
    assert sorted(rows) == ["10_twice", "10_twice-Copy1", "11_magic", "12_empty"]
    assert rows["10_twice"]["outcome"] == rows["10_twice-Copy1"]["outcome"] == "ok"
    assert "Line magic function `%notmagic` not found" in rows["11_magic"]["error"]
    assert (rows["12_empty"]["outcome"], rows["12_empty"]["note"]) == ("ok", "no code")
    assert "Line magic function `%notmagic` not found" in shown.output


@pytest.mark.parametrize("command", ["run", "launch"])
def test_a_folder_that_cannot_be_written_is_named_before_anything_runs(tmp_path, command):
    lesson(tmp_path / "nb", "10_a", f"open({str(tmp_path / 'ran')!r}, 'w')")
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "out"
    shown = course(command, "10", "--notebooks", tmp_path / "nb", "--out", out)
    assert shown.exit_code == 2
    assert shown.stderr == (
        f"course {command}: cannot write to {out}: name another folder with --out FOLDER\n"
    )
    assert not (tmp_path / "ran").exists()


def test_where_the_course_is_read_only_lessons_keep_their_things_beside_their_pages(
    tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "file" / "build"))
    cell = "import os\nos.makedirs(os.environ['COURSE_BUILD'] + '/kept')"
    lesson(tmp_path / "nb", "10_a", cell)
    shown = course("run", "10", "--notebooks", tmp_path / "nb", "--out", tmp_path / "out")
    assert shown.exit_code == 0, shown.output
    assert (tmp_path / "out" / "kept").exists()


GB = 10**9


@pytest.mark.parametrize(
    ("own", "files", "free"),
    [
        ("0::/", {}, 20),
        ("0::/", {"memory.max": "max", "memory.current": 4 * GB}, 20),
        ("0::/", {"memory.max": 3 * GB, "memory.current": GB}, 2),
        ("0::/", {"memory.max": 3 * GB, "memory.current": 4 * GB}, 0),
        ("0::/a/b", {"a/memory.max": 5 * GB, "a/memory.current": GB, "a/b/memory.max": "max"}, 4),
        ("0::/not/here", {"memory.max": 3 * GB, "memory.current": GB}, 2),
        (
            "0::/",
            {
                "memory.max": 3 * GB,
                "memory.current": 2 * GB,
                "memory.stat": f"anon 5\nactive_file 7\ninactive_file {GB}\n",
            },
            2,
        ),
        (
            "4:memory:/docker/x\n1:cpu:/\n0::/",
            {
                "memory/memory.limit_in_bytes": 6 * GB,
                "memory/memory.usage_in_bytes": 2 * GB,
                "memory/memory.stat": f"inactive_file 0\ntotal_inactive_file {GB}\n",
            },
            5,
        ),
        (
            "4:memory:/",
            {"memory/memory.limit_in_bytes": 2**63 - 4096, "memory/memory.usage_in_bytes": GB},
            20,
        ),
    ],
)
def test_a_containers_limit_counts_as_memory(tmp_path, monkeypatch, own, files, free):
    for name, content in files.items():
        (tmp_path / "mount" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "mount" / name).write_text(f"{content}\n")
    (tmp_path / "own").write_text(own)

    class Host:
        available = 20 * GB

    monkeypatch.setattr(psutil, "virtual_memory", Host)
    assert machine.free_memory(tmp_path / "mount", tmp_path / "own") == free * GB
    assert machine.free_memory(tmp_path / "mount", tmp_path / "absent") == 20 * GB


def test_run_and_doctor_count_memory_alike(monkeypatch):
    from course_utils.cli.doctor import hardware

    monkeypatch.setattr(machine, "cpu_count", lambda: (16, "16 cores"))
    for module in (machine, hardware):
        monkeypatch.setattr(module, "free_memory", lambda: 4.2 * GB)
    assert hardware.memory().says == "4.2 GB free"
    assert run._shares(22, None, "full") == {"profile": "full", "jobs": 2, "threads": 8}
    assert run._shares(22, None, "quick")["threads"] == machine.QUICK_THREADS


def test_the_time_left_follows_the_measured_seconds(tmp_path):
    paths = [tmp_path / name for name in "abc"]
    left = TimeLeft(dict(zip(paths, (60, 30, 30), strict=True)), jobs=2)
    assert str(left) == "about 1:00 left"
    left.update(paths[0], 0.5)
    left.update(paths[1], 1.0)
    assert left.done == 60
    assert str(left) in ("about 0:14 left", "about 0:15 left")  # faster than expected
    for path in paths:
        left.update(path, 1.0)
    assert str(left) == "about 0:00 left"


@pytest.mark.parametrize("name", ["lo9", None])
def test_one_machine_talks_through_the_loopback_where_it_has_a_name(tmp_path, monkeypatch, name):
    plain = {key: value for key, value in os.environ.items() if "SOCKET_IFNAME" not in key}
    monkeypatch.setattr(os, "environ", plain)
    monkeypatch.setattr(machine, "loopback", lambda: name)
    with launch._environment(1, True, None, tmp_path):
        named = {key: value for key, value in os.environ.items() if "SOCKET_IFNAME" in key}
    assert named == ({"GLOO_SOCKET_IFNAME": "lo9", "NCCL_SOCKET_IFNAME": "lo9"} if name else {})


def test_a_path_with_braces_is_a_path(tmp_path):
    folder = tmp_path / "{x} {0} #1"
    lesson(folder, "10_a", "import os\nassert os.getcwd().endswith('1_part'), os.getcwd()")
    shown = course("run", "10", "--notebooks", folder, "--out", tmp_path / "out")
    assert shown.exit_code == 0, shown.output
