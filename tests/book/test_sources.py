"""What build.py gathers, without running Sphinx."""

import copy
import os
import tomllib
from pathlib import Path

import nbformat
import pytest

from book import build, front
from course_utils import notebooks as nb
from tests.book.toy import ALT, toy_notebook, write_toy

ROOT = Path(__file__).resolve().parents[2]


def executed_copy(committed, folder, *, seconds_later, change):
    notebook = nbformat.read(committed, as_version=4)
    change(notebook)
    folder.mkdir(exist_ok=True)
    path = folder / committed.name
    nbformat.write(notebook, path)
    moment = committed.stat().st_mtime + seconds_later
    os.utime(path, (moment, moment))
    return path


def add_error(notebook):
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    notebook.cells[-1].outputs = [error]


def leave_unfinished(notebook):
    notebook.cells[-1].execution_count = None


@pytest.mark.parametrize(
    ("seconds_later", "change", "taken"),
    [
        (5, lambda notebook: None, True),
        (-5, lambda notebook: None, False),
        (5, add_error, False),
        (5, leave_unfinished, False),
    ],
    ids=["newer and whole", "older", "with an error", "unfinished"],
)
def test_a_run_is_shown_where_it_is_newer_and_whole(tmp_path, seconds_later, change, taken):
    committed = write_toy(tmp_path / "notebooks")
    run = executed_copy(
        committed, tmp_path / "executed", seconds_later=seconds_later, change=change
    )
    [(path, place, course)] = build.find_lessons(tmp_path / "notebooks", tmp_path / "executed")
    assert path == (run if taken else committed)
    assert place == "0_start/98_toy"
    assert course["number"] == "98"


def test_an_expected_error_is_no_failure(tmp_path):
    committed = write_toy(tmp_path / "notebooks")

    def expected(notebook):
        add_error(notebook)
        notebook.cells[-1].metadata["tags"] = ["raises-exception"]

    run = executed_copy(committed, tmp_path / "executed", seconds_later=5, change=expected)
    assert build.ended_well(run)


def test_widgets_and_injected_cells_are_left_out_and_alt_texts_kept(tmp_path):
    notebook = toy_notebook()
    injected = nbformat.v4.new_code_cell(
        "profile = 'full'", metadata={"tags": ["injected-parameters"]}
    )
    notebook.cells.insert(1, injected)
    alt_texts = {}
    done = build.prepare(copy.deepcopy(notebook), "98 · Toy", alt_texts, tmp_path)
    assert len(done.cells) == len(notebook.cells) - 1
    assert "widgets" not in done.metadata
    assert nb.WIDGET not in str(done.cells)
    assert list(alt_texts.values()) == [ALT]
    assert '<figure class="explorer"' in str(done.cells)
    assert len(list((tmp_path / "frames").glob("*.webp"))) == 6


def test_a_lesson_without_a_title_gets_one(tmp_path):
    notebook = toy_notebook()
    notebook.cells = notebook.cells[1:]
    done = build.prepare(notebook, "98 · Toy", {}, tmp_path)
    assert done.cells[0].source == "# 98 · Toy"


def test_the_map_links_what_exists_and_lists_what_is_planned(tmp_path):
    plan = tomllib.loads((ROOT / "book" / "map.toml").read_text(encoding="utf-8"))
    write_toy(tmp_path / "notebooks")
    lessons = build.find_lessons(tmp_path / "notebooks", tmp_path / "executed")
    page = build.course_map(lessons, plan)
    assert "**[98 · Toy](lessons/0_start/98_toy)**" in page
    assert "1 min to work through · 2 s to run · 0.3 GB of memory" in page
    assert "You will be able to read a toy lesson." in page
    assert "[21 · The GAN game.]{.planned}" in page


def test_the_plan_holds_every_lesson_once_and_in_order():
    plan = tomllib.loads((ROOT / "book" / "map.toml").read_text(encoding="utf-8"))
    ids = [lesson["id"] for part in plan["parts"] for lesson in part["lessons"]]
    assert ids == sorted(set(ids))
    for part in plan["parts"]:
        assert all(lesson["id"][0] == part["folder"][0].lower() for lesson in part["lessons"])


def test_every_lesson_is_in_the_plan():
    plan = tomllib.loads((ROOT / "book" / "map.toml").read_text(encoding="utf-8"))
    ids = {lesson["id"] for part in plan["parts"] for lesson in part["lessons"]}
    written = {path.stem.split("_")[0] for path in (ROOT / "notebooks").glob("*/*.ipynb")}
    assert written <= ids


def test_the_front_picture_is_the_one_lesson_00_drew():
    assert front.PICTURE.read_bytes() == front.front_picture(front.LESSON), "run make notebooks"
