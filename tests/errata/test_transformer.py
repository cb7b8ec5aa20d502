"""Errata of the articles on Transformers: the wrong form fails, the right form passes."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

V, D = 4, 16  # tokens in the vocabulary, width


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def influence(f, n=6, width=D) -> Tensor:
    """Gradient norm of output t by input s. f: (1, T, D) -> (1, T, any). Returns (T, T)."""
    x = torch.randn(1, n, width, generator=rng(), dtype=torch.double, requires_grad=True)
    y = f(x)[0]
    y = (y * torch.randn(y.shape[-1], generator=rng(1), dtype=torch.double)).sum(-1)
    rows = [torch.autograd.grad(y[t], x, retain_graph=True)[0][0] for t in range(n)]
    return torch.stack(rows).norm(dim=-1)


def peeks(f) -> bool:
    return influence(f).triu(1).max().item() > 0


class Net(nn.Module):
    """A layer of PyTorch's, with learned positions: encoder (causal=False) or decoder."""

    def __init__(self, n_in, n_out, causal, seed=0):
        super().__init__()
        torch.manual_seed(seed)
        self.causal = causal
        self.embed, self.place = nn.Embedding(n_in, D), nn.Embedding(16, D)
        self.layer = nn.TransformerEncoderLayer(
            D, 2, 32, dropout=0.0, batch_first=True, norm_first=True
        )
        self.head = nn.Linear(D, n_out)

    def read(self, x):
        n = x.shape[1]
        blocked = torch.ones(n, n, dtype=torch.bool).triu(1) if self.causal else None
        return self.head(self.layer(x + self.place.weight[:n], src_mask=blocked))

    def forward(self, idx):
        return self.read(self.embed(idx))


def can_write(net: Net) -> bool:
    """Scores every token of the vocabulary, from the tokens before alone."""
    return net.head.out_features == V and not peeks(net.double().read)


# R103: a BERT token classifier is no language model that writes


def test_r103_a_token_classifier_cannot_write_and_a_decoder_can():
    tagger = Net(V, 5, causal=False)
    assert not can_write(tagger)
    assert not hasattr(tagger, "generate")
    assert can_write(Net(V, V, causal=True))


def test_r103_its_labels_change_when_a_later_token_does():
    for causal, changes in ((False, True), (True, False)):
        net = Net(V, 5, causal).eval()
        a = torch.tensor([[0, 1, 2, 3]])
        b = torch.tensor([[0, 1, 2, 0]])
        assert (not torch.equal(net(a)[:, :3], net(b)[:, :3])) == changes


# R109: BERT and RoBERTa are not autoregressive


@pytest.mark.parametrize(("causal", "autoregressive"), [(False, False), (True, True)])
def test_r109_only_the_decoder_has_a_triangular_influence(causal, autoregressive):
    net = Net(V, V, causal).double()
    reach = influence(net.read) > 0
    assert torch.equal(reach, torch.ones(6, 6, dtype=torch.bool).tril()) == autoregressive
    if not causal:
        assert reach.all()


@torch.no_grad()
def total_probability(net: Net, masked: bool) -> float:
    """Sum over all texts of three tokens of the product of the net's conditionals."""
    texts = torch.tensor(list(itertools.product(range(V), repeat=3)))
    start = torch.full((len(texts), 1), V)  # token V: the hole, or the beginning
    total = torch.ones(len(texts), dtype=torch.double)
    for t in range(3):
        if masked:
            logits = net(texts.index_fill(1, torch.tensor([t]), V))[:, t]
        else:
            logits = net(torch.cat([start, texts[:, :t]], 1))[:, -1]
        total *= logits.double().softmax(-1).gather(1, texts[:, t : t + 1])[:, 0]
    return total.sum().item()


