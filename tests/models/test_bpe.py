from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.models.bpe import Bpe, join, pieces

TEXTS = [
    "def add(a, b):\n    return a + b",
    "def sub(a, b):\n    return a - b",
    "the returned value, naïve café 中文 12345",
] * 3
BPE = Bpe.train(TEXTS, vocab_size=300)


@given(st.text(st.characters(codec=None)))
def test_every_string_comes_back(text):
    assert BPE.decode(BPE.encode(text)) == text
    assert "".join(pieces(text)) == text


@given(st.text(alphabet="ab \n\t\u00a0\u2028\x1c\x85()_0é", max_size=30))
def test_odd_white_space_comes_back_too(text):
    assert BPE.decode(BPE.encode(text)) == text


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\ud83d\ude00", "\x00"])
def test_even_what_is_no_valid_text_comes_back(text):
    assert BPE.decode(BPE.encode(text)) == text


def test_merges_are_those_of_the_plain_algorithm():
    """Recount everything after each merge, as the definition says."""
    words = Counter(p for t in TEXTS for p in pieces(t))
    split = {w: list(w.encode()) for w in words}
    merges = []
    for new in range(256, 300):
        pairs = Counter()
        for w, n in words.items():
            for pair in pairwise(split[w]):
                pairs[pair] += n
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        split = {w: join(t, best, new) for w, t in split.items()}
    assert BPE.merges == merges
    assert BPE.encode(TEXTS[0]) == [t for p in pieces(TEXTS[0]) for t in split[p]]


def test_learnt_text_needs_fewer_tokens():
    assert len(BPE.encode(TEXTS[0])) < 0.6 * len(TEXTS[0])


def test_it_stops_when_nothing_repeats():
    assert Bpe.train(["abc"], vocab_size=1000).vocab_size == 256


def test_bytes_that_form_no_character_are_marked():
    assert Bpe([]).decode([0xC3]) == "\ufffd"


def test_numbers_outside_the_vocabulary_get_a_sentence():
    for bad in (300, -1):
        with pytest.raises(ValueError, match=r"0\.\.299"):
            BPE.decode([bad])


def test_a_small_vocabulary_and_a_single_string_get_a_sentence():
    with pytest.raises(ValueError, match="256"):
        Bpe.train(TEXTS, vocab_size=100)
    with pytest.raises(ValueError, match="pass"):
        Bpe.train("one text", vocab_size=300)
    with pytest.raises(ValueError, match="not known"):
        Bpe([(300, 1)])
