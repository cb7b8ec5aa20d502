"""Lessons for Colab: the first cell sets up what is missing, links lead somewhere."""

import re
import subprocess
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from course_utils import notebooks as nb
from course_utils.cli import colab
from course_utils.cli.address import Address, address
from course_utils.cli.main import app
from course_utils.cli.needs import Needs, needs
from course_utils.machine import repo_root

HERE = Address("ada", "course")
LESSONS = sorted((repo_root() / "notebooks").glob("*/*.ipynb"))


@pytest.fixture(autouse=True)
def no_address(monkeypatch):
    monkeypatch.delenv("COURSE_REPOSITORY", raising=False)


# -- the address -----------------------------------------------------------------------------------


def test_the_address_comes_from_the_settings_and_the_environment_goes_before(tmp_path, monkeypatch):
    settings = tmp_path / "pyproject.toml"
    settings.write_text('[tool.course]\nrepository = ""\n')
    assert address(root=tmp_path) is None
    settings.write_text('[tool.course]\nrepository = "https://github.com/a/b.git"\nbranch = "x"\n')
    assert address(root=tmp_path) == Address("a", "b", "x")
    monkeypatch.setenv("COURSE_REPOSITORY", "https://github.com/c/d")
    assert address(root=tmp_path) == Address("c", "d", "x")


@pytest.mark.parametrize(
    "text", ["github.com/a/b", "https://example.org/a/b", "http://github.com/a"]
)
def test_another_kind_of_address_is_refused(text):
    with pytest.raises(ValueError, match="OWNER/NAME"):
        address(text)


def test_without_an_address_the_command_says_what_to_set():
    done = CliRunner().invoke(app, ["colab", "21"])
    if address() is None:
        assert done.exit_code == 2
        assert "set `repository` under `[tool.course]`" in done.output


# -- the notebook ----------------------------------------------------------------------------------


def test_the_command_writes_what_it_was_asked_for(tmp_path):
    arguments = ["colab", "21", "--repository", HERE.url, "--out", str(tmp_path)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    notebook = nb.read(tmp_path / "2_gan" / "21_gan.ipynb")
    assert "Made by `course colab`" in nb.source(notebook["cells"][0])
    assert not any(cell["outputs"] for cell in nb.code_cells(notebook))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_installs_just_what_it_needs_and_has_no_relative_link(path):
    notebook = colab.for_colab(path, HERE)
    first, wanted = nb.source(notebook["cells"][0]), needs(nb.read(path))
    compile(first, "first cell", "exec")
    assert re.findall(r"[\w-]+==[\w.]+", first) == [*wanted.packages, *wanted.data]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            assert not re.search(r"\]\((?!https?:|#|mailto:)", nb.source(cell))


def test_links_between_lessons_stay_in_colab_and_others_go_to_the_repository():
    path = repo_root() / "notebooks" / "2_gan" / "21_gan.ipynb"
    link = colab._absolute("../1_foundations/11_probability.ipynb", path, HERE)
    assert link == HERE.colab("1_foundations/11_probability")
    link = colab._absolute("../../CONTRIBUTING.md#a-full-run", path, HERE)
    assert link == "https://github.com/ada/course/blob/main/CONTRIBUTING.md#a-full-run"


# -- the first cell, executed ----------------------------------------------------------------------


def run(cell, home, monkeypatch):
    """Execute a first cell in a home folder; returns the commands it started."""
    commands = []
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.syspath_prepend("")  # puts sys.path back
    monkeypatch.chdir(home)
    real = subprocess.run

    def start(command, **options):
        commands.append(command)
        return real(command, **options) if command[0] == "git" else None

    monkeypatch.setattr(subprocess, "run", start)
    exec(compile(cell, "first cell", "exec"), {})
    return commands


@pytest.fixture
def origin(tmp_path):
    """A small repository with a lesson's folder."""
    folder = tmp_path / "origin"
    (folder / "notebooks" / "2_gan").mkdir(parents=True)
    (folder / "notebooks" / "2_gan" / "note.txt").write_text("here")
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "one"]):
        subprocess.run([*git, *words], check=True)
    return folder.as_uri()


def test_the_first_cell_fetches_the_course_and_only_what_is_missing(origin, tmp_path, monkeypatch):
    there = f"torch=={version('torch')}"
    wanted = Needs((there, "absent-one==1.0"), ("absent-two==2.0", "numpy==0.1"))
    cell = colab.first_cell(wanted, "2_gan", origin, "main")
    commands = run(cell, tmp_path, monkeypatch)
    assert [command[0] for command in commands] == ["git", *[commands[1][0]] * 2]
    assert commands[1][-1] == "absent-one==1.0"
    assert there not in commands[1]
    assert commands[2][-2:] == ["--no-deps", "absent-two==2.0"]
    home = tmp_path / "generative-course"
    assert (home / "notebooks" / "2_gan" / "note.txt").read_text() == "here"
    import os
    import sys

    assert sys.path[0] == os.environ["PYTHONPATH"] == str(home)
    assert os.path.samefile(os.getcwd(), home / "notebooks" / "2_gan")


def test_a_second_start_fetches_nothing(origin, tmp_path, monkeypatch):
    cell = colab.first_cell(Needs(("numpy==2.0",), ()), "2_gan", origin, "main")
    assert len(run(cell, tmp_path, monkeypatch)) == 1
    assert run(cell, tmp_path, monkeypatch) == []
