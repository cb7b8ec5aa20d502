"""Errata of the articles on language models: the wrong form fails, the right form passes."""

import itertools
import json
import math
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from course_utils.data import python_topics
from course_utils.exercises import judge
from course_utils.exercises.desk import find
from course_utils.models.ngram import NGram

LESSON = Path(__file__).parents[2] / "notebooks" / "5_sequences" / "51_language_models.ipynb"


def markdown() -> str:
    if not LESSON.exists():
        pytest.skip("the lesson is not built yet")
    cells = json.loads(LESSON.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


# R97: "based on Markov chains": the current state is not enough

RHYME = "the cat sat on the mat, the rat ate the fat bat. " * 60


def context_matters(probs) -> bool:
    """Does the next character's distribution change with what stands before the last one?"""
    return any(
        abs(a - b) > 1e-3 for a, b in zip(probs("the c"), probs("on the mac"), strict=True)
    ) or any(abs(a - b) > 1e-3 for a, b in zip(probs("th"), probs("eh"), strict=True))


def test_r097_a_bigram_sees_the_current_character_only():
    bigram = NGram.train(RHYME, order=2)
    assert not context_matters(bigram.next_probs)
    assert context_matters(NGram.train(RHYME, order=3).next_probs)


def test_r097_a_longer_past_is_cheaper_on_text_not_seen():
    prose = python_topics()
    bits = [
        NGram.train(prose.train[:80_000], order=n).bits_per_char(prose.held_out[:20_000])
        for n in (1, 2, 3, 4)
    ]
    assert bits[1] > bits[2] + 0.3  # what the "current state" alone would cost
    assert bits == sorted(bits, reverse=True)


def test_r097_the_chain_rule_needs_the_whole_prefix():
    """A joint where the third letter copies the first: no chain of single letters can say that."""
    joint = {"".join(s): 0.0 for s in itertools.product("ab", repeat=3)}
    for s in joint:
        joint[s] = 0.25 if s[2] == s[0] else 0.0

    def p(prefix: str) -> float:
        return sum(v for s, v in joint.items() if s.startswith(prefix))

    def last(a: str, b: str, at: int) -> float:
        """p(x_at = b | x_{at - 1} = a)."""
        pairs = {s: v for s, v in joint.items() if s[at - 1] == a}
        return sum(v for s, v in pairs.items() if s[at] == b) / sum(pairs.values())

    for s, v in joint.items():
        whole = math.prod(p(s[: t + 1]) / p(s[:t]) if p(s[:t]) else 0.0 for t in range(3))
        markov = p(s[0]) * last(s[0], s[1], 1) * last(s[1], s[2], 2)
        assert whole == pytest.approx(v)
        assert markov == pytest.approx(0.125)  # it cannot tell aba from abb


# R98: a conditional is not a product of conditionals

FOLLOW = {"aa": 0.6, "ab": 0.4, "ba": 0.3, "bb": 0.7}


def conditionals(text: str) -> float:
    return math.prod(FOLLOW[a + b] for a, b in itertools.pairwise(text))


def joint(text: str) -> float:
    return 0.5 * conditionals(text)


def is_conditional(p) -> bool:
    """A conditional of the next letter sums to 1 over that letter, whatever the prefix."""
    return all(
        abs(sum(p(prefix + c) for c in "ab") - 1) < 1e-12 for prefix in ("aa", "ab", "bba", "abab")
    )


def test_r098_only_a_ratio_of_joints_is_a_conditional():
    assert sum(conditionals("aa" + c) for c in "ab") == pytest.approx(0.6)  # the printed formula
    assert not is_conditional(conditionals)
    assert is_conditional(lambda text: joint(text) / joint(text[:-1]))


def test_r098_the_product_is_the_joint():
    strings = ["".join(s) for s in itertools.product("ab", repeat=5)]
    assert sum(map(joint, strings)) == pytest.approx(1)
    assert joint("aaaaa") < joint("aaaaa") / joint("aaaa")  # so the two sides cannot be equal


# R99: the sum of log-probabilities starts at x_1


@pytest.mark.parametrize("smoothing", ["witten-bell", "kneser-ney"])
def test_r099_without_p_x1_all_texts_weigh_too_much(smoothing):
    model = NGram.train("abcabcaabbcacb", order=2, smoothing=smoothing, vocab="abc")
    strings = ["".join(s) for s in itertools.product("abc", repeat=4)]
    right = sum(math.exp(model.log_probs(s).sum()) for s in strings)
    from_x2 = sum(math.exp(model.log_probs(s)[1:].sum()) for s in strings)
    assert right == pytest.approx(1, abs=1e-12)
    assert from_x2 == pytest.approx(3, abs=1e-12)  # the size of the vocabulary


def test_r099_a_text_of_one_letter_would_be_free():
    model = NGram.train("abcabcaabbcacb", order=2, vocab="abc")
    assert model.log_probs("c")[1:].sum() == 0.0
    assert model.log_probs("c").sum() < -0.1


# R120: the forget gate acts on the cell state


def article_step(x: Tensor, h: Tensor, c: Tensor, w_x: Tensor, w_h: Tensor, b: Tensor):
    i, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, -1)
    return o.sigmoid() * torch.tanh(f.sigmoid() * h + i.sigmoid() * g.tanh()), c


