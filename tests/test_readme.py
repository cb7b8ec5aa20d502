"""The commands that the README and CONTRIBUTING tell people to type are real ones."""

import re

import pytest
from typer.testing import CliRunner

from course_utils.cli.main import app
from course_utils.machine import repo_root

ROOT = repo_root()
TEXTS = ["README.md", "CONTRIBUTING.md", "book/index.md", "book/instructors.md"]


def commands(name):
    """Yield the commands of the fenced bash and powershell blocks and of inline code."""
    text = (ROOT / name).read_text("utf8")
    for block in re.findall(r"```(?:bash|powershell)\n(.*?)```", text, re.S):
        yield from (line.split("#")[0].strip() for line in block.splitlines())
    yield from re.findall(r"`((?:make|course) [^`]+)`", text)


def targets():
    makefile = (ROOT / "Makefile").read_text("utf8")
    return set(re.findall(r"^([a-z]+):", makefile, re.M))


@pytest.mark.parametrize("name", TEXTS)
def test_make_targets_exist(name):
    used = {c.split()[1] for c in commands(name) if c.startswith("make ")}
    assert used <= targets()


def test_the_two_commands_come_first():
    text = (ROOT / "README.md").read_text("utf8")
    first = re.search(r"```bash\n(.*?)```", text, re.S)[1]
    assert [line.split("#")[0].strip() for line in first.splitlines()] == [
        "make course",
        "make test",
    ]


@pytest.mark.parametrize("name", TEXTS)
def test_course_commands_and_options_exist(name):
    for command in commands(name):
        words = re.sub(r"^(\.venv/bin/)?", "", command).split()
        if words[:1] != ["course"]:
            continue
        shown = CliRunner().invoke(app, [words[1], "--help"])
        assert shown.exit_code == 0, command
        for option in (w for w in words if w.startswith("--")):
            assert option in shown.output, command


@pytest.mark.parametrize("name", TEXTS)
def test_paths_exist(name):
    for command in commands(name):
        for word in command.replace("\\", "/").split():
            if re.match(r"(tests|tools|notebooks|book|data)/", word):
                assert (ROOT / word).exists(), command