def trained_on_triples(*, causal: bool) -> Net:
    """Learn texts that say one token three times: as a causal or as a masked model."""
    net = Net(V + 1, V, causal)
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    generator = rng()
    for step in range(60):
        text = torch.randint(V, (32, 1), generator=generator).expand(-1, 3)
        if causal:
            shown = torch.cat([torch.full((32, 1), V), text[:, :-1]], 1)
            logits, target = net(shown).flatten(0, 1), text.flatten()
        else:
            hole = torch.tensor([step % 3])
            logits, target = net(text.index_fill(1, hole, V))[:, step % 3], text[:, 0]
        opt.zero_grad()
        F.cross_entropy(logits, target).backward()
        opt.step()
    return net


def test_r109_masked_conditionals_are_not_the_factors_of_one_distribution():
    masked, causal = trained_on_triples(causal=False), trained_on_triples(causal=True)
    assert total_probability(causal, masked=False) == pytest.approx(1, abs=1e-5)
    assert total_probability(masked, masked=True) > 2  # V texts, each of "probability" near 1


# R110: no causal mask, and a target that is not shifted


def attention(weigh):
    return lambda x: weigh(x @ x.mT / math.sqrt(D)) @ x


ALLOWED = torch.ones(6, 6, dtype=torch.bool).tril()
LEAKY = {
    "no mask": lambda s: s.softmax(-1),
    "mask after the softmax": lambda s: s.softmax(-1) * ALLOWED,
    "mask transposed": lambda s: s.masked_fill(~ALLOWED.T, -math.inf).softmax(-1),
    "off by one": lambda s: s.masked_fill(~torch.ones(6, 6).tril(1).bool(), -math.inf).softmax(-1),
    "-1 instead of -inf": lambda s: s.masked_fill(~ALLOWED, -1.0).softmax(-1),
}


@pytest.mark.parametrize("name", LEAKY)
def test_r110_the_gradient_test_catches_a_leaky_mask(name):
    assert peeks(attention(LEAKY[name]))


def test_r110_the_gradient_test_passes_the_right_masks():
    assert not peeks(attention(lambda s: s.masked_fill(~ALLOWED, -math.inf).softmax(-1)))
    assert not peeks(lambda x: F.scaled_dot_product_attention(x, x, x, is_causal=True))


def test_r110_the_map_after_the_softmax_looks_triangular_and_leaks_through_the_denominator():
    x = torch.randn(1, 6, D, generator=rng(), dtype=torch.double)
    w = LEAKY["mask after the softmax"](x @ x.mT / math.sqrt(D))
    assert w.triu(1).max() == 0
    assert (w.sum(-1) < 0.99).any()


def trained_loss(*, causal: bool, shifted: bool) -> tuple[float, float]:
    """Train on random tokens -> (training loss, share of right next tokens when writing)."""
    net = Net(V, V, causal)
    opt = torch.optim.Adam(net.parameters(), lr=1e-2)
    generator = rng()
    for _ in range(150):
        idx = torch.randint(V, (32, 9), generator=generator)
        target = idx[:, 1:] if shifted else idx[:, :-1]
        loss = F.cross_entropy(net(idx[:, :-1]).flatten(0, 1), target.flatten())
        opt.zero_grad()
        loss.backward()
        opt.step()
    idx = torch.randint(V, (2000, 8), generator=generator)
    with torch.no_grad():
        last = net(idx[:, :-1])[:, -1].argmax(-1)
    return loss.item(), (last == idx[:, -1]).double().mean().item()


def test_r110_nothing_honest_beats_the_entropy_and_both_leaks_do():
    floor = math.log(V)  # random tokens: no honest model can lose less
    honest, _ = trained_loss(causal=True, shifted=True)
    assert honest > 0.95 * floor
    for causal, shifted in ((False, True), (True, False)):
        leaky, right = trained_loss(causal=causal, shifted=shifted)
        assert leaky < 0.5 * floor
        assert right < 0.4  # asked for a token that is not there yet, it guesses: 1 in 4
