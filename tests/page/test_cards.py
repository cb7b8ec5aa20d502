"""Cards are HTML with a plain-text twin; no student text reaches HTML unescaped."""

import re

import IPython
import IPython.display
import pytest

from course_utils.exercises import desk, judge
from course_utils.page import cards
from tests.exercises.toy import toy_mean_square


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr(IPython.display, "display", lambda data, raw: bundles.append(data))
    return bundles


def test_student_text_is_escaped(shown):
    def answer(x, scale):
        raise ValueError("<script>alert('hello')</script>")

    desk.verdict_card(judge(toy_mean_square, answer))
    page = shown[0]["text/html"]
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<script>" in shown[0]["text/plain"]  # plain text needs no escaping


def test_printed_text_is_escaped_and_cut(shown):
    def answer(x, scale):
        print("<img src=x onerror=alert(1)>" + "a" * 1000)

    desk.verdict_card(judge(toy_mean_square, answer))
    assert "<img" not in shown[0]["text/html"]
    assert len(shown[0]["text/plain"]) < 600


def test_both_forms_say_the_same(shown):
    desk.verdict_card(judge(toy_mean_square, toy_mean_square.mistakes[0].answer))
    bundle = shown[0]
    for words in ("sum for mean", "You add up.", "step 1", "not yet", "the answer is"):
        assert words in bundle["text/html"]
        assert words in bundle["text/plain"]


def test_an_untouched_stub_gets_difficulty_minutes_and_the_way_to_hints(shown):
    def toy(x, scale): ...

    desk.verdict_card(judge(toy_mean_square, toy))
    text = shown[0]["text/plain"]
    for words in ("not attempted", "Difficulty 1 of 5", "2 minutes", "first of 2 hints"):
        assert words in text


def test_tables_escape_their_cells(shown):
    cards.table_card("a <b>title", ["name"], [["<i>row"]])
    assert "<b>title" not in shown[0]["text/html"]
    assert "<i>row" not in shown[0]["text/html"]
    assert "<i>row" in shown[0]["text/plain"]


def contrast(one, other):
    """Contrast ratio of two colours "#RRGGBB", 1 to 21 (WCAG 2.2)."""

    def luminance(colour):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", cards._LOOK)
def test_signs_can_be_read_and_colours_seen_on_light_and_dark_pages(shown, look):
    cards.show_card("title", [], look=look)
    style = re.search(r"<b style='background-color:(#\w{6});color:(#\w{6})", shown[0]["text/html"])
    back, sign = style.groups()
    assert contrast(back, sign) >= 4.5
    assert min(contrast(back, page) for page in ("#FFFFFF", "#111111")) >= 3


def test_the_contrast_is_computed_as_the_standard_does():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_without_a_notebook_cards_are_printed(capsys):
    cards.show_card("title", ["words"], look="info", code="x = 1")
    out = capsys.readouterr().out
    assert "title" in out
    assert "x = 1" in out
