"""The recipe for a JupyterHub: a student's lessons are copied once, and a password is asked for."""

import runpy
import sys
from types import ModuleType, SimpleNamespace
from unittest.mock import MagicMock

import pytest

from course_utils.machine import repo_root

CONFIG = repo_root() / "tools" / "hub" / "jupyterhub_config.py"


@pytest.fixture
def recipe(monkeypatch, tmp_path):
    """Run the file as JupyterHub does; returns what it defines."""
    auth = ModuleType("jupyterhub.auth")
    auth.DummyAuthenticator = object
    monkeypatch.setitem(sys.modules, "jupyterhub", ModuleType("jupyterhub"))
    monkeypatch.setitem(sys.modules, "jupyterhub.auth", auth)
    monkeypatch.setenv("COURSE_HUB_HOMES", str(tmp_path / "homes"))

    def run(password="room"):
        monkeypatch.setenv("COURSE_HUB_PASSWORD", password)
        return runpy.run_path(str(CONFIG), {"get_config": MagicMock})

    return run


def test_lessons_are_copied_once_and_answers_stay(recipe, tmp_path):
    give = recipe()["give_lessons"]
    spawner = SimpleNamespace(user=SimpleNamespace(name="ada"), environment={})
    give(spawner)
    mine = tmp_path / "homes" / "ada" / "notebooks" / "2_gan" / "21_gan.ipynb"
    assert mine.read_bytes() == (repo_root() / "notebooks/2_gan/21_gan.ipynb").read_bytes()
    mine.write_text("my answers")
    give(spawner)
    assert mine.read_text() == "my answers"
    assert spawner.environment["COURSE_BUILD"] == str(tmp_path / "homes" / "ada" / "build")


def test_without_a_password_nobody_gets_in(recipe):
    with pytest.raises(SystemExit, match="COURSE_HUB_PASSWORD"):
        recipe("")
