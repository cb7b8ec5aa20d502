"""tools/setup.py: makes .venv once, mends what is broken, never deletes what is not its own."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tools(monkeypatch):
    """(setup, environment), imported from tools/ as the script itself does."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    for name in ("setup", "environment"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module("setup"), importlib.import_module("environment")


@pytest.fixture
def course(tmp_path):
    """A course in small: one package to install, one console script."""
    root = tmp_path / "small course"  # a space in the path is allowed
    (root / "course_utils").mkdir(parents=True)
    (root / "course_utils" / "__init__.py").write_text("def app():\n    print('course runs')\n")
    (root / "requirements.txt").write_text("iniconfig==2.3.1\n")
    (root / "constraints.txt").write_text("iniconfig==2.3.1\n")
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "course-utils"\nversion = "0.0.1"\n'
        '[project.scripts]\ncourse = "course_utils:app"\n'
        '[tool.setuptools]\npackages = ["course_utils"]\n'
    )
    return root


@pytest.fixture
def installed(tools, monkeypatch):
    """Stand-ins for the two installing steps; returns the list of calls."""
    setup, environment = tools
    calls = []

    def install_uv(venv, waits):
        calls.append("uv")

    def install_packages(root, venv, waits):
        calls.append("packages")
        site = next(iter(Path(venv).glob("lib/python*/site-packages")), None)
        site = site or Path(venv) / "Lib" / "site-packages"
        for old in site.glob("iniconfig-*.dist-info"):
            old.rmdir()
        for name, version in environment.direct_pins(root).items():
            (site / f"{name}-{version}.dist-info").mkdir()
        environment.script(venv, "course").write_text("")

    monkeypatch.setattr(setup, "VENV_OPTIONS", ("--without-pip",))
    monkeypatch.setattr(setup, "install_uv", install_uv)
    monkeypatch.setattr(setup, "install_packages", install_packages)
    return calls


def stamp_of(root):
    return json.loads((root / ".venv" / ".course-setup.json").read_text())


def change_stamp(course, **fields):
    path = course / ".venv" / ".course-setup.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


# -- once, and only once ---------------------------------------------------------------------------


def test_a_second_set_up_does_nothing(tools, course, installed):
    setup, _ = tools
    assert setup.set_up(course, python=sys.executable) is True
    assert installed == ["uv", "packages"]
    assert stamp_of(course)["state"] == "ready"
    before = (course / ".venv" / ".course-setup.json").stat().st_mtime_ns
    assert setup.set_up(course, python=sys.executable) is False
    assert installed == ["uv", "packages"]
    assert (course / ".venv" / ".course-setup.json").stat().st_mtime_ns == before


def test_line_ends_of_a_checkout_are_not_a_change(tools, course):
    _, environment = tools
    before = environment.sources_hash(course, (3, 11, 7))
    path = course / "requirements.txt"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert environment.sources_hash(course, (3, 11, 7)) == before
    assert environment.sources_hash(course, (3, 12, 1)) != before


def test_another_list_of_packages_is_installed_into_the_same_environment(tools, course, installed):
    setup, environment = tools
    setup.set_up(course, python=sys.executable)
    keep = course / ".venv" / "kept"
    keep.write_text("")
    (course / "requirements.txt").write_text("iniconfig==2.3.0\n")
    assert environment.diagnose(course, course / ".venv")[0] == "update"
    assert setup.set_up(course) is True
    assert keep.exists()
    assert environment.diagnose(course, course / ".venv")[0] == "ready"


# -- mending ---------------------------------------------------------------------------------------


def break_interpreter(root, environment):
    python = environment.venv_python(root / ".venv")
    python.unlink()
    python.symlink_to("/nowhere/python3")


def break_by_interruption(root, environment):
    change_stamp(root, state="installing")


def break_by_stopping_early(root, environment):
    change_stamp(root, state="making")
    environment.venv_python(root / ".venv").unlink()


def break_by_moving(root, environment):
    change_stamp(root, root="/home/somebody/elsewhere")


def break_package(root, environment):
    for info in (root / ".venv").rglob("iniconfig-2.3.1.dist-info"):
        info.rmdir()


def break_version(root, environment):
    for info in list((root / ".venv").rglob("iniconfig-2.3.1.dist-info")):
        info.rename(info.with_name("iniconfig-1.0.0.dist-info"))


