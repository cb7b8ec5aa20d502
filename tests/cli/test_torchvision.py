"""torch beside a torchvision that may not fit it."""

import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.cli.doctor import torchvision

ROOT = Path(__file__).resolve().parents[2]


def judge(torch_version, vision_version, problem=None):
    """Report on a made-up pair."""
    versions = {"torch": torch_version, "torchvision": vision_version}
    return torchvision.pair(version=versions.get, load=lambda: problem)


def test_a_fitting_pair():
    report = judge("2.13.0", "0.28.0")
    assert (report.status, report.do) == ("ok", "")
    assert "2.13.0" in report.says


def test_a_mismatched_pair_is_named_with_its_cure():
    report = judge("2.13.0+cpu", "0.28.0", "libcudart.so.13: cannot open shared object file")
    assert report.status == "warn"
    assert "operator torchvision::nms does not exist" in report.says
    assert "torch==2.13.0 torchvision==0.28.0" in report.do  # the same build of both
    assert "pip install" in report.do


@pytest.mark.parametrize(
    ("pair", "missing"),
    [
        ((None, None), "torch and torchvision"),
        (("2.13.0", None), "torchvision"),
        ((None, "0.28.0"), "torch"),
    ],
)
def test_a_missing_half_is_named(pair, missing):
    report = judge(*pair)
    assert report.status == "fail"
    assert report.says == f"{missing} not installed"
    assert "pip install" in report.do


@pytest.mark.slow
def test_judging_the_real_pair_does_not_import_torchvision():
    code = (
        "import sys; from course_utils.cli.doctor import torchvision; "
        "print(torchvision.pair().status, 'torchvision' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    status, imported = done.stdout.split()
    assert status in ("ok", "warn", "fail")
    assert imported == "False"
