"""The export for nbgrader, alone; and with nbgrader itself where NBGRADER names its command."""

import ast
import csv
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from course_utils import notebooks as nb
from course_utils.exercises import desk
from course_utils.grading.nbgrader import converted, with_solution
from course_utils.machine import repo_root
from course_utils.maths import checking
from tests.cli.toy import course, lesson

STUB = '''@exercise
def optimal_discriminator(log_p: Tensor, log_q: Tensor) -> Tensor:
    """Probability that a point is real."""
    ...'''
FIRST = "import torch\nfrom torch import Tensor\n\nfrom course_utils import exercise"


@pytest.fixture(autouse=True)
def _nothing_stays(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_BUILD", str(tmp_path / "build"))
    monkeypatch.setattr(desk, "_verdicts", {})
    monkeypatch.setattr(checking, "_allowed", 0.0)  # what right answers loosen is put back


def test_the_solution_is_a_right_answer_and_stands_between_the_marks():
    source = with_solution(STUB, "optimal_discriminator")
    lines = [line.strip() for line in source.splitlines()]
    assert lines.index("### BEGIN SOLUTION") < lines.index("### END SOLUTION")
    assert "..." not in lines
    ast.parse(source)
    space = {}
    exec(FIRST, space)
    exec(source, space)
    assert desk.state("optimal_discriminator") == "right"


@pytest.mark.parametrize("number", ["12", "21"])
def test_every_exercise_has_points_after_it(number):
    (found,) = nb.find([number], nb.lessons(repo_root() / "notebooks"))
    cells = converted(nb.read(found.path))["cells"]
    ids = [cell["id"] for cell in cells]
    assert len(set(ids)) == len(ids)
    graded = [c["metadata"]["nbgrader"] for c in cells if "nbgrader" in c["metadata"]]
    names = nb.exercise_names(nb.read(found.path))
    assert [m["grade_id"] for m in graded] == [x for n in names for x in (n, f"{n}_points")]
    for solution, points in zip(graded[::2], graded[1::2], strict=True):
        assert (solution["solution"], solution["grade"], solution["locked"]) == (True, False, False)
        assert (points["solution"], points["grade"], points["locked"]) == (False, True, True)
        assert points["points"] == desk.find(solution["grade_id"]).about.difficulty


def test_a_stub_as_nbgrader_releases_it_counts_as_not_attempted(capsys):
    released = STUB.replace("...", "# YOUR CODE HERE\n    raise NotImplementedError()")
    space = {}
    exec(FIRST, space)
    exec(released, space)
    assert desk.state("optimal_discriminator") == "not attempted"
    assert "not attempted" in capsys.readouterr().out


def test_the_command_writes_where_nbgrader_looks(tmp_path):
    shown = course("nbgrader", "21", "--out", tmp_path)
    assert shown.exit_code == 0
    assert (tmp_path / "source" / "21_gan" / "21_gan.ipynb").exists()


@pytest.mark.slow
@pytest.mark.skipif("NBGRADER" not in os.environ, reason="NBGRADER names no nbgrader command")
def test_nbgrader_releases_and_grades_two_students(tmp_path):
    path = lesson(tmp_path / "nb", "21_gan", FIRST, STUB)
    notebook = converted(nb.read(path))
    nb.write(tmp_path / "source" / "21_gan" / "21_gan.ipynb", notebook)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")

    def nbgrader(*words):
        command = [os.environ["NBGRADER"], *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    nbgrader("generate_assignment", "21_gan", "--create")
    release = tmp_path / "release" / "21_gan" / "21_gan.ipynb"
    text = release.read_text("utf8")
    assert "NotImplementedError" in text
    assert "find(" not in text
    assert "assert state" not in text
    for student, body in (("ada", "return torch.sigmoid(log_p - log_q)"), ("bob", None)):
        mine = tmp_path / "submitted" / student / "21_gan" / "21_gan.ipynb"
        mine.parent.mkdir(parents=True)
        shutil.copy(release, mine)
        if body:
            content = json.loads(text)
            for cell in content["cells"]:
                code = nb.source(cell)
                cell["source"] = code.replace("raise NotImplementedError()", body)
            mine.write_text(json.dumps(content))
    nbgrader("autograde", "21_gan", "--create")
    nbgrader("export")
    with Path(tmp_path / "grades.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    most = float(desk.find("optimal_discriminator").about.difficulty)
    assert float(rows["ada"]["score"]) == most
    assert float(rows["bob"]["score"]) == 0.0
