"""A test of an exercise is left out only if it passed here by just this code."""

from types import SimpleNamespace

import pytest

from course_utils.machine import repo_root
from tests.checks import unchanged
from tests.checks.conftest import of_an_exercise

FILE = repo_root() / "tests" / "checks" / "test_every_exercise.py"


def item(test="test_the_reference_passes", name="gan_step", path=FILE):
    callspec = SimpleNamespace(params={"name": name} if name else {})
    return SimpleNamespace(name=f"{test}[{name}]", path=path, callspec=callspec)


def test_what_passed_is_left_out_and_what_never_ran_is_not(tmp_path):
    assert not unchanged.passed_before(item(), tmp_path)
    unchanged.remember(item(), tmp_path)
    assert unchanged.passed_before(item(), tmp_path)
    assert not unchanged.passed_before(item(name="ring_bytes"), tmp_path)
    assert not unchanged.passed_before(item("test_no_shape_is_square_by_accident"), tmp_path)


def test_other_code_is_asked_again(tmp_path, monkeypatch):
    unchanged.remember(item(), tmp_path)
    monkeypatch.setattr(unchanged, "key", lambda name, file: "of other code")
    assert not unchanged.passed_before(item(), tmp_path)


@pytest.mark.parametrize(
    "part",
    [
        "course_utils/checks/gan/gan_step.py",
        "course_utils/exercises/verdict.py",
        "course_utils/exercises/compare.py",
        "course_utils/exercises/spec.py",
        "tests/checks/test_every_exercise.py",
        "tests/checks/unchanged.py",
    ],
)
def test_the_check_the_engine_and_the_test_count(monkeypatch, part):
    seen = []
    monkeypatch.setattr(unchanged, "code_hash", lambda paths: seen.extend(paths) or "hash")
    unchanged.key.__wrapped__("gan_step", FILE)
    assert repo_root() / part in seen


def test_the_hash_follows_contents_and_versions(tmp_path, monkeypatch):
    monkeypatch.setattr(unchanged, "ROOT", tmp_path)
    file = tmp_path / "a.py"
    file.write_text("x = 1")
    before = unchanged.code_hash([file])
    assert unchanged.code_hash([file]) == before
    file.write_text("x = 2")
    assert unchanged.code_hash([file]) != before
    file.write_text("x = 1")
    monkeypatch.setattr(unchanged.metadata, "version", lambda name: "0")
    assert unchanged.code_hash([file]) != before


def test_only_what_depends_on_the_check_alone_may_be_left_out():
    assert of_an_exercise(item())
    assert not of_an_exercise(item("test_the_stub_in_the_lesson_is_not_attempted"))
    assert not of_an_exercise(item("test_it_stands_in_its_lessons_folder"))
    assert not of_an_exercise(item("test_one_import_is_enough", name=None))
    assert not of_an_exercise(item(path=FILE.with_name("test_answers.py")))


def test_only_make_quick_leaves_tests_out():
    makefile = (repo_root() / "Makefile").read_text("utf8")
    [line] = [line for line in makefile.splitlines() if "--skip-unchanged" in line]
    assert "not slow" in line
    for place in (".ci/run", ".github/workflows/ci.yml", ".github/workflows/weekly.yml"):
        assert "--skip-unchanged" not in (repo_root() / place).read_text("utf8")