def break_command(root, environment):
    environment.script(root / ".venv", "course").unlink()


@pytest.mark.skipif(os.name == "nt", reason="interpreters are not links on Windows")
@pytest.mark.parametrize(
    ("harm", "state", "words"),
    [
        (break_interpreter, "rebuild", "interpreter is gone"),
        (break_by_stopping_early, "rebuild", "interpreter is gone"),
        (break_by_interruption, "rebuild", "interrupted"),
        (break_by_moving, "rebuild", "moved here from /home/somebody/elsewhere"),
        (break_package, "update", "iniconfig is no longer installed"),
        (break_version, "update", "iniconfig 1.0.0 instead of 2.3.1"),
        (break_command, "update", "`course` command is gone"),
    ],
)
def test_harm_is_named_and_mended(tools, course, installed, capsys, harm, state, words):
    setup, environment = tools
    setup.set_up(course, python=sys.executable)
    harm(course, environment)
    found, reason = environment.diagnose(course, course / ".venv")
    assert found == state
    assert words in reason
    assert setup.set_up(course, python=sys.executable) is True
    assert environment.diagnose(course, course / ".venv")[0] == "ready"
    assert "Mending .venv" in capsys.readouterr().out
    assert not list(course.glob(".venv-old-*"))


def test_an_empty_folder_is_filled(tools, course, installed):
    setup, _ = tools
    (course / ".venv").mkdir()
    (course / ".venv" / ".course-setup.json.part").write_text("{")  # stopped in its first moment
    assert setup.set_up(course, python=sys.executable) is True


# -- what is not ours ------------------------------------------------------------------------------


def test_a_foreign_environment_is_refused_and_left_alone(tools, course, installed):
    setup, _ = tools
    (course / ".venv").mkdir()
    (course / ".venv" / "precious").write_text("data")
    with pytest.raises(setup.SetupError, match="was not made by this course's set-up"):
        setup.set_up(course, python=sys.executable)
    with pytest.raises(setup.SetupError, match="or newer that runs"):
        setup.set_up(course, python=sys.executable, adopt=True)
    assert (course / ".venv" / "precious").read_text() == "data"
    assert installed == []


@pytest.mark.skipif(os.name == "nt", reason="interpreters are not links on Windows")
def test_an_adopted_environment_is_used_but_never_deleted(tools, course, installed):
    setup, environment = tools
    command = [sys.executable, "-m", "venv", "--without-pip", str(course / ".venv")]
    subprocess.run(command, check=True)
    (course / ".venv" / "precious").write_text("data")
    assert setup.set_up(course, adopt=True) is True
    assert environment.diagnose(course, course / ".venv")[0] == "ready"
    break_interpreter(course, environment)
    with pytest.raises(setup.SetupError, match="interpreter is gone"):
        setup.set_up(course)
    with pytest.raises(setup.SetupError, match="not ours to delete"):
        setup.remove_own(course / ".venv")
    assert (course / ".venv" / "precious").exists()


# -- which Python ----------------------------------------------------------------------------------


def test_a_python_that_is_too_old_is_told_so(tools):
    _, environment = tools
    with pytest.raises(environment.SetupError) as caught:
        environment.choose_python(own="/usr/bin/python3", own_version=(3, 9, 2), others=[])
    message = str(caught.value)
    assert "needs Python 3.11 or newer, and this is Python 3.9.2" in message
    assert "make PYTHON=python3.11" in message


def test_a_newer_python_beside_an_old_one_is_taken(tools, monkeypatch):
    _, environment = tools
    monkeypatch.setattr(environment, "python_version", lambda path: (3, 12, 1))
    monkeypatch.setattr(environment, "can_make_venv", lambda path: True)
    chosen = environment.choose_python(
        own="/usr/bin/python3", own_version=(3, 9, 2), others=["/opt/python3.12"]
    )
    assert chosen == ("/opt/python3.12", (3, 12, 1))


def test_a_python_without_ensurepip_names_the_debian_package(tools, monkeypatch):
    _, environment = tools
    monkeypatch.setattr(environment, "can_make_venv", lambda path: False)
    with pytest.raises(environment.SetupError, match=r"sudo apt install python3-venv"):
        environment.choose_python(own=sys.executable, own_version=(3, 11, 2), others=[])


