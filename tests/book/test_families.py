"""The README's table and picture of the four families say what the lessons stored."""

import io
import json

import pytest
from PIL import Image

from book import families
from course_utils.judging import results
from course_utils.machine import repo_root
from course_utils.store import sweeps

README = repo_root() / "README.md"


def test_the_readme_shows_the_stored_results():
    text = README.read_text("utf8")
    assert families.renewed(text, families.table()) == text, "run: python book/families.py"


def test_the_picture_shows_the_stored_samples():
    shown, made = (
        Image.open(io.BytesIO(b)) for b in (families.PICTURE.read_bytes(), families.picture())
    )
    # letters may differ between versions
    samples = (families.LEFT, families.TOP, shown.width, shown.height)
    assert shown.crop(samples).tobytes() == made.crop(samples).tobytes()


def test_another_figure_changes_the_table(tmp_path):
    path = sweeps.file(families.SWEEP)
    rows = [json.loads(line) for line in path.read_text("utf8").splitlines()]
    for row in rows:
        sweeps.add(families.SWEEP, row, where=tmp_path)
    assert families.table(tmp_path) == families.table()
    rows[0]["numbers"]["VAE_told_floors"] *= 9
    sweeps.add(families.SWEEP, rows[0], where=tmp_path)
    assert families.table(tmp_path) != families.table()


def test_missing_rows_and_samples_are_named(tmp_path):
    with pytest.raises(sweeps.SweepError, match=families.SWEEP):
        families.table(tmp_path)
    with pytest.raises(results.ResultError, match="four_families/GAN_told"):
        families.picture(tmp_path)


@pytest.mark.parametrize(
    "text", ["", families.END + families.START, families.START * 2 + families.END]
)
def test_comments_out_of_place_are_named(text):
    with pytest.raises(ValueError, match="same-minute"):
        families.renewed(text, "rows")
