"""Errata of lesson 00: for each, the wrong form fails and the right form passes."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

UNDEFINED = "for step in range(3):\n    pass\nprint(step, num_epochs)\n"


def ruff_finds_undefined_names(program: str) -> bool:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821", "-"]
    done = subprocess.run(command, input=program, capture_output=True, text=True, timeout=60)
    return done.returncode != 0


def test_r005_a_name_that_is_used_but_never_defined():
    with pytest.raises(NameError, match="num_epochs"):
        exec(UNDEFINED, {})  # a fresh kernel
    exec(UNDEFINED, {"num_epochs": 3})  # a kernel that remembers: the bug hides
    exec("num_epochs = 3\n" + UNDEFINED, {})


def test_r005_a_checker_finds_it_without_running_it():
    assert ruff_finds_undefined_names(UNDEFINED)
    assert not ruff_finds_undefined_names("num_epochs = 3\n" + UNDEFINED)


def test_r195_distributions_are_part_of_torch():
    assert importlib.util.find_spec("torchdistributions") is None
    import torch

    inside = Path(importlib.util.find_spec("torch.distributions").origin)
    assert Path(torch.__file__).parent in inside.parents


@pytest.mark.slow
def test_r197_what_is_installed_first_is_not_in_the_environment_made_afterwards(tmp_path):
    # this environment, with all its packages, is the one "installed first"
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", tmp_path / "afterwards"],
        check=True,
        timeout=60,
    )
    folder = "Scripts" if sys.platform == "win32" else "bin"
    python = tmp_path / "afterwards" / folder / "python"
    question = (
        "import importlib.util, sys; "
        "print(sys.prefix != sys.base_prefix, importlib.util.find_spec('torch') is not None)"
    )
    done = subprocess.run(
        [python, "-I", "-c", question], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["True", "False"]
