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


def write_notebook(folder):
    cells = [nbformat.v4.new_code_cell(s.strip()) for s in (EXPLORER, EXERCISE, DONE)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    nbformat.write(notebook, folder / "explorer.ipynb")


def test_a_moved_slider_changes_the_picture(tmp_path):
    write_notebook(tmp_path)
    with chromium() as browser, lab.jupyter_lab(tmp_path) as port:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        outside = refuse_outside(page)
        page.goto(f"http://127.0.0.1:{port}/lab/tree/explorer.ipynb?token={lab.TOKEN}&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        lab.wait_until(lambda: lab.kernel_is_ready(port), 60, "no kernel", tmp_path, page)
        page.click("text=Run >> nth=0")
        page.click("text=Run All Cells")
        page.wait_for_selector("text=all cells ran", timeout=90_000)

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
        assert outside == []
