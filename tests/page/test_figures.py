import base64
import warnings

import IPython
import IPython.display
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from course_utils.page import figures


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def pixels(fig):
    fig.canvas.draw()
    return np.asarray(fig.canvas.buffer_rgba())[..., :3]


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 8, 8), (12, 1, 8, 8), (4, 3, 8, 8)])
def test_grids_of_every_shape(shape):
    fig = figures.image_grid(torch.rand(shape), value_range=(0, 1))
    drawn = [ax for ax in fig.axes if ax.images]
    assert len(drawn) == shape[0]


def test_the_range_is_used_as_given():
    half = torch.full((1, 4, 4), 0.5)
    wide = pixels(figures.image_grid(half, value_range=(-1, 1)))
    narrow = pixels(figures.image_grid(half, value_range=(0, 1)))
    assert wide.mean() > narrow.mean()


@pytest.mark.parametrize("shape", [(8, 8), (0, 8, 8), (2, 2, 2, 2, 2)])
def test_other_shapes_get_a_sentence(shape):
    with pytest.raises(ValueError, match="images must be"):
        figures.image_grid(torch.zeros(shape), value_range=(0, 1))


def test_equal_figures_give_equal_bytes():
    def make():
        return figures.to_png(
            figures.curves({"a": ([0, 1], [1, 2])}, x_label="step", y_label="loss (nats)")
        )

    assert make() == make()


def test_curves_are_labelled():
    fig = figures.curves({"a": ([0, 1], [1, 2]), "b": ([0, 1], [2, 3])}, x_label="x", y_label="y")
    ax = fig.axes[0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x", "y")
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["a", "b"]


def test_a_bundle_holds_picture_and_words():
    data, metadata = figures.png_bundle(b"\x89PNG", "a red square")
    assert base64.b64decode(data["image/png"]) == b"\x89PNG"
    assert data["text/plain"] == "a red square"
    assert metadata["image/png"]["alt"] == "a red square"


def test_without_a_notebook_the_alt_text_is_printed(capsys):
    fig = figures.curves({"a": ([0], [1])}, x_label="x", y_label="y")
    figures.display_figure(fig, alt="one point")
    assert "one point" in capsys.readouterr().out
    assert not plt.fignum_exists(fig.number)


def test_the_alt_text_stands_escaped_behind_the_picture(monkeypatch):
    shown = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr(IPython.display, "display", lambda data, **k: shown.append(data))
    fig = figures.curves({"a": ([0], [1])}, x_label="x", y_label="y")
    figures.display_figure(fig, alt="one <b>point")
    assert ["image/png" in data for data in shown] == [True, False]
    assert "one &lt;b&gt;point" in shown[1]["text/html"]


@pytest.mark.skipif(
    not figures._installed(figures.CHINESE_FONTS), reason="this machine has no Chinese font"
)
def test_chinese_labels_are_drawn_without_a_warning():
    with plt.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        figures.use_style()
        fig = figures.curves(
            {"训练损失": ([0, 1], [1, 2]), "b": ([0], [1])}, x_label="步", y_label="损失"
        )
        figures.to_png(fig)


def test_only_fonts_of_this_machine_are_named_and_latin_pictures_do_not_change(monkeypatch):
    """Simulated with two of matplotlib's own fonts, in a place where the first would be missed."""
    with plt.rc_context():
        figures.use_style()
        plain = figures.to_png(figures.curves({"a": ([0], [1])}, x_label="step", y_label="nats"))
        monkeypatch.setattr(figures, "CHINESE_FONTS", ("No Such Font", "DejaVu Serif"))
        figures.use_style()
        assert plt.rcParams["font.family"] == ["DejaVu Sans", "DejaVu Serif"]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            again = figures.to_png(
                figures.curves({"a": ([0], [1])}, x_label="step", y_label="nats")
            )
    assert again == plain


def test_an_empty_alt_text_is_refused():
    fig = figures.curves({"a": ([0], [1])}, x_label="x", y_label="y")
    with pytest.raises(ValueError, match="alt text"):
        figures.display_figure(fig, alt=" ")


def test_the_palette_can_be_told_apart():
    values = [tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in figures.COLORS.values()]
    for k, a in enumerate(values):
        for b in values[k + 1 :]:
            assert np.abs(np.subtract(a, b)).sum() > 60
