"""``course new``: a skeleton in the house form, which lacks only what an author writes."""

import nbformat
import pytest

from course_utils import machine
from course_utils import notebooks as nb
from tests.cli.toy import course, lesson
from tests.notebooks import anatomy

UNWRITTEN = ("words", "agree(", "@exercise", "explorer(", "nothing is measured", "arXiv", "tagged")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A repository with one lesson in one part."""
    lesson(tmp_path / "notebooks", "21_gan", "1", part="2_gan")
    monkeypatch.setattr(machine, "repo_root", lambda: tmp_path)
    return tmp_path / "notebooks"


def test_a_skeleton_lacks_only_what_an_author_writes(folder):
    shown = course("new", "28", "Three dimensions")
    path = folder / "2_gan" / "28_three_dimensions.ipynb"
    assert shown.output.startswith(str(path))
    notebook = nb.read(path)
    nbformat.validate(nbformat.read(path, as_version=4))
    for rule in (anatomy.beginning, anatomy.codes, anatomy.plain_code, anatomy.claims):
        assert list(rule(notebook)) == []
    complaints = [*anatomy.size(notebook), *anatomy.parts(notebook)]
    assert complaints
    assert [c for c in complaints if not any(word in c for word in UNWRITTEN)] == []


@pytest.mark.slow
def test_a_skeleton_runs(folder):
    course("new", "28", "Three dimensions")
    shown = course("run", "28", "--notebooks", folder, "--out", folder.parent / "out")
    assert shown.exit_code == 0, shown.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("21", "Again"), "21 is taken by 21_gan"),
        (("2", "Short"), "a number has two digits"),
        (("31", "Elsewhere"), "31 belongs to no part: name one with --part, of 2_gan"),
        (("28", "…"), "a title needs letters"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_written(folder, words, says):
    before = sorted(folder.rglob("*"))
    shown = course("new", *words)
    assert shown.exit_code == 2
    assert says in shown.stderr
    assert sorted(folder.rglob("*")) == before


def test_a_new_part_is_made_where_it_is_named(folder):
    assert course("new", "31", "Elsewhere", "--part", "3_vae").exit_code == 0
    assert (folder / "3_vae" / "31_elsewhere.ipynb").exists()
