"""What a lesson runs on: decided with a reason, applied only when asked."""

import io
import os
import random
import re
import subprocess

import numpy as np
import pytest
import torch

from course_utils import machine, runtime
from course_utils.cli.doctor import hardware
from course_utils.runtime import Choice, Runtime


@pytest.fixture
def cuda(monkeypatch):
    """A machine that seems to have two CUDA GPUs with bfloat16."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"GPU {index}")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: True)
    monkeypatch.delenv("LOCAL_RANK", raising=False)


@pytest.fixture
def no_gpu(monkeypatch):
    """A machine without any GPU."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def test_quick_stays_on_the_cpu_even_beside_a_gpu(cuda):
    assert runtime.detect("quick").device.value == torch.device("cpu")
    assert runtime.detect("quick", device="cuda").device.value.type == "cuda"


def test_full_takes_cuda_then_mps_then_the_cpu(cuda, monkeypatch):
    chosen = runtime.detect("full")
    assert str(chosen.device.value) == "cuda:0"
    assert chosen.device.reason == "GPU 0"
    assert chosen.dtype.value == torch.bfloat16
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert str(runtime.detect("full").device.value) == "cuda:1"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    chosen = runtime.detect("full")
    assert chosen.device.value.type == "mps"
    assert chosen.dtype.value == torch.float32
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert runtime.detect("full").device.value.type == "cpu"


def test_a_gpu_without_bfloat16_gets_float32(cuda, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: False)
    assert runtime.detect("full").dtype.value == torch.float32


@pytest.mark.parametrize(
    ("build", "words"), [("13.0", "no CUDA GPU found"), (None, "this torch is a CPU build")]
)
def test_the_reason_for_the_cpu_is_given(no_gpu, monkeypatch, build, words):
    monkeypatch.setattr(torch.version, "cuda", build)
    monkeypatch.setattr(torch.version, "hip", None)
    assert runtime.detect("full").device.reason == words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"profile": "fast"}, "'quick' or 'full', got 'fast'"),
        ({"device": "cuda"}, "'cuda' is not there"),
        ({"device": "mps"}, "no Apple GPU"),
        ({"device": "toaster"}, "got 'toaster'"),
        ({"device": "meta"}, "got 'meta'"),
        ({"seed": -1}, "got -1"),
        ({"seed": 2**32}, "got 4294967296"),
        ({"seed": 1.5}, "got 1.5"),
        ({"seed": True}, "got True"),
    ],
)
def test_a_wrong_wish_is_refused_by_name(no_gpu, arguments, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        runtime.detect(**arguments)


def test_a_gpu_that_is_not_there_is_refused(cuda):
    with pytest.raises(ValueError, match="2 CUDA GPUs, counted from 0"):
        runtime.detect(device="cuda:2")


def test_detect_changes_nothing():
    before = torch.random.get_rng_state(), torch.get_num_threads()
    runtime.detect("full", seed=7)
    assert torch.equal(before[0], torch.random.get_rng_state())
    assert before[1] == torch.get_num_threads()


def test_describe_is_one_line_with_every_value_and_reason():
    chosen = Runtime(
        Choice("quick", "why P"),
        Choice(torch.device("cpu"), "why D"),
        Choice(torch.float32, "why T"),
        Choice(1, "why N"),
        Choice(3, "why S"),
    )
    line = runtime.describe(chosen)
    assert "\n" not in line
    for words in ("quick (why P)", "cpu (why D)", "float32 (why T)", "1 thread (why N)", "seed 3"):
        assert words in line
    assert "\n" not in runtime.describe(runtime.detect())


def test_fast_bfloat16_is_offered_but_not_taken(no_gpu, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True}, raising=False)
    dtype = runtime.detect().dtype
    assert dtype.value == torch.float32
    assert "avx512_bf16" in dtype.reason
    monkeypatch.setattr(torch.cpu, "get_capabilities", dict, raising=False)
    assert machine.cpu_bfloat16() is None


def test_apply_seeds_everything_and_sets_threads():
    threads = torch.get_num_threads()
    chosen = Runtime(*[Choice(v, "") for v in ("quick", "cpu", torch.float32, 1, 5)])
    draws = []
    try:
        for _ in range(2):
            runtime.apply(chosen)
            draws.append((random.random(), np.random.rand(), torch.rand(()).item()))  # noqa: NPY002
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(threads)
    assert draws[0] == draws[1]


