"""Errata of the articles on GPT: the wrong form fails, the right form passes."""

import math

import pytest
import torch

from course_utils.models.bpe import Bpe
from course_utils.models.gpt import GPT, GPTConfig

SHARES = torch.tensor([0.6, 0.3, 0.1], dtype=torch.double)  # what follows a context in the data
NO_MAJORITY = torch.tensor([0.4, 0.35, 0.25], dtype=torch.double)


def descend(log, n_steps: int, shares=SHARES) -> tuple[float, torch.Tensor]:
    """Fit logits to the shares by the loss -sum(share * log(p)) -> last loss, p."""
    z = torch.zeros(3, dtype=torch.double, requires_grad=True)
    loss = torch.tensor(math.nan)
    for _ in range(n_steps):
        loss = -(shares * log(z.softmax(0))).sum()
        z.data -= 0.5 * torch.autograd.grad(loss, z)[0]
    return loss.item(), z.detach().softmax(0)


# R100: -log(P / (1 - P)) is minus a logit; its minimum, if it has one, is not at the truth


@pytest.mark.parametrize(("P", "value"), [(0.9, -2.2), (0.99, -4.6), (0.999, -6.9)])
def test_r100_the_consistency_loss_falls_below_zero(P, value):
    assert -math.log(P / (1 - P)) == pytest.approx(value, abs=0.05)
    assert -math.log(P) > 0


def test_r100_only_cross_entropy_stops_at_the_shares_of_the_data():
    entropy = -(SHARES * SHARES.log()).sum().item()
    for log, right in ((torch.log, True), (torch.logit, False)):
        (early, _), (late, p) = descend(log, 200), descend(log, 2000)
        assert (late > entropy - 1e-9) == right, "a loss below the entropy measures nothing"
        assert (abs(late - early) < 1e-6) == right, "it never comes to rest"
        assert torch.allclose(p, SHARES, atol=1e-3) == right
    assert p[0] > 0.99, "with a majority all probability ends on the commonest token"


def test_r100_without_a_majority_it_rests_beside_the_shares():
    (early, _), (late, p) = (descend(torch.logit, n, NO_MAJORITY) for n in (1000, 2000))
    assert late == pytest.approx(early, abs=1e-9), "it does come to rest"
    assert late == pytest.approx(0.6423, abs=1e-4)
    assert p.tolist() == pytest.approx([0.484, 0.323, 0.194], abs=1e-3)
    spread = p * (1 - p)
    assert torch.allclose(spread / spread.sum(), NO_MAJORITY, atol=1e-9)
    assert not torch.allclose(p, NO_MAJORITY, atol=0.02)
    _, right = descend(torch.log, 2000, NO_MAJORITY)
    assert torch.allclose(right, NO_MAJORITY, atol=1e-6)


def test_r100_it_is_unbounded_only_with_a_majority():
    for shares, falls in ((SHARES, True), (NO_MAJORITY, False)):
        eps = torch.tensor([1e-4, 1e-6], dtype=torch.double)
        corner = torch.stack([1 - eps, eps / 2, eps / 2], 1)
        near, nearer = (-(torch.logit(corner) @ shares)).tolist()
        assert (nearer < near) == falls
        assert nearer - near == pytest.approx((1 - 2 * shares[0].item()) * math.log(100), abs=1e-3)


# R102: the targets of pre-training are the shifted input, no labels


def pairs_of(text: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    row = torch.tensor(text)
    return row[:-1], row[1:]


def needs_labels(make_pairs) -> bool:
    """Whether pairs cannot be made from a bare text."""
    try:
        make_pairs([5, 6, 7, 8])
    except TypeError:
        return True
    return False


def test_r102_a_text_is_its_own_label():
    assert not needs_labels(pairs_of)
    assert needs_labels(lambda text, label: (text, label))
    x, y = pairs_of([5, 6, 7, 8])
    assert y[:-1].tolist() == x[1:].tolist()
    assert len(y) == 3, "one target a token, not one a document"


def test_r102_a_net_trained_on_shifted_text_predicts_it_and_one_trained_on_labels_does_not():
    text = [0, 1, 2, 3, 4, 5, 6, 7] * 2
    for shifted in (True, False):
        torch.manual_seed(0)
        net = GPT(GPTConfig(8, context=16, n_layer=1, n_head=1, d_model=16, d_mlp=16))
        opt = torch.optim.Adam(net.parameters(), lr=0.02)
        x, y = (row[None] for row in pairs_of(text))
        for _ in range(60):
            logits = net(x)
            target = y if shifted else torch.full_like(y, 3)  # a label of the document
            loss = torch.nn.functional.cross_entropy(logits.mT, target)
            opt.zero_grad()
            loss.backward()
            opt.step()
        right = (net(x).argmax(-1) == y).float().mean().item()
        assert (right > 0.9) == shifted, f"{right:.2f} of the next tokens"


# R108: GPT-3 was not trained on Wikipedia alone, nor on words or characters, nor on a PC


def training_operations(n_layer: int, width: int, vocab: int, tokens: float) -> float:
    """6 operations a weight and token, 12 L D^2 + V D weights."""
    return 6 * (12 * n_layer * width**2 + vocab * width) * tokens


def test_r108_six_n_d():
    total = training_operations(96, 12288, 50257, 300e9)
    assert total == pytest.approx(3.14e23, rel=0.01)
    days_of_a_pc = total / 1e11 / 86400  # at 100 billion operations a second
    assert days_of_a_pc > 1e6
    twelve_layers = training_operations(12, 768, 50257, 300e9)
    assert twelve_layers != pytest.approx(3.14e23, rel=0.5), "GPT-2's size is no GPT-3"


def test_r108_wikipedia_is_a_small_part_of_the_mixture():
    mixture = {"Common Crawl": 60, "WebText2": 22, "books": 16, "Wikipedia": 3}  # Brown et al.
    assert sum(mixture.values()) == pytest.approx(100, abs=1.5)  # rounded as published
    assert mixture["Wikipedia"] / sum(mixture.values()) < 0.05


def test_r108_tokens_are_neither_words_nor_characters():
    bpe = Bpe.train(["the cat sat on the mat, the rat spat"] * 3, vocab_size=280)
    tokens = [bpe.decode([t]) for t in bpe.encode("the theatre 中")[:-3]]
    assert any(len(t) > 1 for t in tokens), "characters would all have length 1"
    words = {"the", "cat", "sat", "on", "mat,", "rat", "spat"}
    assert "theatre" not in words
    assert bpe.decode(bpe.encode("theatre 中")) == "theatre 中", "yet it can be written"
