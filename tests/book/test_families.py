"""The README's table and picture of the four families say what the lessons stored."""

import io
import json
import shutil

import pytest
from PIL import Image

from book import families
from course_utils.judging import results
from course_utils.machine import repo_root

README = repo_root() / "README.md"


def test_the_readme_shows_the_stored_results():
    text = README.read_text("utf8")
    assert families.renewed(text, families.table()) == text, "run: python book/families.py"


def test_the_picture_shows_the_stored_samples():
    shown, made = (
        Image.open(io.BytesIO(b)) for b in (families.PICTURE.read_bytes(), families.picture())
    )
    samples = (families.MARGIN, 0, shown.width, shown.height)  # letters may differ between versions
    assert shown.crop(samples).tobytes() == made.crop(samples).tobytes()


def test_another_figure_changes_the_table(tmp_path):
    shutil.copytree(results.folder(), tmp_path, dirs_exist_ok=True)
    assert families.table(tmp_path) == families.table()
    path = tmp_path / "same_minute" / "vae" / "score.json"
    content = json.loads(path.read_text("utf8"))
    content["score"]["fid"] *= 2
    path.write_text(json.dumps(content), "utf8")
    assert families.table(tmp_path) != families.table()


def test_a_missing_family_is_named(tmp_path):
    shutil.copytree(results.folder() / "same_minute", tmp_path / "same_minute")
    shutil.rmtree(tmp_path / "same_minute" / "gan")
    with pytest.raises(results.ResultError, match="same_minute/gan"):
        families.table(tmp_path)


@pytest.mark.parametrize(
    "text", ["", families.END + families.START, families.START * 2 + families.END]
)
def test_comments_out_of_place_are_named(text):
    with pytest.raises(ValueError, match="same-minute"):
        families.renewed(text, "rows")