@pytest.fixture
def eight_cores(monkeypatch):
    """A machine with eight cores, all of them allowed; returns a setter of cgroup files."""
    from joblib.externals.loky.backend import context

    files = {}
    real = os.path.exists
    monkeypatch.delenv("LOKY_MAX_CPU_COUNT", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    inside = "/sys/fs/cgroup/"
    exists = lambda path: path in files if str(path).startswith(inside) else real(path)  # noqa: E731
    monkeypatch.setattr(os.path, "exists", exists)
    monkeypatch.setattr(context, "open", lambda path: io.StringIO(files[path]), raising=False)
    return lambda new: files.update({inside + name: text for name, text in new.items()})


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({}, 8),
        ({"cpu.max": "max 100000\n"}, 8),
        ({"cpu.max": "200000 100000\n"}, 2),
        ({"cpu.max": "50000 100000\n"}, 1),
        ({"cpu.max": "1600000 100000\n"}, 8),
        ({"cpu/cpu.cfs_quota_us": "300000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 3),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, 8),
    ],
)
def test_a_container_limit_is_respected(eight_cores, files, cores):
    eight_cores(files)
    count, reason = machine.cpu_count()
    assert count == cores
    assert reason.endswith("of 8 allowed") == (cores < 8)


def test_affinity_is_respected_and_doctor_shows_it(eight_cores, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 5}, raising=False)
    assert machine.cpu_count() == (2, "2 cores of 8 allowed")
    assert hardware.cores().says == "2 cores of 8 allowed"
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0}, raising=False)
    assert machine.cpu_count() == (1, "1 core of 8 allowed")
    assert hardware.cores().status == "warn"


@pytest.mark.parametrize(
    ("variable", "cores", "full"),
    [("", 4, 4), ("1", 4, 1), ("9", 4, 4), ("x", 4, 4), ("", 64, 64), ("", 1, 1)],
)
def test_quick_takes_one_thread_everywhere_and_full_all(monkeypatch, variable, cores, full):
    monkeypatch.setattr(runtime, "cpu_count", lambda: (cores, f"{cores} cores"))
    monkeypatch.setenv("OMP_NUM_THREADS", variable)
    assert runtime.detect("quick").threads.value == 1
    assert runtime.detect("full", device="cpu").threads.value == full


def test_the_repository_is_found_or_its_absence_explained(tmp_path):
    assert (machine.repo_root() / "data" / "datasets.toml").is_file()
    with pytest.raises(FileNotFoundError, match="installed without its repository"):
        machine.repo_root(tmp_path / "site-packages" / "course_utils" / "runtime.py")


def test_versions_name_what_produced_a_result(monkeypatch):
    found = machine.versions()
    assert set(found) == {"python", "torch", "numpy", "course", "platform", "git_commit"}
    assert found["torch"].split("+")[0] == torch.__version__.split("+")[0]
    assert found["git_commit"] is None or re.fullmatch(
        r"[0-9a-f]{40}(\+changes)?", found["git_commit"]
    )
    monkeypatch.setenv("PATH", "")
    assert machine.versions()["git_commit"] is None


def test_lock_files_are_named_by_their_text_and_not_by_their_line_ends(tmp_path, monkeypatch):
    assert all(re.fullmatch(r"[0-9a-f]{64}", found) for found in machine.locks().values())
    monkeypatch.setattr(machine, "repo_root", lambda: tmp_path)
    assert machine.locks() == {"requirements.txt": None, "constraints.txt": None}
    (tmp_path / "requirements.txt").write_bytes(b"a==1\nb==2\n")
    unix = machine.locks()["requirements.txt"]
    (tmp_path / "requirements.txt").write_bytes(b"a==1\r\nb==2\r\n")
    assert machine.locks()["requirements.txt"] == unix is not None
    (tmp_path / "requirements.txt").write_bytes(b"a==1\nb==3\n")
    assert machine.locks()["requirements.txt"] != unix


def test_the_commit_is_the_courses_own_and_says_if_files_changed(tmp_path, monkeypatch):
    def git(*words):
        command = ["git", "-C", tmp_path, "-c", "user.email=a@b", "-c", "user.name=n", *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    course = tmp_path / "course"
    course.mkdir()
    (tmp_path / "thesis.txt").write_text("1")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "x")
    monkeypatch.setattr(machine, "repo_root", lambda: course)
    assert machine.versions()["git_commit"] is None, "this is the repository around the course"
    monkeypatch.setattr(machine, "repo_root", lambda: tmp_path)
    git("tag", "v1")
    assert machine.versions()["git_commit"] == git("rev-parse", "HEAD")
    (tmp_path / "thesis.txt").write_text("2")
    assert machine.versions()["git_commit"] == git("rev-parse", "HEAD") + "+changes"


@pytest.mark.parametrize(
    ("system", "name"), [("linux", "lo"), ("darwin", "lo0"), ("win32", None), ("freebsd14", None)]
)
def test_the_loopback_has_the_name_the_system_gives_it(monkeypatch, system, name):
    monkeypatch.setattr(machine.sys, "platform", system)
    assert machine.loopback() == name


def test_the_build_folder_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_BUILD", raising=False)
    assert machine.build_folder() == machine.repo_root() / "build"
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "mine"))
    assert machine.build_folder() == tmp_path / "mine"


def test_the_fingerprint_names_what_bits_depend_on(monkeypatch):
    before = machine.fingerprint()
    for word in (machine.platform.python_version(), torch.__version__.split("+")[0], "1 thread"):
        assert word in before
    monkeypatch.setattr(machine.platform, "python_version", lambda: "3.11.99")
    assert machine.fingerprint() != before
