"""tools/setup.py: makes .venv once, mends what is broken, never deletes what is not its own."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("requirements.txt", "constraints.txt", "pyproject.toml")
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;#]+)", re.MULTILINE)


@pytest.fixture
def setup(monkeypatch):
    """The module, imported from tools/."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    monkeypatch.delitem(sys.modules, "setup", raising=False)
    return importlib.import_module("setup")


@pytest.fixture
def course(tmp_path):
    """A course in small, in a folder whose name holds what names may hold."""
    root = tmp_path / "C# co'urse; small [1]"
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
    shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.fixture(scope="session")
def bare(tmp_path_factory):
    """A virtual environment without pip, made once and copied by the tests."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder


@pytest.fixture
def installed(setup, monkeypatch, bare):
    """Stand-ins for the two slow steps, pip left out; returns the list of installations."""
    calls = []

    def make(venv, python):
        shutil.copytree(bare, venv, symlinks=True, dirs_exist_ok=True)

    def install(root, venv):
        calls.append((root / "requirements.txt").read_text())
        for old in info(root):
            old.rmdir()
        name, version = PIN.search(calls[-1]).groups()
        (site(root) / f"{name}-{version}.dist-info").mkdir()

    monkeypatch.setattr(setup, "make", make)
    monkeypatch.setattr(setup, "install", install)
    return calls


def site(root):
    return next(p for p in (root / ".venv").rglob("site-packages") if "lib64" not in p.parts)


def info(root):
    return list(site(root).glob("iniconfig-*.dist-info"))


def state(setup, root, asked=None):
    return setup.state_of(root.resolve(), root.resolve() / ".venv", asked)


def change_stamp(course, **fields):
    path = course / ".venv" / ".course-setup.json"
    stamp = {**json.loads(path.read_text()), **fields}
    path.write_text(json.dumps({k: v for k, v in stamp.items() if v is not None}))


# -- once, and only once ---------------------------------------------------------------------------


def test_a_second_set_up_does_nothing(setup, course, installed):
    assert setup.set_up(course) is True
    before = (course / ".venv" / ".course-setup.json").stat().st_mtime_ns
    assert setup.set_up(course) is False
    assert len(installed) == 1
    assert (course / ".venv" / ".course-setup.json").stat().st_mtime_ns == before


def test_line_ends_of_a_checkout_are_not_a_change(setup, course):
    before = setup.sources_hash(course)
    path = course / "requirements.txt"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert setup.sources_hash(course) == before


def test_another_list_of_packages_is_installed_into_the_same_environment(setup, course, installed):
    setup.set_up(course)
    keep = course / ".venv" / "kept"
    keep.write_text("")
    (course / "requirements.txt").write_text("iniconfig==2.3.0\n")
    assert state(setup, course)[0] == "update"
    assert setup.set_up(course) is True
    assert keep.exists()
    assert state(setup, course)[0] == "ready"


def test_jupyterlab_gets_its_settings(setup, course, installed):
    """No news, no update checks; the state of sliders is saved with a lesson."""
    setup.set_up(course)
    stored = course / ".venv/share/jupyter/lab/settings/overrides.json"
    settings = json.loads(stored.read_text())
    assert settings["@jupyter-widgets/jupyterlab-manager:plugin"] == {"saveState": True}
    news = settings["@jupyterlab/apputils-extension:notification"]
    assert news == {"checkForUpdates": False, "fetchNews": "false"}
    (course / "tools" / "jupyterlab.json").write_text("{}")
    assert state(setup, course)[0] == "update"


# -- mending ---------------------------------------------------------------------------------------


def break_interpreter(root):
    for python in (root / ".venv" / "bin").glob("python*"):
        python.unlink()


def break_by_interruption(root):
    change_stamp(root, sources=None)


def break_by_stopping_early(root):
    change_stamp(root, sources=None, packages=None, python=None)
    break_interpreter(root)


def break_by_moving(root):
    change_stamp(root, root="/home/somebody/elsewhere")


def break_by_another_python(root):
    change_stamp(root, python=[3, 10])


def break_package(root):
    info(root)[0].rmdir()


def break_version(root):
    info(root)[0].rename(site(root) / "iniconfig-1.0.0.dist-info")


@pytest.mark.skipif(os.name == "nt", reason="interpreters are not links on Windows")
@pytest.mark.parametrize(
    ("harm", "expected", "words"),
    [
        (break_interpreter, "rebuild", "interpreter is gone"),
        (break_by_stopping_early, "rebuild", "interpreter is gone"),
        (break_by_interruption, "rebuild", "interrupted"),
        (break_by_moving, "rebuild", "moved here from /home/somebody/elsewhere"),
        (break_by_another_python, "rebuild", "another one now"),
        (break_package, "update", "not those that were installed"),
        (break_version, "update", "not those that were installed"),
    ],
)
def test_harm_is_named_and_mended(setup, course, installed, capsys, harm, expected, words):
    setup.set_up(course)
    harm(course)
    found, reason = state(setup, course)
    assert found == expected
    assert words in reason
    assert setup.set_up(course) is True
    assert state(setup, course)[0] == "ready"
    assert len(info(course)) == 1
    assert "Mending .venv" in capsys.readouterr().out
    assert not list(course.glob(".venv-old-*"))


def test_another_python_that_is_asked_for_is_a_reason_to_rebuild(setup, course, installed):
    setup.set_up(course)
    assert state(setup, course, sys.executable)[0] == "ready"
    other = course / "other"
    other.write_text("#!/bin/sh\necho 3 99 1\n")
    other.chmod(0o755)
    assert state(setup, course, str(other))[0] == "rebuild"


def test_an_empty_folder_is_filled(setup, course, installed):
    (course / ".venv").mkdir()
    (course / ".venv" / ".course-setup.json.part").write_text("{")  # stopped in its first moment
    assert setup.set_up(course) is True


def test_a_stop_while_installing_is_seen_by_the_next_run(setup, course, installed, monkeypatch):
    def stop(root, venv):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(setup, "install", stop)
        with pytest.raises(KeyboardInterrupt):
            setup.set_up(course)
    assert state(setup, course) == ("rebuild", "its set-up was interrupted")
    assert setup.set_up(course) is True


def test_a_failed_update_leaves_a_working_environment_working(
    setup, course, installed, monkeypatch
):
    setup.set_up(course)
    good = (course / "requirements.txt").read_text()
    (course / "requirements.txt").write_text("iniconfig==2.3.0\n")

    def unreachable(root, venv):
        raise setup.SetupError("nobody answers")

    monkeypatch.setattr(setup, "install", unreachable)
    with pytest.raises(setup.SetupError):
        setup.set_up(course)
    (course / "requirements.txt").write_text(good)
    assert state(setup, course)[0] == "ready"


def test_of_two_at_once_the_second_waits(setup, course, installed, tmp_path):
    """A process that holds the lock and is killed, as by a lost terminal, leaves it free."""
    holder = tmp_path / "hold.py"
    holder.write_text(
        f"import sys, time, pathlib\nsys.path.insert(0, {str(ROOT / 'tools')!r})\nimport setup\n"
        f"with setup.one_at_a_time(pathlib.Path({str(course.resolve())!r})):\n"
        "    print('held', flush=True)\n    time.sleep(100)\n"
    )
    first = subprocess.Popen([sys.executable, str(holder)], stdout=subprocess.PIPE, text=True)
    assert first.stdout.readline() == "held\n"
    script = f"import sys\nsys.path.insert(0, {str(ROOT / 'tools')!r})\nimport setup, pathlib\n"
    script += f"with setup.one_at_a_time(pathlib.Path({str(course.resolve())!r})): print('mine')"
    second = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert "waiting for it" in second.stdout.readline()
    first.kill()
    assert second.stdout.read() == "mine\n"
    assert (first.wait(), second.wait())[1] == 0


# -- what is not ours ------------------------------------------------------------------------------


def test_a_foreign_environment_is_refused_and_left_alone(setup, course, installed):
    (course / ".venv").mkdir()
    (course / ".venv" / "precious").write_text("data")
    with pytest.raises(setup.SetupError, match="was not made by this course's set-up"):
        setup.set_up(course)
    assert (course / ".venv" / "precious").read_text() == "data"
    assert installed == []


def test_an_environment_that_was_only_lent_to_an_earlier_set_up_is_left_alone(setup, course):
    (course / ".venv").mkdir()
    stamp = {"made_by": "course", "adopted": True, "root": str(course.resolve())}
    (course / ".venv" / ".course-setup.json").write_text(json.dumps(stamp))
    assert state(setup, course)[0] == "foreign"


# -- which Python ----------------------------------------------------------------------------------


@pytest.fixture
def pythons(setup, monkeypatch):
    """Pretend that this machine has the Pythons {path: (major, minor, can make environments)}."""

    def pretend(found):
        monkeypatch.setattr(setup, "version_of", found.get)
        monkeypatch.setattr(setup.shutil, "which", lambda p: p if p in found else None)

    return pretend


def test_a_python_that_is_too_old_is_told_so(setup, pythons):
    pythons({"old": (3, 9, 1)})
    for asked in (None, "old"):
        with pytest.raises(setup.SetupError) as caught:
            setup.choose_python(asked, own="old")
        assert "needs Python 3.11 or newer, and this is Python 3.9." in str(caught.value)
        assert "make PYTHON=python3.11" in str(caught.value)


@pytest.mark.parametrize("own", [(3, 9, 1), (3, 15, 1), (3, 13, 0)])
def test_a_tested_python_beside_an_unfit_one_is_taken(setup, pythons, own):
    pythons({"own": own, "python3.12": (3, 12, 1)})
    assert setup.choose_python(own="own") == "python3.12"


def test_a_newer_python_alone_is_taken_and_the_own_one_first(setup, pythons):
    pythons({"own": (3, 15, 1)})
    assert setup.choose_python(own="own") == "own"
    pythons({"own": (3, 11, 1), "python3.13": (3, 13, 1)})
    assert setup.choose_python(own="own") == "own"


def test_a_python_without_ensurepip_names_the_debian_package(setup, pythons):
    pythons({"own": (3, 11, 0)})
    with pytest.raises(setup.SetupError, match=r"sudo apt install python3-venv"):
        setup.choose_python(own="own")


def test_what_is_no_python_is_refused(setup):
    with pytest.raises(setup.SetupError, match="does not run as a Python"):
        setup.choose_python("/nowhere/python3")


def test_this_python_is_seen_as_it_is(setup):
    assert setup.version_of(sys.executable) == (*sys.version_info[:2], 1)


def test_the_tool_can_be_read_by_an_old_python():
    """Nothing newer than Python 3.6, else an old one answers with a SyntaxError."""
    import ast

    source = (ROOT / "tools" / "setup.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    assert "from __future__ import annotations" not in source


# -- the real thing --------------------------------------------------------------------------------


def run(*command, **env):
    env = {k: v for k, v in {**os.environ, **env}.items() if k != "PYTHONPATH"}
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, env=env)


def run_script(root, **env):
    return run(sys.executable, root / "tools" / "setup.py", **env)


@pytest.mark.slow
def test_without_a_network_it_ends_in_a_sentence(setup, course):
    """Against a port where nobody listens: no traceback, nothing claimed."""
    nobody = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull}
    nobody |= {"PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1", "PIP_FIND_LINKS": ""}
    done = run_script(course, PIP_EXTRA_INDEX_URL="", **nobody)
    assert done.returncode == 2
    assert "Set-up stopped: The installer uv could not be fetched." in done.stderr
    assert "run the same command again" in done.stderr
    assert "Traceback" not in done.stderr
    assert state(setup, course) == ("rebuild", "its set-up was interrupted")


@pytest.mark.slow
def test_a_real_set_up_of_a_small_course(setup, course):
    """The whole way with a real package index: make, interrupt, mend, run."""
    done = run_script(course)
    if "could not be fetched" in done.stderr:
        pytest.skip(f"no package index: {done.stderr}")
    assert done.returncode == 0, done.stderr
    assert setup.set_up(course) is False
    change_stamp(course, sources=None)
    assert run_script(course).returncode == 0
    assert run(setup.program(course / ".venv", "course")).stdout.strip() == "course runs"


# -- the lists -------------------------------------------------------------------------------------


def test_every_requirement_is_pinned_and_every_pin_is_in_the_constraints():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]
    pins = dict(PIN.findall("\n".join(lines)))
    assert len(pins) == len(wanted)
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    for name, version in pins.items():
        assert f"\n{name}=={version}" in constraints, f"{name}: run `make lock`"


@pytest.mark.parametrize("name", NAMES)
def test_no_list_names_a_private_place(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "index-url" not in text
    assert "--hash" not in text
    text = re.sub(r'^repository = "https://github.com/[^"]*"$', "", text, flags=re.MULTILINE)
    assert "://" not in text
