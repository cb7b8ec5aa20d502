"""Binder and the container: nobody can build them here, so what can be read of them is compared."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from book import elsewhere
from course_utils.cli.needs import PIN

ROOT = Path(__file__).resolve().parents[2]
BINDER = ROOT / ".binder"
CONTAINER = (ROOT / "tools" / "hub" / "Containerfile").read_text("utf8")
PAGE = (ROOT / "book" / "instructors.md").read_text("utf8")
WHEELS = "https://download.pytorch.org/whl/cpu"


def python_classifiers():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    return set(re.findall(r"Python :: (3\.\d+)", " ".join(project["classifiers"])))


def test_pythons_are_ones_the_course_supports():
    [binder] = re.findall(r"^python-(.+)$", (BINDER / "runtime.txt").read_text("utf8"), re.M)
    [container] = re.findall(r"^FROM \S+/python:(\d\.\d+)-slim", CONTAINER, re.M)
    assert {binder, container} <= python_classifiers()


def test_both_take_the_wheels_for_processors():
    assert f"--extra-index-url {WHEELS}" in (BINDER / "requirements.txt").read_text("utf8")
    assert f"--extra-index-url {WHEELS}" in CONTAINER


def test_binder_pins_what_the_course_pins():
    """Its own lines are options and our two lists: no pin of its own can fall behind."""
    lines = (BINDER / "requirements.txt").read_text("utf8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    assert lines == [
        f"--extra-index-url {WHEELS}",
        "-r ../requirements.txt",
        "-c ../constraints.txt",
    ]
    for word in lines[1:]:
        assert (BINDER / word.split()[1]).resolve().is_file()


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_binders_last_step_runs(tmp_path):
    """postBuild, with a Python whose pip does nothing, puts JupyterLab's settings in place."""
    script = BINDER / "postBuild"
    assert os.access(script, os.X_OK)
    for name in ("tools", ".binder"):
        shutil.copytree(ROOT / name, tmp_path / name)
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\n[ "$1" = -m ] && exit 0\necho {tmp_path}/prefix\n')
    python.chmod(0o755)
    path = f"{python.parent}:{os.environ['PATH']}"
    subprocess.run([script], cwd=tmp_path, env={"PATH": path}, check=True)
    stored = tmp_path / "prefix/share/jupyter/lab/settings/overrides.json"
    assert json.loads(stored.read_text()) == json.loads(
        (ROOT / "tools/jupyterlab.json").read_text()
    )


def test_no_lesson_is_too_large_for_binder():
    paths = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
    courses = [json.loads(path.read_text("utf8"))["metadata"]["course"] for path in paths]
    lessons = [(None, None, {**course, "number": course["id"]}) for course in courses]
    assert all(course["memory_mb"] > 100 for course in courses)
    assert elsewhere.room(lessons).endswith("every lesson fits.")


# -- the container ---------------------------------------------------------------------------------


def instructions():
    """[(word, rest)] of the Containerfile, continued lines joined."""
    text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", CONTAINER, flags=re.M))
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def test_what_the_container_copies_and_starts_exists():
    words = [word for word, _ in instructions()]
    assert words[0] == "FROM"
    assert words[-1] == "CMD"
    known = {"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "VOLUME", "EXPOSE", "CMD"}
    assert set(words) <= known
    for word, rest in instructions():
        if word == "COPY":
            assert all((ROOT / source).exists() for source in rest.split()[:-1])
    command = json.loads(instructions()[-1][1])
    assert command[:2] == ["jupyterhub", "-f"]
    assert (ROOT / command[2]).is_file()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_its_commands_are_whole_shell_commands():
    for word, rest in instructions():
        if word == "RUN":
            subprocess.run(["bash", "-n", "-c", rest], check=True)


def test_it_starts_as_a_user_and_hands_the_recipe_what_it_asks_for():
    recipe = (ROOT / "tools" / "hub" / "jupyterhub_config.py").read_text("utf8")
    asked = set(re.findall(r'"(COURSE_HUB_\w+)"', recipe))
    given = set(re.findall(r"COURSE_HUB_\w+", CONTAINER))
    assert given <= asked
    assert "COURSE_HUB_PASSWORD" in given
    assert ("USER", "course") in instructions()


def test_its_versions_are_those_of_the_page_for_instructors():
    [hub] = re.findall(r"jupyterhub==([\d.]+)", CONTAINER)
    assert f"jupyterhub=={hub}" in PAGE
    [proxy] = re.findall(r"configurable-http-proxy@([\d.]+)", CONTAINER)
    assert f"configurable-http-proxy@{proxy}" in PAGE
    pins = dict(PIN.findall((ROOT / "requirements.txt").read_text("utf8")))
    for name in ("jupyterlab", "ipywidgets"):
        assert f"{name}=={pins[name]}" in PAGE


def test_what_is_large_or_private_stays_outside():
    ignored = (ROOT / ".dockerignore").read_text("utf8").split()
    assert {".git", ".venv*", "build"} <= set(ignored)
