import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from course_utils.page import explorer


def draw(sigma, colour="red"):
    fig, ax = plt.subplots(figsize=(2, 1))
    ax.bar([0], [sigma], color=colour)
    ax.set_ylim(0, 3)
    return fig


def test_moving_a_knob_changes_the_picture():
    knobs = {"sigma": (0.5, 3.0, 0.5, 1.0), "colour": ["red", "blue"]}
    first = explorer._draw_png(draw, {"sigma": 1.0, "colour": "red"})
    view = explorer._live_view(draw, knobs, first)
    row, picture, _message = view.children
    slider, choice = row.children
    slider.value = 2.5
    second = picture.value
    assert second != first
    choice.value = "blue"
    assert picture.value not in (first, second)
    slider.value, choice.value = 1.0, "red"
    assert picture.value == first


def test_an_error_while_drawing_keeps_the_picture_and_says_so():
    def fragile(n):
        if n == 2:
            raise ValueError("two is too much")
        return draw(n)

    first = explorer._draw_png(fragile, {"n": 1})
    view = explorer._live_view(fragile, {"n": (1, 3, 1, 1)}, first)
    row, picture, message = view.children
    row.children[0].value = 2
    assert picture.value == first
    assert "two is too much" in message.value
    row.children[0].value = 3
    assert message.value == ""


def test_one_bundle_holds_the_live_view_and_the_picture(monkeypatch):
    import IPython
    import IPython.display

    shown = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr(IPython.display, "display", lambda *a, **k: shown.append((a, k)))
    explorer.explorer(draw, alt="a red bar", sigma=(0.5, 3.0, 0.5, 1.0))
    ((data,), options) = shown[0]
    assert len(shown) == 2  # the second is the alt text, for screen readers
    assert "a red bar</p>" in shown[1][0][0]["text/html"]
    assert options["raw"] is True
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == "a red bar"
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert np.asarray(picture.convert("L")).std() > 1
    assert options["metadata"]["image/png"]["alt"] == "a red bar"


def test_no_figures_are_left_open():
    plt.close("all")
    explorer.explorer(draw, alt="a red bar", sigma=(0.5, 3.0, 0.5, 1.0))
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    "knob", [(1, 2, 3), (2.0, 1.0, 0.1, 1.5), (0, 5, 0, 1), (0, 5, 1, 9), [], "red", 3]
)
def test_a_bad_knob_gets_a_sentence(knob):
    with pytest.raises(ValueError, match="knob sigma"):
        explorer.explorer(draw, alt="a bar", sigma=knob)


def test_alt_text_and_knobs_are_required():
    with pytest.raises(ValueError, match="alt text"):
        explorer.explorer(draw, alt="", sigma=(0, 1, 1, 0))
    with pytest.raises(ValueError, match="at least one knob"):
        explorer.explorer(draw, alt="a bar")


def test_sliders_wait_for_the_end_of_a_move():
    import ipywidgets

    assert explorer._control(ipywidgets, "n", (1, 3, 1, 1)).continuous_update is False
    assert isinstance(explorer._control(ipywidgets, "n", (1, 3, 1, 1)), ipywidgets.IntSlider)
    assert isinstance(explorer._control(ipywidgets, "n", (1, 3, 0.5, 1)), ipywidgets.FloatSlider)
