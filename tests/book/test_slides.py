"""Slides of a lesson: what stands on them, and that a browser without a network shows them."""

import pytest

from book import slides
from course_utils import notebooks as nb
from course_utils.machine import repo_root
from tests.book.toy import ALT, toy_notebook
from tests.browser.chromium import chromium, refuse_outside

STUB = '@exercise\ndef half(x):\n    """Half of x."""\n    ...'


def made(tmp_path, *cells):
    """The slides of these cells ("code:" for code)."""
    notebook = {"metadata": {"course": {"promise": "You will halve."}}, "cells": []}
    for text in cells:
        kind = "code" if text.startswith("code:") else "markdown"
        notebook["cells"].append({"cell_type": kind, "source": text.removeprefix("code:")})
    return slides.markdown(notebook, "12 · Half", tmp_path)


def test_a_formula_stands_below_the_sentence_that_leads_to_it(tmp_path):
    text = "## Step 1: halves\n\nFirst words. And then, [here](x.ipynb):\n\n$$a = b$$\n\nAfter."
    shown = made(tmp_path, text)
    assert shown.startswith("# 12 · Half\n\nYou will halve.\n\n## Step 1: halves\n\n")
    assert "### And then, here:\n\n$$a = b$$" in shown


def test_an_exercise_stands_without_a_solution_and_references_do_not(tmp_path):
    shown = made(tmp_path, "## Step 1: x\n\nWords.", f"code:{STUB}", "## References\n\nA paper.")
    assert "### Your turn: `half`\n\n```python\ndef half(x):" in shown
    assert "A paper" not in shown


def test_a_picture_is_a_file_with_its_alt_text(tmp_path):
    notebook = toy_notebook()
    notebook.cells[1].source = "## " + notebook.cells[1].source.removeprefix("## ")
    shown = slides.markdown(notebook, "98 · Toy", tmp_path)
    assert f"![{ALT}](pictures/cell_2_0.png)" in shown
    assert (tmp_path / "cell_2_0.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("number", ["00", "21", "41"])
def test_a_lesson_has_a_slide_for_every_section_and_exercise(number, tmp_path):
    (lesson,) = nb.find([number], nb.lessons(repo_root() / "notebooks"))
    notebook = nb.read(lesson.path)
    shown = slides.markdown(notebook, lesson.title, tmp_path)
    for name in nb.exercise_names(notebook):
        assert f"### Your turn: `{name}`" in shown
    assert shown.count("\n## ") >= 5


def test_a_wrong_name_is_one_sentence(capsys):
    assert slides.main(["no_such_lesson"]) == 2
    assert "no lesson 'no_such_lesson'" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.browser
def test_the_slides_need_no_network_and_nothing_is_cut_off(tmp_path):
    (lesson,) = nb.find(["12"], nb.lessons(repo_root() / "notebooks"))
    page_file = slides.build(lesson, tmp_path / "12")
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1024, "height": 700})
        outside = refuse_outside(context)
        page = context.new_page()
        page.goto(page_file.as_uri(), wait_until="load")
        page.wait_for_function("window.Reveal && Reveal.isReady()")
        page.evaluate("() => MathJax.startup.promise")
        total = page.evaluate("Reveal.getTotalSlides()")
        assert total > 10
        assert page.locator("mjx-container svg").count() > 5
        assert page.locator("mjx-merror").count() == 0
        wide = "Reveal.getCurrentSlide().scrollWidth > Reveal.getConfig().width + 1"
        for number in range(total):
            assert not page.evaluate(wide), f"slide {number} is too wide"
            page.evaluate("Reveal.next()")
        context.close()
    assert outside == []
