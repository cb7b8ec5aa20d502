"""Cards are HTML with a plain-text twin; no student text reaches HTML unescaped."""

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


def test_without_a_notebook_cards_are_printed(capsys):
    cards.show_card("title", ["words"], look="info", code="x = 1")
    out = capsys.readouterr().out
    assert "title" in out
    assert "x = 1" in out
