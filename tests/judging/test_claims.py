"""A claim's verdict follows from its rule and the numbers, and errs as rarely as it promises."""

import numpy as np
import pytest
import torch

from course_utils import interval
from course_utils.judging.claims import Claim
from course_utils.judging.quantities import KINDS
from course_utils.judging.rule import Rule, verdict


def rule(**fields):
    usual = {"better": "lower", "margin": 0.1, "unit": "nats", "seeds": 5}
    return Rule("ours is better", "held-out loss", **{**usual, **fields})


def against(threshold=None, **fields):
    """A rule that holds one quantity against a threshold."""
    usual = {"kind": "value", "at_least": threshold, "seeds": 5}
    return Rule("it is large", "a share of readings", **{**usual, **fields})


def decided(rule, **numbers):
    claim = Claim(rule, keep=None)
    claim.decide(**numbers)
    return claim


@pytest.mark.parametrize(
    ("span", "lower", "higher"),
    [
        ((-0.5, -0.2), "yes", "no"),
        ((0.2, 0.5), "no", "yes"),
        ((-0.05, 0.05), "no difference", "no difference"),
        ((-0.1, 0.1), "no difference", "no difference"),
        ((-0.5, 0.5), "not shown", "not shown"),
        ((-0.5, -0.05), "not shown", "not shown"),  # beyond 0, but not beyond the margin
        ((0.05, 0.5), "not shown", "not shown"),
    ],
)
def test_each_verdict_has_its_interval(span, lower, higher):
    assert verdict(span, band=(-0.1, 0.1), better="lower") == lower
    assert verdict(span, band=(-0.1, 0.1), better="higher") == higher


NOISE = np.array([-0.02, -0.01, 0.0, 0.01, 0.02])


@pytest.mark.parametrize(
    ("gap", "noise", "word"),
    [(-1, 1, "yes"), (1, 1, "no"), (0, 1, "no difference"), (0, 100, "not shown")],
)
def test_paired_differences_reach_every_verdict(gap, noise, word):
    rng = np.random.default_rng(0)
    baseline = rng.normal(size=5)  # the seeds differ far more than the two sides do
    claim = decided(rule(), ours=torch.tensor(baseline + gap + noise * NOISE), baseline=baseline)
    assert claim.verdict == word
    assert claim.value == pytest.approx(gap, abs=1e-12)
    assert claim.interval[0] < claim.value < claim.interval[1]


@pytest.mark.parametrize(
    ("factor", "noise", "word"),
    [(0.5, 1, "yes"), (2, 1, "no"), (1, 1, "no difference"), (1, 100, "not shown")],
)
def test_ratios_reach_every_verdict(factor, noise, word):
    baseline = np.array([1.0, 10.0, 100.0, 1000.0, 3.0])
    claim = decided(
        rule(kind="ratio", margin=1.1),
        ours=baseline * factor * np.exp(noise * NOISE),
        baseline=baseline,
    )
    assert claim.verdict == word
    assert claim.value == pytest.approx(factor)


@pytest.mark.parametrize(("k", "word"), [(950, "yes"), (800, "no"), (905, "not shown")])
def test_a_share_against_a_threshold(k, word):
    one = against(0.9, kind="share", seeds=1, one_run=True, examples=1000)
    assert decided(one, successes=k, n=1000).verdict == word


def test_a_share_near_its_threshold_is_no_different():
    wide = against(0.9, kind="share", margin=0.05, seeds=1000)
    assert decided(wide, successes=900, n=1000).verdict == "no difference"


@pytest.mark.parametrize(
    ("ours", "baseline", "word"),
    [(900, 700, "yes"), (700, 900, "no"), (800, 801, "no difference"), (800, 760, "not shown")],
)
def test_two_shares(ours, baseline, word):
    shares = rule(kind="difference of shares", better="higher", margin=0.05, seeds=1000)
    assert decided(shares, ours=ours, baseline=baseline).verdict == word


@pytest.mark.parametrize(("level", "word"), [(0.5, "yes"), (2.0, "no"), (0.985, "not shown")])
def test_at_most_asks_for_the_other_side(level, word):
    claim = decided(against(None, at_most=1.0), values=level + NOISE)
    assert claim.verdict == word


def test_correlations_of_pairs_and_of_seeds():
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(2, 50))
    positive = against(0.0, kind="correlation", seeds=50)
    assert decided(positive, x=x, y=x + noise).verdict == "yes"
    assert decided(positive, x=x, y=noise - x).verdict == "no"
    assert decided(positive, x=x, y=noise).verdict == "not shown"
    assert decided(against(0.5, kind="correlations"), values=0.8 + NOISE).verdict == "yes"
    near_one = np.array([0.9, 0.99, 0.999, 0.9, 0.99])
    found = decided(against(0.5, kind="correlations"), values=near_one).interval
    assert found == pytest.approx(np.tanh(interval(np.arctanh(near_one))), rel=1e-12)
    assert found[1] < 1 < interval(near_one)[1]  # the correlations themselves go beyond 1


