"""The page Claims says what the lessons' cards say."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from book import build, claims
from course_utils import notebooks as nb
from course_utils.judging.claims import Claim
from course_utils.judging.rule import Rule
from course_utils.lesson import _measured_card
from course_utils.machine import repo_root

LESSONS = build.find_lessons(repo_root() / "notebooks", Path("none"))
PARTS = [{"folder": "0_start", "title": "Start"}, {"folder": "1_foundations", "title": "More"}]
ROW = {
    "key": "98-a",
    "statement": "longer training helps",
    "value": 0.0123,
    "interval": [-0.01, 0.03],
    "baseline": 0.5,
    "unit": "nats a digit",
    "n": 5,
}


def card_of(capsys, **changes):
    """The text of the card that a lesson shows for this row of the ledger."""
    _measured_card(ROW | changes, "")
    return capsys.readouterr().out.rstrip("\n")


def toy(folder, *texts, name="98_toy"):
    """A stored notebook whose cells show these texts, and its row of build.find_lessons."""
    shown = [new_output("display_data", data={"text/plain": text}) for text in texts]
    notebook = new_notebook(cells=[new_code_cell("lesson", outputs=shown)])
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path, f"0_start/{name}", {"number": name[:2], "title": "Toy"}


def test_every_part_of_a_card_is_read(capsys):
    assert claims.read_card(card_of(capsys)) == claims.Claim(
        statement="longer training helps",
        value="0.0123 nats a digit",
        interval="-0.01, 0.03",
        n="5",
        baseline="0.5 nats a digit",
    )


def test_what_a_card_leaves_out_stays_empty(capsys):
    found = claims.read_card(card_of(capsys, interval=None, baseline=None, n=None, unit=""))
    assert (found.value, found.interval, found.n, found.baseline) == ("0.0123", "", "", "")


def answer_of(capsys, numbers, **rule):
    """The text of the card that a decided claim shows."""
    rule = {"measure": "test loss", "seeds": 3, **rule}
    claim = Claim(Rule("longer training helps", **rule), lambda row: "")
    claim.decide(**numbers)
    return capsys.readouterr().out.rstrip("\n")


def test_an_answer_is_read_with_its_rule(capsys):
    numbers = {"ours": [1.0, 1.1, 1.3], "baseline": [2.0, 2.0, 2.2]}
    text = answer_of(capsys, numbers, better="lower", margin=0.1, unit="nats")
    found = claims.read_card(text)
    assert found.statement == "longer training helps"
    assert found.verdict == "yes"
    assert found.value == "-0.9333 nats"
    assert found.interval == "-1.077, -0.7899"
    assert found.n == "Student's t 95 % interval, 3 seeds"
    assert found.baseline == "2.067"
    assert found.rule.startswith("yes if the interval lies below -0.1 nats, ")


def test_an_answer_about_a_threshold_has_no_baseline(capsys):
    found = claims.read_card(answer_of(capsys, {"values": [1.0, 2, 3]}, kind="value", at_least=0.5))
    assert (found.verdict, found.value, found.baseline) == ("not shown", "2", "")
    assert found.rule.startswith("yes if the interval lies above 0.5, no if below 0.5")


def test_a_measured_quantity_has_no_verdict(capsys):
    found = claims.read_card(card_of(capsys))
    assert (found.statement, found.verdict, found.rule) == ("longer training helps", "", "")
    assert found.interval == "-0.01, 0.03"


def test_other_texts_are_no_claims():
    assert claims.read_card("toy_mean: not attempted") is None
    assert claims.read_card("A picture of claims.") is None
    assert claims.read_card("Measured factors lie on the envelope.") is None


def test_a_card_of_another_form_is_not_passed_over():
    with pytest.raises(ValueError, match="cannot read"):
        claims.read_card("Measured: in a new form")


def test_the_page_has_a_row_for_every_card(tmp_path, capsys):
    null, cards = card_of(capsys), [card_of(capsys, key=f"98-{c}") for c in "bc"]
    page = claims.page([toy(tmp_path, null, "a picture", *cards)], PARTS)
    rows = [line for line in page.splitlines() if line.startswith("| [98]")]
    assert "\n3 claims" in page
    assert rows[0] == (
        "| [98](lessons/0_start/98_toy) | longer training helps | 0.0123 nats a digit "
        "\\[-0.01, 0.03\\] | 5 | 0.5 nats a digit |  |  |"
    )
    assert len(rows) == 3
    assert "98-a" not in page


def test_a_part_without_claims_has_no_heading(tmp_path, capsys):
    page = claims.page([toy(tmp_path, card_of(capsys))], PARTS)
    assert "## 0 · Start" in page
    assert "More" not in page


def test_no_sign_of_markdown_breaks_a_row(tmp_path, capsys):
    text = card_of(capsys, statement="|x| < 1 * y_0 ['a'] $5 ~ #1 {b} `c`")
    page = claims.page([toy(tmp_path, text)], PARTS)
    row = next(line for line in page.splitlines() if line.startswith("| [98]"))
    assert row.replace("\\|", "").count("|") == 8
    assert "\\$5" in row


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson[2]["number"])
def test_every_claim_of_a_lesson_is_on_the_page(lesson):
    path, _place, _course = lesson
    listed = nb.load(path).course["claims"]
    assert len(claims.of_notebook(path)) == len(listed), listed
