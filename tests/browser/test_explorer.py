"""An explorer moves in a real browser: the slider is moved, the picture changes."""

import nbformat
import pytest

from tests.browser import lab
from tests.browser.chromium import chromium, refuse_outside

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EXPLORER = """
import matplotlib.pyplot as plt
from course_utils.page.explorer import explorer

def draw(width):
    fig, ax = plt.subplots(figsize=(3, 1.5))
    ax.barh([0], [width], color="#0072B2")
    ax.set(xlim=(0, 10), xlabel="width")
    return fig

explorer(draw, alt="a bar of width three", width=(1, 9, 1, 3))
"""
EXERCISE = """
from course_utils import exercise, progress

@exercise
def guided_velocity(v_uncond, v_cond, scale):
    raise ValueError("<b id='injected'>not bold</b>")
"""
DONE = 'print("all cells", "ran")'


TRAINING = """
import torch
from course_utils.training import Batches, fit

data = Batches([torch.zeros(20, 1)], batch_size=5, seed=0)
history = fit(lambda x: {"loss": x.sum()}, data, n_steps=3)
"""


def write_notebook(path, *sources):
    cells = [nbformat.v4.new_code_cell(s.strip()) for s in (*sources, DONE)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    """(browser, port, folder) of one JupyterLab for the tests of this file."""
    folder = tmp_path_factory.mktemp("lab")
    with chromium() as browser, lab.jupyter_lab(folder) as port:
        yield browser, port, folder


@pytest.fixture
def page(laboratory):
    """A page whose outside requests are written down and refused."""
    context = laboratory[0].new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.outside = refuse_outside(page)
    yield page
    context.close()
    lab.end_kernels(laboratory[1])


def run(page, laboratory, *sources):
    """Write a notebook of these cells, open it in JupyterLab, run it; returns its path."""
    _, port, folder = laboratory
    path = folder / f"lesson_{len(list(folder.glob('*.ipynb')))}.ipynb"
    write_notebook(path, *sources)
    lab.open_notebook(page, port, path)
    lab.run_all(page, "all cells ran")
    return path


def test_a_moved_slider_changes_the_picture(page, laboratory):
    run(page, laboratory, EXPLORER, EXERCISE)
    picture = page.locator(".jupyter-widgets img").first
    picture.wait_for(timeout=30_000)
    before = picture.get_attribute("src")
    readout = page.locator(".widget-readout").first
    assert readout.inner_text() == "3"
    page.locator(".jupyter-widgets .noUi-handle").first.focus()
    page.keyboard.press("ArrowRight")
    lab.wait_until(
        lambda: readout.inner_text() == "4" and picture.get_attribute("src") != before,
        20,
        "the slider was moved, the picture did not change",
        page=page,
    )

    # the card shows the student's text as text, not as HTML
    card = page.locator(".jp-OutputArea-output", has_text="guided_velocity: not yet").first
    assert "<b id='injected'>" in card.inner_text()
    assert page.locator("#injected").count() == 0
    assert page.outside == []


def test_a_saved_lesson_shows_its_explorer_and_bar_when_it_is_opened_again(page, laboratory):
    path = run(page, laboratory, EXPLORER, TRAINING)
    page.locator(".jupyter-widgets img").first.wait_for(timeout=30_000)
    lab.save(page, path)
    lab.end_kernels(laboratory[1])
    page.goto("about:blank")
    lab.open_notebook(page, laboratory[1], path)
    picture = page.locator(".jp-OutputArea img").first
    picture.wait_for(timeout=30_000)
    assert picture.evaluate("img => img.complete && img.naturalWidth") > 100
    assert "3/3" in page.locator(".jp-Notebook").inner_text()
    assert page.get_by_text("model not found").count() == 0


def test_the_words_of_a_picture_are_there_for_screen_readers_and_unseen(page, laboratory):
    """Live, and in a notebook that came from elsewhere, whose HTML JupyterLab cleans first."""
    words = page.locator(".picture-alt")
    path = run(page, laboratory, EXPLORER)
    assert words.all_inner_texts() == ["Picture: a bar of width three"]
    assert words.bounding_box()["width"] <= 1
    lab.save(page, path)
    foreign = path.with_name("foreign.ipynb")
    foreign.write_text(path.read_text("utf8").replace('print("all', 'print("All'), "utf8")
    lab.open_notebook(page, laboratory[1], foreign)
    assert words.all_inner_texts() == ["Picture: a bar of width three"]
    assert words.bounding_box()["width"] <= 1
    page.locator(".jp-OutputArea img").first.wait_for(timeout=30_000)


def test_nothing_is_asked_or_fetched_at_the_start_of_a_lesson(page, laboratory):
    run(page, laboratory)
    page.wait_for_timeout(3_000)  # the question about news comes late
    assert page.locator(".Toastify__toast").count() == 0
    assert page.outside == []
