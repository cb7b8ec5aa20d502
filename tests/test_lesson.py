import pytest
import torch

from course_utils import start
from course_utils.store import ledger


@pytest.fixture
def book(tmp_path, monkeypatch):
    monkeypatch.setattr(ledger, "folder", lambda: tmp_path)
    return tmp_path


def test_start_prints_one_line_with_reasons(capsys):
    lesson = start("00_start_here", profile="quick", seed=3)
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    for piece in ("00_start_here", "quick", "cpu", "seed 3", "float32", "("):
        assert piece in out
    assert (lesson.profile, lesson.seed, lesson.device.type) == ("quick", 3, "cpu")


def test_start_seeds_everything():
    first = [start("a", seed=5).rng.initial_seed(), torch.rand(3).tolist()]
    assert [start("a", seed=5).rng.initial_seed(), torch.rand(3).tolist()] == first
    start("a", seed=6)
    assert torch.rand(3).tolist() != first[1]


def test_pick_takes_the_profiles_value():
    assert start("a").pick(quick=1, full=2) == 1
    assert start("a", profile="full", device="cpu").pick(quick=1, full=2) == 2


@pytest.mark.parametrize("bad", [{"profile": "fast"}, {"seed": -1}, {"device": "toaster"}])
def test_bad_settings_get_a_sentence(bad):
    with pytest.raises(ValueError, match=r"profile|seed|device|toaster"):
        start("a", **bad)


def test_numbers_are_kept_silently_and_are_no_claims(book, capsys):
    lesson = start("22_dcgan")
    capsys.readouterr()
    lesson.keep(floors=3.0, recall=0.5)
    lesson.keep(floors=2.0)  # a cell that runs again
    assert capsys.readouterr().out == ""
    assert ledger.numbers(book) == {"floors": 2.0, "recall": 0.5}
    assert ledger.rows(book) == []
    with pytest.raises(ValueError, match="floors must be finite"):
        lesson.keep(floors=float("nan"))


def test_record_shows_and_keeps(book, capsys):
    lesson = start("12_information_and_kl")
    lesson.record(
        "12-a",
        "low entropy means variety",
        0.2,
        interval=(0.1, 0.3),
        baseline=2.3,
        unit="nats",
        n=5,
    )
    out = capsys.readouterr().out
    for piece in ("low entropy", "0.2 nats", "[0.1, 0.3]", "n = 5", "baseline 2.3"):
        assert piece in out
    (row,) = ledger.rows(book)
    assert (row["value"], row["interval"], row["seed"]) == (0.2, [0.1, 0.3], 0)
    assert "torch" in row["versions"]


@pytest.mark.parametrize(
    ("value", "interval"), [(float("nan"), None), (0.5, (0.6, 0.7)), (0.5, (0.4, float("inf")))]
)
def test_a_claim_needs_honest_numbers(book, value, interval):
    with pytest.raises(ValueError, match="interval"):
        start("a").record("12-a", "s", value, interval=interval)
    assert ledger.rows(book) == []


def test_a_ledger_that_cannot_be_written_does_not_stop_the_lesson(monkeypatch, capsys):
    def refuse(row):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(ledger, "record", refuse)
    start("a").record("12-a", "s", 1.0)
    assert "not kept" in capsys.readouterr().out


def test_without_the_repository_the_reason_is_said(monkeypatch, capsys):
    """Such an error of our own has a sentence and no number of the system's."""

    def nowhere():
        raise FileNotFoundError("course_utils was installed without its repository")

    monkeypatch.setattr(ledger, "folder", nowhere)
    start("a").record("12-a", "s", 1.0)
    shown = capsys.readouterr().out
    assert "(not kept: the ledger cannot be written: course_utils was installed without" in shown


def question(lesson, **fields):
    rule = {"measure": "loss", "better": "lower", "margin": 0.1, "seeds": 3, "unit": "nats"}
    return lesson.ask("warm-up helps", key="13-a", **{**rule, **fields})


def test_a_question_is_shown_before_and_kept_after(book, capsys):
    lesson = start("13_optimisation", seed=4)
    claim = question(lesson)
    shown = capsys.readouterr().out
    assert "Question: warm-up helps" in shown
    assert "13-a" not in shown  # catalogue keys stay in the code and the ledger
    assert ledger.rows(book) == []
    claim.decide(ours=[1.0, 2.0, 3.1], baseline=[2.0, 3.0, 4.0])
    assert "13-a" not in capsys.readouterr().out
    (row,) = ledger.rows(book)
    assert (row["key"], row["lesson"], row["seed"]) == ("13-a", "13_optimisation", 4)
    assert (row["verdict"], row["kind"], row["n"]) == ("yes", "difference", 3)
    assert row["rule"].startswith("yes if the interval lies below -0.1 nats")


def test_the_cell_of_a_question_may_be_run_again(book):
    lesson = start("a")
    assert question(lesson) is question(lesson)


def test_a_rule_is_not_changed_in_silence(book, capsys):
    lesson = start("a")
    question(lesson).decide(ours=[1.0, 2.0, 3.0], baseline=[1.1, 2.3, 3.2])
    with pytest.raises(ValueError, match="13-a asks something else already"):
        question(lesson, margin=0.0)
    again = question(lesson, margin=0.0, changed="no margin, to see the sign alone")
    again.decide(ours=[1.0, 2.0, 3.0], baseline=[1.1, 2.3, 3.2])
    assert "to see the sign alone" in capsys.readouterr().out
    assert ledger.rows(book)[0]["changed"] == "no margin, to see the sign alone"


def test_under_torchrun_only_the_first_process_shows_and_keeps(book, capsys, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    lesson = start("a")
    capsys.readouterr()
    claim = question(lesson)
    claim.decide(ours=[1.0, 2.0, 3.1], baseline=[2.0, 3.0, 4.0])
    assert claim.verdict == "yes"  # the code behind it goes the same way in every process
    assert capsys.readouterr().out == ""
    assert ledger.rows(book) == []


def test_a_measured_quantity_needs_no_verdict(book, capsys):
    start("a").record("12-a", "a slope", 1.0, interval=(0.9, 1.1))
    shown = capsys.readouterr().out
    assert "Measured: a slope" in shown
    assert "Verdict" not in shown
    assert "12-a" not in shown
    assert ledger.rows(book)[0]["verdict"] == ""
