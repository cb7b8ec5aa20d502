"""Slant and width of strokes, on strokes whose slant and width are known."""

import pytest
import torch

from course_utils.judging.strokes import slant, stroke_width


def stroke(lean=0.0, width=3.0, side=32, ink=1.0):
    """One stroke from top to bottom through the middle. -> (1, 1, side, side)."""
    fine = 8  # subpixels, so that edges are grey as in a real picture
    at = (torch.arange(side * fine, dtype=torch.double) + 0.5) / fine
    centre = side / 2 - lean * (at[:, None] - side / 2)  # leans right as it rises
    drawn = ((at - centre).abs() < width / 2).double()
    return ink * drawn.view(side, fine, side, fine).mean((1, 3))[None, None]


@pytest.mark.parametrize("lean", [-0.5, 0.0, 0.25, 0.6])
def test_a_leaning_stroke_has_its_slant(lean):
    assert slant(stroke(lean)).item() == pytest.approx(lean, abs=0.02)


def test_slant_is_that_of_a_stroke_leaning_right_as_it_rises():
    picture = torch.zeros(1, 1, 4, 4)
    picture[0, 0, 0, 3] = picture[0, 0, 3, 0] = 1.0  # top right and bottom left
    assert slant(picture).item() == pytest.approx(1.0)


def test_slant_forgets_place_and_brightness():
    one = stroke(0.3)
    assert slant(0.4 * one.roll(3, 3)).item() == pytest.approx(slant(one).item(), abs=1e-9)


@pytest.mark.parametrize("width", [2.0, 3.0, 5.0])
def test_a_stroke_has_its_width(width):
    ends = width * 32 / (width + 32)  # the two short ends belong to the perimeter
    assert stroke_width(stroke(width=width)).item() == pytest.approx(ends, rel=0.05)


def test_faint_ink_is_as_wide_as_bright_ink():
    faint, bright = stroke(0.2, ink=0.3), stroke(0.2)
    assert stroke_width(faint).item() == pytest.approx(stroke_width(bright).item())


def test_an_empty_page_gives_zero():
    empty = torch.zeros(2, 1, 8, 8)
    assert slant(empty).tolist() == [0.0, 0.0]
    assert stroke_width(empty).tolist() == [0.0, 0.0]