def distance_from_torch(step) -> float:
    torch.manual_seed(0)
    layer = nn.LSTM(4, 6, batch_first=True).double()
    w_x, w_h, b_x, b_h = layer.parameters()
    x = torch.randn(3, 12, 4, dtype=torch.double)
    h = c = torch.zeros(3, 6, dtype=torch.double)
    for t in range(12):
        h, c = step(x[:, t], h, c, w_x, w_h, b_x + b_h)
    return (h - layer(x)[0][:, -1]).abs().max().item()


def test_r120_only_the_cell_state_form_is_an_lstm():
    assert distance_from_torch(find("lstm_step").reference) < 1e-12
    assert distance_from_torch(article_step) > 1e-2


def test_r120_the_article_cell_cannot_hold_a_value():
    w, b = torch.zeros(4, 1), torch.tensor([-20.0, 6.0, 0.0, 0.0])  # write nothing, keep everything
    kept = {}
    for name, step in (("right", find("lstm_step").reference), ("article", article_step)):
        h = c = torch.full((1, 1), 0.9)
        for _ in range(50):
            h, c = step(torch.zeros(1, 1), h, c, w, w, b)
        kept[name] = (c if name == "right" else h).item()
    assert kept["right"] > 0.7
    assert abs(kept["article"]) < 1e-9


def test_r120_the_exercise_names_the_mistake():
    def answer(x, h, c, w_x, w_h, b):
        i, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, -1)
        c = f.sigmoid() * h + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    assert judge(find("lstm_step"), answer).mistake.name == "forget gate on the hidden state"
    assert judge(find("lstm_step"), find("lstm_step").reference).state == "right"


# R132: generated content did not begin with the GAN


def bigram_text(text: str, n: int, seed: int) -> str:
    """Shannon's generator of 1948: ten lines, no network."""
    rng = torch.Generator().manual_seed(seed)
    ring, out = text + text[0], text[0]
    for _ in range(n):
        options = [ring[i + 1] for i, c in enumerate(text) if c == out[-1]]
        out += options[int(torch.randint(len(options), (1,), generator=rng))]
    return out[1:]


def test_r132_ten_lines_of_counting_generate():
    text = "information is the resolution of uncertainty. " * 4
    sample = bigram_text(text, 300, seed=0)
    pairs = {a + b for a, b in itertools.pairwise(text + text[0])}
    assert {a + b for a, b in itertools.pairwise(sample)} <= pairs
    model = NGram.train(text, order=2)
    shuffled = "".join(sample[i] for i in torch.randperm(300).tolist())
    assert model.bits_per_char(sample) < model.bits_per_char(shuffled) - 1
    assert sample not in text


def test_r132_the_order_of_the_papers():
    """The first four digits of an arXiv id are year and month."""
    gan, vae = "1406.2661", "1312.6114"

    def gan_came_first(a: str, b: str) -> bool:
        return a[:4] < b[:4]

    assert not gan_came_first(gan, vae)
    text = markdown()
    assert gan in text
    assert vae in text
    assert "Shannon" in text