def wrong(ask, draw, words, n=2000):
    """Share of n simulated experiments whose verdict is one of words. draw(rng) -> numbers."""
    rng = np.random.default_rng(7)
    return np.mean([decided(ask, **draw(rng)).verdict in words for _ in range(n)])


ALLOWED = 0.025 + 4 * np.sqrt(0.025 * 0.975 / 2000)  # 2.5 % and four standard errors


@pytest.mark.parametrize("seeds", [3, 5, 20])
def test_at_the_margin_a_difference_is_called_yes_as_rarely_as_promised(seeds):
    def pairs(rng):
        common = rng.normal(size=seeds)
        return {"ours": common + rng.normal(-0.1, 0.3, seeds), "baseline": common}

    share = wrong(rule(seeds=seeds), pairs, {"yes"})
    assert 0.025 - 0.014 < share < ALLOWED  # exact, not merely below


@pytest.mark.parametrize("gap", [0.1, -0.1])
def test_at_the_margin_no_difference_is_said_as_rarely_as_promised(gap):
    def pairs(rng):
        return {"ours": rng.normal(gap, 0.05, 5), "baseline": np.zeros(5)}

    assert 0.01 < wrong(rule(), pairs, {"no difference"}) < ALLOWED


def test_at_the_margin_other_kinds_say_yes_as_rarely_as_promised():
    def ratio(rng):
        return {"ours": 1.1 * np.exp(rng.normal(0, 0.3, 5)), "baseline": np.ones(5)}

    def share(rng):
        return {"successes": rng.binomial(400, 0.9), "n": 400}

    def shares(rng):
        return {"ours": rng.binomial(400, 0.8), "baseline": rng.binomial(400, 0.75)}

    def correlation(rng):
        x, noise = rng.normal(size=(2, 50))
        return {"x": x, "y": 0.5 * x + np.sqrt(0.75) * noise}

    higher = {"better": "higher"}
    rules = {
        "ratio": (rule(kind="ratio", margin=1.1, **higher), ratio),
        "share": (against(0.9, kind="share", seeds=400), share),
        "difference of shares": (
            rule(kind="difference of shares", margin=0.05, seeds=400, **higher),
            shares,
        ),
        "correlation": (against(0.5, kind="correlation", seeds=50), correlation),
    }
    for kind, (asked, draw) in rules.items():
        found = wrong(asked, draw, {"yes"})
        assert 0.005 < found < ALLOWED, (kind, found)


def test_a_large_effect_is_found():
    def pairs(rng):
        return {"ours": rng.normal(-1, 0.2, 5), "baseline": np.zeros(5)}

    assert wrong(rule(), pairs, {"yes"}) > 0.99


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "median"}, "kind is one of difference, ratio, value"),
        ({"better": None}, "compared with a baseline: say better='lower' or 'higher'"),
        ({"better": "at least 0.9"}, "got better='at least 0.9'"),
        ({"at_least": 0.5}, "no threshold"),
        ({"margin": None}, "names its margin beforehand"),
        ({"margin": -0.1}, "margin of a difference is at least 0, got -0.1"),
        ({"margin": float("nan")}, "margin of a difference is at least 0"),
        ({"kind": "ratio", "margin": 0.05}, "margin of a ratio is at least 1, got 0.05"),
        ({"seeds": 1}, "1 seeds decide nothing: ask for at least 3"),
        ({"seeds": 2}, "2 seeds decide nothing"),
        ({"one_run": True}, "one_run=True goes with examples"),
        ({"seeds": 1, "one_run": True, "examples": 1}, "at least 3"),
        ({"examples": 500}, "one run says nothing about others"),
        ({"level": 95}, "level is a share"),
    ],
)
def test_a_rule_that_cannot_decide_is_refused(fields, words):
    with pytest.raises(ValueError, match=words):
        rule(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"threshold": None},
        {"threshold": 0.9, "at_most": 0.95},
        {"threshold": 0.9, "better": "higher"},
        {"threshold": float("inf")},
    ],
)
def test_a_threshold_is_one_finite_number(fields):
    with pytest.raises(ValueError, match="held against a threshold: say either"):
        against(**fields)


def test_a_rule_says_what_is_asked_and_measured():
    with pytest.raises(ValueError, match="what is measured"):
        Rule("it helps", " ", better="lower", margin=0, seeds=3)


