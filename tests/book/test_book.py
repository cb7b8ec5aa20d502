"""The book, opened by a browser that has no network: nothing may be asked for from outside."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.book.toy import ALT, MOVING_ALT, write_toy
from tests.browser.chromium import chromium, refuse_outside

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def build(notebooks, out, *options):
    command = [sys.executable, ROOT / "book" / "build.py", "--notebooks", notebooks, "--out", out]
    command += ["--executed", out.parent / "none", *options]
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The committed lessons and a toy lesson, built with warnings as errors."""
    folder = tmp_path_factory.mktemp("book")
    for lesson in (ROOT / "notebooks").glob("*/*.ipynb"):
        place = folder / "notebooks" / lesson.parent.name
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(lesson, place)
    write_toy(folder / "notebooks")
    done = build(folder / "notebooks", folder / "book", "--strict")
    assert done.returncode == 0, done.stderr
    return folder / "book"


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser):
    """A page whose outside requests are written down and refused."""
    context = browser.new_context()
    outside = refuse_outside(context)
    page = context.new_page()
    page.outside = outside
    page.set_default_timeout(60_000)
    yield page
    context.close()


# Scripts may ask for more after the page's load: formulas, fonts, timers of no length. Waiting for
# an idle network instead would hang on a request that was dropped with the page before.
SETTLED = """async () => {
  await window.MathJax?.startup?.promise;
  await document.fonts.ready;
  await new Promise(done => setTimeout(done, 100));
}"""


def open_page(page, path):
    page.goto(path.as_uri() if isinstance(path, Path) else path, wait_until="load")


def test_no_page_asks_for_anything_outside(book, page):
    for path in sorted(book.rglob("*.html")):
        open_page(page, path)
        page.evaluate(SETTLED)
    assert page.outside == []


def test_the_watch_on_requests_works(book, page):
    """The test above would be empty if requests went unseen."""
    open_page(page, book / "index.html")
    page.evaluate("() => fetch('https://outside.invalid/').catch(() => null)")
    assert page.outside == ["https://outside.invalid/"]


def test_every_small_picture_leads_to_its_place(book):
    links = re.findall(
        r'<a href="(lessons/[^"#]+)#(picture-\w+)"', (book / "figures.html").read_text("utf8")
    )
    assert len(links) >= 100
    pages = {}
    for page, name in links:
        text = pages.setdefault(page, (book / page).read_text("utf8"))
        assert text.count(f'id="{name}"') == 1, (page, name)


def test_formulas_are_typeset(book, page):
    open_page(page, book / "lessons" / "0_start" / "98_toy.html")
    page.wait_for_selector("mjx-container svg")
    page.wait_for_function("document.querySelectorAll('mjx-container svg').length >= 3")
    assert page.locator("mjx-merror, [data-mjx-error]").count() == 0
    text = page.locator("article").inner_text()
    assert "\\frac" not in text
    assert "$" not in text


def test_explorers_become_their_picture_with_its_alt_text(book, page):
    open_page(page, book / "lessons" / "0_start" / "98_toy.html")
    image = page.locator(f"article img[alt='{ALT}']")
    assert image.count() == 1
    assert image.evaluate("img => img.complete && img.naturalWidth") == 320
    source = (book / "lessons" / "0_start" / "98_toy.html").read_text(encoding="utf-8")
    assert "widget-view" not in source
    assert "require.min.js" not in source


def test_an_explorer_with_frames_moves_by_mouse_and_keyboard(book, page):
    open_page(page, book / "lessons" / "0_start" / "98_toy.html")
    figure = page.locator("figure.explorer")
    picture, slider, choice = (figure.locator(tag) for tag in ("img", "input", "select"))

    def width():
        picture.evaluate("img => img.decode()")
        return picture.evaluate("img => img.naturalWidth")

    assert (width(), picture.get_attribute("alt")) == (60, MOVING_ALT)
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert width() == 70
    assert picture.get_attribute("alt") == f"n = 3, kind = a. At the start: {MOVING_ALT}"
    assert slider.get_attribute("aria-valuetext") == "3"
    choice.select_option("b")
    assert width() == 71  # both knobs count
    assert page.outside == []


