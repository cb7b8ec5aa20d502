"""Imports point downward only, and importing the package does nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import course_utils

ROOT = Path(course_utils.__file__).parent
# the layer of every module or package; a new one must be given a place here
LAYERS = {
    "agreement": 0,
    "atomic": 0,
    "bpe": 0,
    "intervals": 0,
    "models": 0,
    "ngram": 0,
    "parallel": 0,
    "plots": 0,
    "prob": 0,
    "runtime": 0,
    "seeds": 0,
    "source": 0,
    "speed": 0,
    "vision": 0,
    "checkpoint": 1,
    "data": 1,
    "diffusion": 1,
    "history": 1,
    "metrics": 1,
    "updates": 1,
    "weights": 1,
    "launched": 1,
    "judge": 2,
    "ledger": 2,
    "run_folder": 2,
    "sharded": 2,
    "training": 2,
    "exercises": 3,
    "full_run": 3,
    "scorecard": 4,
    "results": 5,
    "widgets": 3,
    "checks": 4,
    "lesson": 4,
    "cli": 5,
}
# looked up only when a student asks for an exercise; the checks build on the engine
LAZY = {("exercises", "checks")}


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
        if target == home:
            assert LAYERS[home] > 0, f"{path.name}:{line}: layer 0 modules stand alone"
        elif (home, target) not in LAZY and target in LAYERS:
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
        ("prob", [*LIGHT, "matplotlib"]),
        ("plots", [*LIGHT, "torch"]),
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
