"""Cells that only draw are folded; a cell that computes something stays open."""

import copy
import doctest

import pytest

from book import folding
from course_utils import notebooks as nb
from course_utils.machine import repo_root

DRAWS = """fig, axes = plt.subplots(1, 2)
for ax, (name, values) in zip(axes, found.items(), strict=True):
    ax.plot(range(len(values)), values, label=name)
    ax.set(xlabel="step")
axes[0].legend()
display_figure(fig, alt="Two curves.")"""


def test_the_examples_in_its_words():
    assert doctest.testmod(folding).failed == 0


@pytest.mark.parametrize(
    "source",
    [
        DRAWS,
        "if finished:\n    fig, ax = plt.subplots()\n    ax.plot(x)\n    plt.show()",
        "steps = torch.arange(10)\nfig = plt.figure()\nfig.gca().plot(steps, kept)\nplt.show()",
        "def draw(n):\n    fig, ax = plt.subplots()\n    ax.imshow(found[n])\n    return fig\n"
        "explorer(draw, n=(1, 3), alt='x')",
        "rows = torch.cat([a, b]).view(-1, 8, 8).clamp(0, 1)\nfig = image_grid(\n    rows\n)\n"
        "display_figure(fig, alt='x')",
    ],
    ids=["loop", "branch", "range", "explorer", "grid"],
)
def test_drawing_is_seen(source):
    assert folding.only_draws(source)


@pytest.mark.parametrize(
    "source",
    [
        DRAWS.replace("values, label", "model(values), label"),
        DRAWS + '\nprint("mean", found)',
        DRAWS + "\nagree('both', a, b)",
        DRAWS + "\nclaim.decide(ours=a, baseline=b)",
        DRAWS.replace("axes[0].legend()", "loss.backward()"),
        DRAWS.replace("axes[0].legend()", "with torch.no_grad():\n    x = y"),
        "x = torch.cat([a, b])\ny = x.mean()\nz = x.double()\nw = x",
        "fig, ax = plt.subplots()\nax.plot(x)\nplt.show()",
        "%matplotlib inline\nfig, ax = plt.subplots()\nax.plot(x)\nplt.show()",
    ],
    ids=["argument", "print", "agree", "decide", "step", "with", "nothing-drawn", "short", "magic"],
)
def test_what_does_more_stays_open(source):
    assert not folding.only_draws(source)


def test_what_a_later_cell_uses_stays_open():
    source = "steps = torch.arange(9)\n" + DRAWS
    assert folding.only_draws(source)
    assert not folding.only_draws(source, {"steps"})
    assert folding.only_draws(source, {"fig", "axes"})  # a figure is no result


def test_names_count_as_used_later_only_if_read_before_they_are_bound():
    assert folding._loaded("x = 1\nprint(x, y)\nfor k in z:\n    print(k)") == {"print", "y", "z"}


def cell(source, *tags):
    return {"cell_type": "code", "source": source, "metadata": {"tags": list(tags)}}


def test_the_tag_is_set_once_and_others_stay():
    notebook = {"cells": [cell(DRAWS, "timing"), cell("print(1)"), cell(DRAWS, "hide-input")]}
    assert folding.fold(notebook) == 1
    found = [nb.tags(one) for one in notebook["cells"]]
    assert found == [["timing", "hide-input"], [], ["hide-input"]]


def test_lessons_have_cells_of_both_kinds_and_no_source_or_output_changes():
    folded = drawing = 0
    for path in sorted((repo_root() / "notebooks").glob("*/*.ipynb")):
        notebook = nb.read(path)
        before = copy.deepcopy(notebook["cells"])
        folded += folding.fold(notebook)
        for old, new in zip(before, notebook["cells"], strict=True):
            assert old["source"] == new["source"]
            assert old.get("outputs") == new.get("outputs")
            drawing += "display_figure(" in nb.source(new)
    assert 10 <= folded < drawing / 3
