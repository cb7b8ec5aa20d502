"""The page of all pictures: each once, small, with its words, a link to its place."""

import base64
import io
import re

import pytest
from PIL import Image

from book import build, figures
from course_utils import notebooks as nb
from course_utils.machine import repo_root
from tests.book.toy import ALT, MOVING_ALT, line_png, toy_notebook, write_toy

MOST_MB = 4.0  # of all small pictures; the page is loaded as one scrolls


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """(page, folder of small pictures, lessons) of all lessons."""
    static = tmp_path_factory.mktemp("static")
    lessons = build.find_lessons(repo_root() / "notebooks", repo_root() / "none")
    return figures.page(lessons, nb.read, static), static / "small", lessons


def test_a_small_picture_keeps_its_shape_and_stands_on_white():
    buffer = io.BytesIO()
    Image.new("RGBA", (800, 400), (0, 0, 0, 0)).save(buffer, "PNG")
    webp, size = figures.small(buffer.getvalue())
    picture = Image.open(io.BytesIO(webp))
    assert picture.format == "WEBP"
    assert picture.size == size == (280, 140)
    assert picture.convert("L").getextrema()[0] >= 250


def test_a_picture_of_noise_stays_small_too():
    noise = Image.effect_noise((800, 560), 200)
    buffer = io.BytesIO()
    noise.save(buffer, "PNG")
    assert len(figures.small(buffer.getvalue())[0]) <= figures.MOST_BYTES


def test_a_lesson_gives_each_picture_once_with_its_words():
    notebook = toy_notebook()
    notebook.cells.append(notebook.cells[2])
    found = list(figures.pictures(notebook))
    assert [alt for _png, alt in found] == [ALT, MOVING_ALT]
    assert found[0][0] == base64.b64decode(line_png())


def test_words_are_text_and_lead_to_the_place_in_the_lesson(tmp_path):
    write_toy(tmp_path)
    lessons = build.find_lessons(tmp_path, tmp_path / "none")
    page = figures.page(lessons, nb.read, tmp_path)
    name = figures.anchor(base64.b64decode(line_png()))
    assert f'<a href="lessons/0_start/98_toy.html#{name}">' in page
    assert f"<figcaption>{ALT}</figcaption>" in page
    assert "&lt;b&gt;" in figures.entry("a/b", "name", (1, 1), "<b>\nbold")


def test_every_stored_picture_is_there_and_none_is_heavy(whole):
    page, folder, lessons = whole
    names = re.findall(r'src="_static/small/([\w-]+\.webp)"', page)
    assert len(names) >= 3 * len(lessons)
    assert {path.name for path in folder.iterdir()} == set(names)
    sizes = [path.stat().st_size for path in folder.iterdir()]
    assert max(sizes) <= figures.MOST_BYTES
    assert sum(sizes) + len(page.encode()) <= MOST_MB * 1e6
    assert page.count('loading="lazy"') == len(names)


def test_every_picture_has_words(whole):
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", whole[0])
    assert min(map(len, captions)) >= 10


def test_the_page_says_how_much_it_is(whole):
    page, folder, lessons = whole
    megabytes = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    assert f"take {megabytes:.1f} MB in all" in page.replace("\n", " ")
    assert f"of {len(lessons)} lessons" in page
