"""torchvision beside a torch it was not compiled for, in an environment made for the purpose."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.runtime import repo_root
from course_utils.vision import torchvision_pair

CHECKS = Path(__file__).with_name("pair_checks.py")
pytestmark = pytest.mark.slow


def pin(name):
    """The requirement that the course pins: "torch==2.13.0"."""
    text = (repo_root() / "requirements.txt").read_text("utf8")
    return re.search(rf"^{name}==[\w.]+", text, re.MULTILINE).group()


def run(command, seconds=900):
    """Run a command quietly; the environment names no other Python."""
    variables = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    variables["PYTHONPATH"] = str(repo_root())
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=seconds, env=variables
    )


@pytest.fixture
def mismatched(tmp_path):
    """The Python of an environment with a CPU-only torch and PyPI's ordinary torchvision."""
    made = run([sys.executable, "-m", "venv", tmp_path / "env"])
    if made.returncode:
        pytest.skip(f"python -m venv does not work here: {made.stderr[-200:]}")
    python = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    asked = [*pip, "--no-deps", "--dry-run", "--ignore-installed", "--report", "-", pin("torch")]
    report = run(asked, 300)
    if report.returncode:
        pytest.skip(f"no package index at hand: {report.stderr.strip()[-200:]}")
    url = json.loads(report.stdout)["install"][0]["download_info"]["url"]
    if "cpu" not in url.rsplit("/", 1)[-1]:
        pytest.skip("pip finds no CPU-only torch wheel (PIP_FIND_LINKS may name a folder with one)")
    for words in ([pin("torch"), pin("numpy"), pin("pillow")], ["--no-deps", pin("torchvision")]):
        done = run([*pip, *words])
        if done.returncode:
            pytest.skip(f"pip could not install {words}: {done.stderr.strip()[-200:]}")
    yield python
    shutil.rmtree(tmp_path)  # a gigabyte


def test_a_mismatched_pair_is_made_usable(mismatched):
    plain = run([mismatched, "-c", "import torchvision"])
    if plain.returncode == 0:
        pytest.skip("on this platform the two fit together")
    assert "operator torchvision::nms does not exist" in plain.stderr
    done = run([mismatched, CHECKS, "mismatched"])
    assert "all hold" in done.stdout, done.stdout + done.stderr[-3000:]


def test_the_pair_at_hand_is_usable():
    done = run([sys.executable, CHECKS, torchvision_pair().status])
    assert "all hold" in done.stdout, done.stdout + done.stderr[-3000:]
