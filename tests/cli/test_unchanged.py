"""A lesson that would run the same again is not run; whatever it depends on brings it back."""

import json

import pytest

from course_utils.cli import unchanged
from tests.cli.toy import course, lesson

pytestmark = pytest.mark.slow


@pytest.fixture
def runs(tmp_path):
    """A lesson that counts how often it ran: (path, run it, count)."""
    tally = tmp_path / "tally"
    path = lesson(tmp_path / "nb", "10_a", f"open({str(tally)!r}, 'a').write('x')", "md:text")

    def again(*words):
        return course("run", "--notebooks", tmp_path / "nb", "--out", tmp_path / "out", *words)

    assert again().exit_code == 0
    return path, again, lambda: len(tally.read_text())


def test_what_has_not_changed_stays_and_is_reported(runs, tmp_path):
    path, again, count = runs
    before = json.loads((tmp_path / "out" / "report.json").read_text("utf8"))["lessons"][0]
    shown = again()
    assert (shown.exit_code, count()) == (0, 1)
    row = json.loads((tmp_path / "out" / "report.json").read_text("utf8"))["lessons"][0]
    assert row["since"]
    assert row == {**before, "since": row["since"]}
    assert f"unchanged since {row['since']}: 1 lesson; --all runs them again" in shown.output
    path.write_text(path.read_text("utf8").replace('"text"', '"other text"'))
    again()
    assert count() == 1, "text is not code"
    again("--all")
    assert count() == 2


def other_code(path, out, patch):
    path.write_text(path.read_text("utf8").replace("'x'", "'y'"))


def other_machine(path, out, patch):
    patch.setattr(unchanged, "fingerprint", lambda: "another machine")


def other_package(path, out, patch):
    patch.setattr(unchanged, "_package_hash", lambda: "another package")


def page_gone(path, out, patch):
    (out / "10_a.ipynb").unlink()


def page_damaged(path, out, patch):
    with (out / "10_a.ipynb").open("a") as file:
        file.write(" ")


def record_damaged(path, out, patch):
    (out / "good_runs.json").write_text("{")


CHANGES = [other_code, other_machine, other_package, page_gone, page_damaged, record_damaged]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_changed_brings_it_back(runs, tmp_path, monkeypatch, change):
    path, again, count = runs
    change(path, tmp_path / "out", monkeypatch)
    shown = again()
    assert (shown.exit_code, count()) == (0, 2)
    assert "unchanged" not in shown.output


def test_another_parameter_brings_it_back(runs):
    _, again, count = runs
    again("-p", "seed=1")
    again("-p", "seed=1")
    assert count() == 2
    again()
    assert count() == 3, "its page was overwritten"


def test_a_failed_or_full_run_is_never_kept(tmp_path):
    tally = tmp_path / "tally"
    cell = f"open({str(tally)!r}, 'a').write('x')\nif profile == 'quick':\n    1 / 0"
    lesson(tmp_path / "nb", "10_a", cell)
    words = ("run", "--notebooks", tmp_path / "nb", "--out", tmp_path / "out")
    assert [course(*words).exit_code for _ in range(2)] == [1, 1]
    assert [course(*words, "--profile", "full").exit_code for _ in range(2)] == [0, 0]
    assert len(tally.read_text()) == 4


def test_the_packages_hash_sees_sources_manifest_and_weights(tmp_path, monkeypatch):
    package, data = tmp_path / "course_utils", tmp_path / "data"
    (data / "weights").mkdir(parents=True)
    (package / "deep").mkdir(parents=True)
    monkeypatch.setattr(unchanged.course_utils, "__file__", str(package / "__init__.py"))
    monkeypatch.setattr(unchanged, "repo_root", lambda: tmp_path)
    seen = {unchanged._package_hash()}
    files = package / "deep" / "a.py", data / "datasets.toml", data / "weights" / "judge.json"
    for path in files:
        path.write_text("1")
        seen.add(unchanged._package_hash())
        path.write_text("2")
        seen.add(unchanged._package_hash())
    assert len(seen) == 1 + 2 * len(files)