OK = [1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({"ours": OK}, r"decide\(ours=..., baseline=...\), got ours. A comparison needs its base"),
        ({"values": OK}, "got values"),
        ({}, "got nothing"),
        ({"ours": OK[:4], "baseline": OK}, "asks for 5 values, ours holds 4"),
        ({"ours": OK, "baseline": [*OK, 6.0]}, "asks for 5 values, baseline holds 6"),
        ({"ours": [*OK[:4], float("nan")], "baseline": OK}, "1 of 5 values of ours are NaN"),
        ({"ours": OK, "baseline": [float("inf")] * 5}, "5 of 5 values of baseline are NaN or inf"),
    ],
)
def test_numbers_that_cannot_decide_get_a_sentence(numbers, words):
    with pytest.raises(ValueError, match=words):
        decided(rule(), **numbers)


@pytest.mark.parametrize(
    ("asked", "numbers", "words"),
    [
        (rule(kind="ratio", margin=1), {"ours": [0, *OK[1:]], "baseline": OK}, "positive numbers"),
        (against(0.9, kind="share"), {"successes": 6, "n": 5}, "whole number from 0 to 5, got 6"),
        (against(0.9, kind="share"), {"successes": 0.5, "n": 5}, "whole number"),
        (against(0.9, kind="share"), {"successes": 3, "n": 4}, "asks for n = 5, decide got n = 4"),
        (against(0, kind="correlation"), {"x": OK, "y": [1] * 5}, "constant"),
        (against(0, kind="correlations"), {"values": [1.0, 0, 0, 0, 0]}, "no Fisher's z"),
    ],
)
def test_each_kind_refuses_what_it_cannot_judge(asked, numbers, words):
    with pytest.raises(ValueError, match=words):
        decided(asked, **numbers)


def test_a_claim_is_decided_once():
    claim = decided(rule(), ours=OK, baseline=OK)
    claim.decide(ours=OK, baseline=OK)  # the cell was run again
    with pytest.raises(ValueError, match="a claim is decided once"):
        claim.decide(ours=OK, baseline=[0.0] * 5)
    assert claim.verdict == "no difference"


def test_every_kind_is_tried_above():
    assert set(KINDS) == {
        "difference",
        "ratio",
        "value",
        "share",
        "difference of shares",
        "correlation",
        "correlations",
    }


def test_the_cards_hold_the_whole_rule(capsys):
    rows = []
    asked = rule(changed="five seeds instead of four, as four had shown nothing")
    claim = Claim(asked, keep=lambda row: rows.append(row) or "")
    claim.show()
    question = capsys.readouterr().out
    claim.decide(ours=OK, baseline=[x + 1 for x in OK])
    answer = capsys.readouterr().out
    assert "Question: ours is better" in question
    assert "Measured: held-out loss, in nats." in question
    assert "Answer: yes" in answer
    assert "All numbers are equal" in answer  # every difference is -1: no width
    for card in (question, answer):
        assert "yes if the interval lies below -0.1 nats, no if above 0.1 nats" in card
        assert "no difference if inside [-0.1, 0.1] nats, else not shown" in card
        assert "Student's t 95 % interval, 5 seeds" in card
        assert "Changed after a number was seen: five seeds instead of four" in card
    (row,) = rows
    assert row["verdict"] == "yes"
    assert (row["value"], row["baseline"], row["ours"], row["n"]) == (-1, 4, 3, 5)
    assert {"rule", "kind", "changed", "interval", "measure", "unit", "one_run"} <= set(row)


def test_one_run_is_said_on_both_cards(capsys):
    asked = against(0.9, kind="share", seeds=1, one_run=True, examples=1000)
    claim = Claim(asked, keep=lambda row: "")
    claim.show()
    claim.decide(successes=950, n=1000)
    out = capsys.readouterr().out
    assert out.count("One run: says nothing about other seeds.") == 2
    assert "1,000 examples of one run" in out
    assert "no difference" not in out  # a margin of 0 leaves no room for it


def test_cards_escape_what_they_show(monkeypatch):
    from course_utils.page import cards

    pages = []
    monkeypatch.setattr(cards, "show_bundle", lambda page, text: pages.append((page, text)))
    asked = Rule("a < b & <i>c</i>", "<b>x</b>", better="lower", margin=0, seeds=3, changed="<u>")
    claim = Claim(asked, keep=lambda row: "<s>")
    claim.show()
    claim.decide(ours=[1, 2, 3], baseline=[1, 2, 4])
    assert len(pages) == 2
    for page, text in pages:
        assert not any(tag in page for tag in ("<i>", "<u>", "<s>", "<b>x"))
        assert "a &lt; b &amp; &lt;i&gt;" in page
        assert "a < b & <i>c</i>" in text
