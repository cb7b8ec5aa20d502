"""Imports point downward only, and importing the package does nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import course_utils

ROOT = Path(course_utils.__file__).parent
# the layer of every door: a file at the top or a folder; imports go to lower layers only
LAYERS = {
    **dict.fromkeys(("machine", "maths", "models"), 0),
    **dict.fromkeys(("store", "runtime", "page"), 1),
    **dict.fromkeys(("data", "training", "notebooks"), 2),
    **dict.fromkeys(("judging", "runs", "exercises"), 3),
    **dict.fromkeys(("lesson", "checks", "challenge"), 4),
    "grading": 5,
    "cli": 6,
}


def home_of(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path):
    """Yield (module of the package, line) for every import statement of a file."""
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{a.name}" for a in node.names]
        elif isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "course_utils" and len(parts) > 1:
                yield parts[1], node.lineno


FILES = sorted(p for p in ROOT.rglob("*.py") if p.parent != ROOT or p.name != "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_downward(path):
    home = home_of(path)
    assert home in LAYERS, f"give {home} a layer"
    for target, line in imported(path):
        if target == home or target not in LAYERS:
            continue  # inside a door, or a name of the facade
        assert LAYERS[target] < LAYERS[home], (
            f"{path.name}:{line}: {home} (layer {LAYERS[home]}) imports {target} "
            f"(layer {LAYERS[target]})"
        )


def test_the_walk_sees_a_wrong_import(tmp_path):
    file = tmp_path / "prob.py"
    file.write_text("from course_utils import training\nfrom course_utils.data import digits\n")
    assert [t for t, _line in imported(file)] == ["training", "data"]


SNAPSHOT = """
import os, random, sys, threading
import numpy as np
random.seed(1); np.random.seed(1)
before = (random.getstate(), np.random.get_state()[1].tolist(), dict(os.environ), os.getcwd())
import course_utils
import course_utils.{module}
after = (random.getstate(), np.random.get_state()[1].tolist(), dict(os.environ), os.getcwd())
assert before == after, "importing changed a random state, the environment or the folder"
assert threading.active_count() == 1
for heavy in {heavy}:
    assert heavy not in sys.modules, heavy + " was imported"
"""
LIGHT = ["torchvision", "IPython", "ipywidgets", "papermill"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("maths.prob", [*LIGHT, "matplotlib"]),
        ("page.figures", [*LIGHT, "torch"]),
        ("lesson", LIGHT),
        ("cli.main", [*LIGHT, "torch", "matplotlib"]),
    ],
)
def test_importing_does_nothing(module, heavy):
    code = SNAPSHOT.format(module=module, heavy=heavy)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_the_facade_names_what_it_offers():
    for name in course_utils.__all__:
        assert callable(getattr(course_utils, name))
    with pytest.raises(AttributeError, match="it offers"):
        course_utils.nonsense  # noqa: B018
