"""The rehearsals of lessons 83 to 86, cut short: two processes follow the curve of one.

Lesson 86 does so sharded, too: each process keeps a slice of the net.
"""

import functools
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from course_utils import notebooks
from course_utils.machine import repo_root

pytestmark = pytest.mark.slow
SEED = "2468"  # a calm one: some GANs magnify the last bit by far
N_STEPS = 30
LESSONS = {
    "83_full_gan": ("full_gan_digits", ("loss_d", "loss_g")),
    "84_full_vae": ("full_vae", ("loss",)),
    "85_full_diffusion": ("full_diffusion", ("loss",)),
    "86_full_gpt": ("full_gpt", ("loss",)),
}


def shortened(name, folder, more=""):
    """Copy a lesson up to its run, with fewer updates; ``more``: further settings of its Config."""
    lesson = notebooks.read(next((repo_root() / "notebooks").glob(f"*/{name}.ipynb")))
    kept = []
    for cell in lesson["cells"]:
        text = notebooks.source(cell)
        if cell["cell_type"] == "code":
            wanted = rf"\g<1>{N_STEPS}{more}"
            text = re.sub(r"(rehearsal = Config\(.*n_steps=)[\d_]+", wanted, text)
        kept.append(cell | {"source": text})
        if cell["cell_type"] == "code" and re.search(r"^folder, .*= full_run\(", text, re.M):
            break
    part = folder / "8_full_runs"
    part.mkdir(exist_ok=True)
    notebooks.write(part / f"{name}.ipynb", lesson | {"cells": kept})


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """A build folder that only the launches of this module write into, one after the other."""
    return tmp_path_factory.mktemp("build")


def curve(name, folder, build, processes):
    """Launch the copy and return the rows of its history, its only run."""
    shutil.rmtree(build / "rehearsals", ignore_errors=True)
    command = [sys.executable, "-c", "from course_utils.cli.main import app; app()", "launch", name]
    command += ["--notebooks", folder, "--nproc-per-node", processes, "-p", f"seed={SEED}"]
    environment = os.environ | {"COURSE_BUILD": str(build)}
    done = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, env=environment, timeout=600
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (path,) = (build / "rehearsals").glob(f"{LESSONS[name][0]}-*")
    config = json.loads((path / "config.json").read_text("utf8"))["config"]
    start = json.loads((path / "starts.jsonl").read_text("utf8").splitlines()[0])
    assert (config["n_steps"], start["processes"]) == (N_STEPS, processes)
    return [json.loads(x) for x in (path / "history.jsonl").read_text("utf8").splitlines()]


@pytest.fixture(scope="module")
def alone(tmp_path_factory, build):
    """alone(name): the rows of a lesson's run in one process, launched once a lesson."""

    @functools.cache
    def rows(name):
        folder = tmp_path_factory.mktemp(name)
        shortened(name, folder)
        return curve(name, folder, build, 1)

    return rows


@pytest.mark.parametrize(
    ("name", "together"),
    [*((name, "") for name in LESSONS), ("86_full_gpt", ", shards=True")],
    ids=[*LESSONS, "86_full_gpt sharded"],
)
def test_two_processes_follow_the_curve_of_one(name, together, tmp_path, build, alone):
    one = alone(name)
    shortened(name, tmp_path, together)
    two = curve(name, tmp_path, build, 2)
    for value in LESSONS[name][1]:
        first, second = ([row[value] for row in rows if value in row] for rows in (one, two))
        assert len(first) == N_STEPS
        assert second == pytest.approx(first, rel=2e-3)
        assert second[:5] == pytest.approx(first[:5], rel=1e-5)
        assert len(set(first)) == N_STEPS, "the run learns"