def test_an_explorer_with_frames_shows_its_first_picture_without_scripts(book, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((book / "lessons" / "0_start" / "98_toy.html").as_uri())
    assert page.locator("figure.explorer img").get_attribute("alt") == MOVING_ALT
    assert page.locator("figure.explorer input").count() == 0
    context.close()


def test_exercise_cards_are_kept(book, page):
    open_page(page, book / "lessons" / "0_start" / "98_toy.html")
    assert page.get_by_text("toy_mean: not attempted").is_visible()


@pytest.mark.parametrize("term", ["cross-entropy", "交叉熵", "散度", "后验"])
def test_search_finds_the_glossary_in_both_languages(book, page, term):
    open_page(page, f"{(book / 'search.html').as_uri()}?q={term}")
    page.wait_for_selector("#search-results ul.search li a")
    links = page.locator("#search-results ul.search li a").evaluate_all(
        "all => all.map(a => a.href)"
    )
    assert any("glossary.html" in link for link in links), links
    assert page.outside == []


def test_front_page_and_map_lead_to_lessons(book, page):
    open_page(page, book / "index.html")
    assert page.locator("h1").first.inner_text().startswith("Gold mine or bubble?")
    assert page.get_by_text("make lab").count() >= 1
    open_page(page, book / "course_map.html")
    page.locator("article").get_by_role("link", name="98 · Toy").click()
    page.wait_for_load_state("load")
    assert page.url.endswith("98_toy.html")


@pytest.mark.parametrize("name", ["claims", "errata"])
def test_claims_and_errata_are_in_the_contents_and_lead_to_lessons(book, page, name):
    open_page(page, book / "index.html")
    assert page.locator(f"nav a[href='{name}.html']").count() >= 1
    open_page(page, book / f"{name}.html")
    page.locator("article a[href^='lessons/']").first.click()
    page.wait_for_load_state("load")
    assert "/lessons/" in page.url
    assert page.locator("article h1").first.is_visible()


def test_an_erratum_has_an_address(book, page):
    open_page(page, book / "errata.html")
    assert page.locator("p#r12").inner_text().startswith("R12 ")


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_scrolls_sideways(book, browser, width):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    wide = []
    for path in sorted(book.rglob("*.html")):
        open_page(page, path)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
            wide.append(path.name)
    context.close()
    assert wide == []


def test_the_table_below_a_lessons_title_fits_a_phone(book, browser):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    open_page(page, book / "lessons" / "2_gan" / "21_gan.html")
    table = page.locator(".pst-scrollable-table-container").first
    assert "to run (measured)" in table.inner_text()
    assert table.evaluate("box => box.scrollWidth <= box.clientWidth")
    context.close()


def test_a_pictures_frame_is_white_in_the_dark_too(book, page):
    open_page(page, book / "lessons" / "0_start" / "98_toy.html")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    for picture in (f"article img[alt='{ALT}']", "figure.explorer img"):
        colour = "img => getComputedStyle(img).backgroundColor"
        assert page.locator(picture).evaluate(colour) == "rgb(255, 255, 255)"


def test_a_broken_page_makes_the_build_fail(tmp_path):
    path = write_toy(tmp_path / "notebooks")
    path.write_text(path.read_text(encoding="utf-8")[:-200], encoding="utf-8")
    done = build(tmp_path / "notebooks", tmp_path / "book")
    assert done.returncode != 0


def test_a_link_to_nowhere_makes_the_strict_build_fail(tmp_path):
    path = write_toy(tmp_path / "notebooks")
    assert build(tmp_path / "notebooks", tmp_path / "book", "--strict").returncode == 0
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("try the book on.", "try [it](nowhere.md) on."), encoding="utf-8")
    done = build(tmp_path / "notebooks", tmp_path / "book", "--strict")
    assert done.returncode != 0
    assert "nowhere.md" in done.stderr