def test_the_tools_can_be_read_by_an_old_python():
    """Nothing newer than Python 3.6, else an old one answers with a SyntaxError."""
    import ast

    for name in ("setup.py", "environment.py"):
        source = (ROOT / "tools" / name).read_text(encoding="utf-8")
        ast.parse(source, feature_version=(3, 6))
        assert "from __future__ import annotations" not in source


# -- the network -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_without_a_network_it_ends_in_a_sentence_and_keeps_the_old_state(
    tools, course, monkeypatch
):
    """Against a port where nobody listens: one try, a sentence, no traceback, nothing claimed."""
    setup, environment = tools
    for name, value in [
        ("PIP_INDEX_URL", "http://127.0.0.1:9/simple"),
        ("PIP_RETRIES", "0"),
        ("PIP_CONFIG_FILE", os.devnull),
        ("PIP_NO_CACHE_DIR", "1"),
        ("PIP_FIND_LINKS", ""),
        ("PIP_EXTRA_INDEX_URL", ""),
    ]:
        monkeypatch.setenv(name, value)
    with pytest.raises(setup.NetworkError, match="could not be reached in 2 tries") as caught:
        setup.set_up(course, python=sys.executable, waits=(0,))
    assert "run the same command again" in str(caught.value)
    assert stamp_of(course)["state"] == "making"
    assert environment.diagnose(course, course / ".venv")[0] == "rebuild"


def test_a_failed_update_leaves_a_working_environment_working(
    tools, course, installed, monkeypatch
):
    setup, environment = tools
    setup.set_up(course, python=sys.executable)
    good = (course / "requirements.txt").read_text()
    (course / "requirements.txt").write_text("iniconfig==2.3.0\n")

    def unreachable(root, venv, waits):
        raise setup.NetworkError("nobody answers")

    monkeypatch.setattr(setup, "install_packages", unreachable)
    with pytest.raises(setup.NetworkError):
        setup.set_up(course)
    (course / "requirements.txt").write_text(good)
    assert environment.diagnose(course, course / ".venv")[0] == "ready"


def test_only_network_failures_are_tried_again(tools, monkeypatch):
    setup, _ = tools
    tries = []

    def fail(command, text, env=None, cwd=None):
        tries.append(command)
        raise setup.CommandFailed(1, command[0])

    monkeypatch.setattr(setup, "run_logged", fail)
    with pytest.raises(setup.NetworkError):
        setup.run_with_retries(["error: Failed to fetch: dns error"], "x", waits=(0, 0))
    assert len(tries) == 3
    with pytest.raises(setup.SetupError, match="because torch==9 does not exist"):
        setup.run_with_retries(["unsatisfiable because torch==9 does not exist"], "x", waits=(0, 0))
    with pytest.raises(setup.SetupError, match="disk is full"):
        setup.run_with_retries(["error: No space left on device (os error 28)"], "x", waits=(0, 0))
    assert len(tries) == 5


@pytest.mark.slow
def test_a_real_set_up_of_a_small_course(tools, course, monkeypatch):
    """The whole way with a real package index: make, interrupt, mend, run."""
    setup, environment = tools
    monkeypatch.delenv("PYTHONPATH", raising=False)  # may hold the tests' own block on networks
    try:
        assert setup.set_up(course, python=sys.executable, waits=()) is True
    except setup.NetworkError as error:
        pytest.skip(f"no package index: {error}")
    assert setup.set_up(course) is False
    change_stamp(course, state="installing")
    assert setup.set_up(course, python=sys.executable) is True
    command = environment.script(course / ".venv", "course")
    done = subprocess.run([str(command)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "course runs"


# -- the lists -------------------------------------------------------------------------------------


def test_every_requirement_is_pinned_and_every_pin_is_in_the_constraints(tools):
    _, environment = tools
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]
    pins = environment.direct_pins(ROOT)
    assert len(pins) == len(wanted)
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    for name, version in pins.items():
        assert f"\n{name}=={version}" in constraints, f"{name}: run `make lock`"


@pytest.mark.parametrize("name", ["requirements.txt", "constraints.txt", "pyproject.toml"])
def test_no_list_names_a_private_place(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "index-url" not in text
    assert "--hash" not in text
    assert "://" not in text
