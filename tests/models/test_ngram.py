"""Smoothed n-grams: exact distributions, an independent recount, and the package's promises."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
import torch

from course_utils.models.ngram import END, PRINTABLE, SMOOTHING, NGram

TEXT = "abracadabra, a cab; a bad barb. abra cadabra!" * 3
SKEWED = "".join(
    np.random.default_rng(0).choice(
        list("abcdefgh"), 600, p=np.array([12, 8, 5, 4, 3, 2, 1, 1]) / 36
    )
)
DOCUMENTS = ["abba", "a", "cabbage", "abacus", "", "bab"]


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def small(smoothing="kneser-ney", order=3, texts="abcabcaabbcacb"):
    return NGram.train(texts, order=order, smoothing=smoothing, vocab="abcd")


# ---- it is a distribution ----------------------------------------------------------------------


@pytest.mark.parametrize("smoothing", SMOOTHING)
@pytest.mark.parametrize("order", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("texts", [TEXT, DOCUMENTS], ids=["text", "documents"])
def test_every_context_gives_a_positive_distribution(smoothing, order, texts):
    model = NGram.train(texts, order=order, smoothing=smoothing)
    for context in ("", "a", "abra", "zzzz", "abz", "b" * 20, TEXT):
        p = model.next_probs(context)
        assert p.shape == (len(model.vocab),)
        assert p.sum() == pytest.approx(1, abs=1e-12)
        assert (p > 0).all()


@pytest.mark.parametrize("smoothing", SMOOTHING)
def test_all_strings_of_a_length_sum_to_one(smoothing):
    model = small(smoothing)
    strings = map("".join, itertools.product("abcd", repeat=4))
    total = math.fsum(math.exp(model.log_probs(s).sum()) for s in strings)
    assert total == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("smoothing", SMOOTHING)
def test_with_an_end_all_documents_sum_to_one(smoothing):
    model = NGram.train(["ab", "b", "ba"], order=2, smoothing=smoothing, vocab="ab")
    total = 0.0
    for length in range(9):
        for s in map("".join, itertools.product("ab", repeat=length)):
            total += math.exp(model.log_probs(s, end=True).sum())
    assert 0.95 < total < 1  # what is missing lies in longer documents


@pytest.mark.parametrize("smoothing", SMOOTHING)
@pytest.mark.parametrize("texts", [TEXT, DOCUMENTS], ids=["text", "documents"])
def test_scores_are_the_distribution_step_by_step(smoothing, texts):
    model = NGram.train(texts, order=4, smoothing=smoothing)
    text = "a cab, zebra bar"
    by_step = [
        math.log(model.next_probs(text[:i])[model.vocab.index(c)]) for i, c in enumerate(text)
    ]
    assert model.log_probs(text) == pytest.approx(by_step, abs=1e-12)


# ---- the same by plain recounting --------------------------------------------------------------


def begin(text, order):
    return ["^"] * (order - 1) + list(text)


def recount(texts, order):
    """Counts of n-grams by length, as tuples; '^' marks the beginning."""
    counts = {k: Counter() for k in range(1, order + 1)}
    for text in texts:
        row = begin(text, order)
        for i in range(order - 1, len(row)):
            for k in counts:
                counts[k][tuple(row[i - k + 1 : i + 1])] += 1
    return counts


def plain_witten_bell(counts, context, symbol, size):
    p = 1 / size
    for k in counts:
        tail = tuple(context[len(context) - k + 1 :])
        after = {g[-1]: n for g, n in counts[k].items() if g[:-1] == tail}
        if after:
            n, types = sum(after.values()), len(after)
            p = (after.get(symbol, 0) + types * p) / (n + types)
    return p


def plain_kneser_ney(counts, context, symbol, size):
    order, p = max(counts), 1 / size
    for k in counts:
        table = counts[k]
        if k < order:
            table = Counter(g[1:] for g in counts[k + 1])  # one for each different left neighbour
        n = [sum(v == r for v in table.values()) for r in range(5)]
        d = [0, 0.5, 1, 1.5]
        if all(n[1:]):
            y = n[1] / (n[1] + 2 * n[2])
            d = [0, *(min(max(r - (r + 1) * y * n[r + 1] / n[r], 0.1), r) for r in (1, 2, 3))]
        tail = tuple(context[len(context) - k + 1 :])
        after = {g[-1]: c for g, c in table.items() if g[:-1] == tail}
        if after:
            total = sum(after.values())
            taken = sum(d[min(c, 3)] for c in after.values())
            c = after.get(symbol, 0)
            p = (c - d[min(c, 3)] + taken * p) / total
    return p


@pytest.mark.parametrize(
    ("smoothing", "plain"), [("witten-bell", plain_witten_bell), ("kneser-ney", plain_kneser_ney)]
)
@pytest.mark.parametrize(
    "texts", [[TEXT], [TEXT[:60], "cab", "abacus", "bab"], [SKEWED]], ids=["one", "many", "skewed"]
)
@pytest.mark.parametrize("order", [1, 2, 4])
def test_equal_to_a_plain_recount(smoothing, plain, texts, order):
    ends = len(texts) > 1
    model = NGram.train(texts if ends else texts[0], order=order, smoothing=smoothing)
    counts = recount([[*t, END] if ends else t for t in texts], order)
    for context in ("", "a", "ab", "abac", "b", "zz"):
        ours = model.next_probs(context)
        row = begin(context, order)
        theirs = [plain(counts, row, c, len(model.vocab)) for c in model.vocab]
        assert ours == pytest.approx(theirs, abs=1e-12), context


def test_the_skewed_text_has_discounts_of_its_own():
    table = recount([SKEWED], 4)[4]
    assert all(sum(v == r for v in table.values()) > 0 for r in (1, 2, 3, 4))


def test_a_seen_context_beats_an_unseen_symbol():
    model = small()
    p = dict(zip(model.vocab, model.next_probs("ab"), strict=True))
    assert p["c"] > p["a"] > p["d"] > 0  # "abc" twice, "aba" never, "d" never at all


# ---- numbers people quote ----------------------------------------------------------------------


def test_bits_per_char_pools_all_characters():
    model = NGram.train(TEXT, order=3)
    texts = ["abra", "a cab; a bad barb.", "zebra"]
    nats = sum(-model.log_probs(t).sum() for t in texts)
    assert model.bits_per_char(texts) == pytest.approx(nats / sum(map(len, texts)) / math.log(2))


def test_documents_pay_for_their_end():
    model = NGram.train(DOCUMENTS, order=3)
    nats = sum(-model.log_probs(t, end=True).sum() for t in DOCUMENTS)
    symbols = sum(len(t) + 1 for t in DOCUMENTS)
    assert model.bits_per_char(DOCUMENTS) == pytest.approx(nats / symbols / math.log(2))
    assert model.bits_per_char("abba") == pytest.approx(
        -model.log_probs("abba").mean() / math.log(2)
    )


def test_longer_contexts_pay_off_on_the_training_text():
    bits = [NGram.train(TEXT, order=n).bits_per_char(TEXT) for n in (1, 2, 3, 5)]
    assert bits == sorted(bits, reverse=True)


def test_order_1_knows_the_shares():
    text = "aab" * 2000
    p = NGram.train(text, order=1, smoothing="witten-bell", vocab="ab").next_probs("b")
    assert p == pytest.approx([2 / 3, 1 / 3], abs=1e-3)


# ---- sampling ----------------------------------------------------------------------------------


def test_samples_follow_the_distribution():
    model = small()
    g = rng()
    drawn = Counter(model.sample(1, g, prompt="ab") for _ in range(4000))
    p = model.next_probs("ab")
    for c, share in zip(model.vocab, p, strict=True):
        error = math.sqrt(share * (1 - share) / 4000)
        assert abs(drawn[c] / 4000 - share) < 4.5 * error


def test_temperature_sharpens_and_zero_is_greedy():
    model = small()
    p = model.next_probs("ab")
    g = rng(1)
    cold = Counter(model.sample(1, g, prompt="ab", temperature=0.25) for _ in range(2000))
    expected = (p**4 / (p**4).sum())[p.argmax()]
    best = model.vocab[p.argmax()]
    assert abs(cold[best] / 2000 - expected) < 4.5 * math.sqrt(expected * (1 - expected) / 2000)
    text = model.sample(30, g, prompt="ab", temperature=0)
    assert text[0] == best
    assert text == model.sample(30, rng(9), prompt="ab", temperature=0)


def test_same_generator_same_text_and_the_prompt_is_not_returned():
    model = NGram.train(TEXT, order=4)
    one, two = (model.sample(50, rng(3), prompt="a ca") for _ in range(2))
    assert one == two
    assert len(one) == 50
    assert model.sample(50, rng(4), prompt="a ca") != one


def test_sampling_stops_at_the_end():
    model = NGram.train(["abc"] * 200, order=3, vocab="abc")
    texts = [model.sample(20, rng(k)) for k in range(50)]
    assert Counter(texts).most_common(1)[0][0] == "abc"


# ---- what is refused ---------------------------------------------------------------------------


def test_strange_characters_are_named():
    model = NGram.train(TEXT, order=3)
    for call in (model.log_probs, model.next_probs, model.bits_per_char):
        with pytest.raises(ValueError, match="'é' is outside the vocabulary"):
            call("abé")
    assert "é" in NGram.train(TEXT + "é", order=2).vocab


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"texts": TEXT, "order": 0}, "order must be >= 1"),
        ({"texts": TEXT, "order": 2, "smoothing": "none"}, "smoothing is one of"),
        ({"texts": "", "order": 2}, "no character"),
        ({"texts": [], "order": 2}, "no character"),
        ({"texts": TEXT, "order": 2, "vocab": ["ab"]}, "single characters"),
        ({"texts": ["", ""], "order": 2}, "no character"),
    ],
)
def test_bad_training_is_refused(kwargs, message):
    with pytest.raises(ValueError, match=message):
        NGram.train(**kwargs)


def test_bad_questions_are_refused():
    model = NGram.train(TEXT, order=3)
    with pytest.raises(ValueError, match="knows no END"):
        model.log_probs("abc", end=True)
    with pytest.raises(ValueError, match="no character to score"):
        model.bits_per_char("")
    with pytest.raises(ValueError, match="temperature"):
        model.sample(3, rng(), temperature=-1)


def test_edges():
    assert NGram.train("a", order=5, vocab="ab").bits_per_char("ab") > 0
    assert NGram.train(TEXT, order=1).next_probs("").sum() == pytest.approx(1)
    assert len(NGram.train(TEXT, order=2).log_probs("")) == 0
    assert len(PRINTABLE) == len(set(PRINTABLE)) == 96
    assert NGram.train(iter(DOCUMENTS), order=2).vocab[-1] == END


def test_training_leaves_the_callers_lists_alone():
    documents = ["ab", "ba"]
    NGram.train(documents, order=3)
    assert documents == ["ab", "ba"]


def test_high_orders_do_not_overflow():
    text = "".join(np.random.default_rng(0).choice(list(PRINTABLE), 3000))
    model = NGram.train(text, order=30, smoothing="witten-bell")
    assert model.next_probs(text[:200]).sum() == pytest.approx(1)
    assert model.bits_per_char(text) < 1.5  # learnt by heart
