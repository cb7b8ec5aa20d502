"""The commands that the README and CONTRIBUTING tell people to type are real ones."""

import re

import pytest
from typer.testing import CliRunner

from course_utils.cli.main import app
from course_utils.machine import repo_root

ROOT = repo_root()
PAGES = ["index", "instructors", "troubleshooting", "exercises"]
TEXTS = ["README.md", "CONTRIBUTING.md", *(f"book/{page}.md" for page in PAGES)]


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


def test_binder_takes_the_same_packages_and_no_private_place():
    lines = (ROOT / ".binder" / "requirements.txt").read_text("utf8").splitlines()
    assert {"-r ../requirements.txt", "-c ../constraints.txt"} <= set(lines)
    places = [word for line in lines for word in line.split() if "://" in word]
    assert places == ["https://download.pytorch.org/whl/cpu"]


def test_every_place_in_where_is_it_exists():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf8").partition("## Where is it?")[2]
    places = re.findall(r"\| `([^`]+)` \|", text)
    assert len(places) >= 10
    for place in places:
        pattern = re.sub(r"<\w+>", "*", place)
        assert list(ROOT.glob(pattern)), place


OWN_WORDS = {  # message on the page: the file that says it
    "The course needs Python": "tools/setup.py",
    "cannot make virtual environments": "tools/setup.py",
    "was not made by this course's set-up": "tools/setup.py",
    "The installer uv could not be fetched": "tools/setup.py",
    "Another set-up of this course is running; waiting for it": "tools/setup.py",
    "operator torchvision::nms does not exist": "course_utils/cli/doctor/torchvision.py",
}


@pytest.mark.parametrize("words", OWN_WORDS)
def test_troubleshooting_quotes_what_the_course_says(words):
    assert words in (ROOT / "book" / "troubleshooting.md").read_text("utf8")
    assert words in (ROOT / OWN_WORDS[words]).read_text("utf8")


MET = [
    *("torchvision::nms", "model not found", "kernel died", "No module named 'course_utils'"),
    *("already in use", "Permission denied", "Read-only", "out of memory", "Colab", "Proxy"),
]


@pytest.mark.parametrize("words", MET)
def test_troubleshooting_has_a_heading_for_what_people_meet(words):
    page = (ROOT / "book" / "troubleshooting.md").read_text("utf8")
    assert any(words.lower() in line.lower() for line in page.splitlines() if line[:1] == "#")
