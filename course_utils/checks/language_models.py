"""Exercises of lesson 51: bits, perplexity, smoothing, teacher forcing, an LSTM step, clipping."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "51_language_models"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _simplex(rng: torch.Generator, *shape: int) -> Tensor:
    return _normal(rng, *shape).softmax(-1)


def _d(*values) -> Tensor:
    return torch.tensor(values, dtype=torch.double)


# ---- bits per character ------------------------------------------------------------------------


def bits_per_char_reference(nll: Tensor, n_chars: Tensor) -> Tensor:
    """Bits per character of a whole collection of documents.

    nll: (N,) negative log likelihood of each document, nats; n_chars: (N,) long, characters of each
    -> scalar, bits per character.
    """
    nats_per_char = nll.sum() / n_chars.sum()  # every character counts the same
    return nats_per_char / math.log(2)  # one bit is log 2 nats


def _uniform_costs_6_bits(f, rng) -> str | None:
    n_chars = torch.tensor([10, 500])
    got = float(f(n_chars * math.log(64.0), n_chars))
    if not abs(got - 6) < 1e-6:
        return f"64 equally likely symbols cost 6 bits each, you return {got:.4f}."
    return None


def _cutting_is_free(f, rng) -> str | None:
    whole = float(f(_d(60.0), torch.tensor([40])))
    cut = float(f(_d(50.0, 10.0), torch.tensor([10, 30])))
    if not abs(whole - cut) < 1e-6:
        return (
            "a document of 40 characters and 60 nats, cut into 10 characters (50 nats) and 30 (10 "
            f"nats), costs the same; you return {whole:.4f} before and {cut:.4f} after."
        )
    return None


_LN2 = "log 2 = 0.693 nats make one bit, so divide nats by log 2 to get bits."
_POOLED = (
    "You averaged the documents' own averages, so a page of 50 characters weighs as much as one of "
    "5,000. Add all nats, add all characters, then divide once."
)

bits_per_char = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=4,
    reference=bits_per_char_reference,
    cases=lambda rng: [
        (_d(20.0, 300.0), torch.tensor([10, 100])),
        (_d(7.5), torch.tensor([3])),
        (200 * torch.rand(3, generator=rng, dtype=torch.double), torch.tensor([50, 60, 900])),
    ],
    properties=[
        Property("6 bits for 64 equally likely symbols", _uniform_costs_6_bits),
        Property("cutting a document changes nothing", _cutting_is_free),
    ],
    mistakes=[
        Mistake(
            "nats for bits",
            lambda nll, n_chars: nll.sum() / n_chars.sum(),
            f"Your unit is nats per character. {_LN2}",
            "51, step 3",
        ),
        Mistake(
            "multiplied by log 2",
            lambda nll, n_chars: nll.sum() / n_chars.sum() * math.log(2),
            f"You multiplied by log 2. {_LN2}",
            "51, step 3",
        ),
        Mistake(
            "mean of per-document means",
            lambda nll, n_chars: (nll / n_chars).mean() / math.log(2),
            _POOLED,
            "51, step 3",
        ),
        Mistake(
            "mean of per-document means, in nats",
            lambda nll, n_chars: (nll / n_chars).mean(),
            f"{_POOLED} And {_LN2}",
            "51, step 3",
        ),
        Mistake(
            "bits per document",
            lambda nll, n_chars: nll.mean() / math.log(2),
            "You return bits per document. Divide by the number of characters, n_chars.sum().",
            "51, step 3",
        ),
        Mistake(
            "one value a document",
            lambda nll, n_chars: nll / n_chars / math.log(2),
            "You return one number a document; one number for the collection is wanted: sum first.",
            "51, step 3",
        ),
        Mistake(
            "total bits",
            lambda nll, n_chars: nll.sum() / math.log(2),
            "You return the bits of the whole collection. Divide by the number of characters.",
            "51, step 3",
        ),
        Mistake(
            "perplexity instead of bits",
            lambda nll, n_chars: (nll.sum() / n_chars.sum()).exp(),
            "You took exp: that is the perplexity per character. Bits are its base-2 logarithm.",
            "51, step 3",
        ),
    ],
    hints=[
        "How many nats does the whole collection cost, and how many characters has it?",
        "nll.sum() / n_chars.sum() is nats per character; one bit is math.log(2) nats.",
    ],
)

# ---- perplexity --------------------------------------------------------------------------------


def perplexity_reference(log_probs: Tensor) -> Tensor:
    """Perplexity of a sequence, exp of the mean surprise.

    log_probs: (T,) log p of each symbol given all before it, nats -> scalar, symbols.
    """
    nll_per_symbol = -log_probs.mean()
    return nll_per_symbol.exp()


def _uniform_is_v(f, rng) -> str | None:
    got = float(f(torch.full((20,), -math.log(27.0), dtype=torch.double)))
    if not abs(got - 27) < 1e-6:
        return f"27 equally likely symbols have perplexity 27, you return {got:.4f}."
    return None


def _at_least_one(f, rng) -> str | None:
    got = float(f(_d(-0.5, -0.01, 0.0)))
    return None if got >= 1 else f"a perplexity is at least 1 (no surprise at all), not {got:.4f}."


def _same_when_repeated(f, rng) -> str | None:
    log_probs = _simplex(rng, 9).log()
    one, two = float(f(log_probs)), float(f(torch.cat([log_probs, log_probs])))
    if not abs(one - two) < 1e-6 * (1 + abs(one)):
        return f"the same surprises met twice keep the perplexity; yours goes {one:.4g}, {two:.4g}."
    return None


perplexity = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=3,
    reference=perplexity_reference,
    cases=lambda rng: [
        (_d(0.5, 0.25, 0.125).log(),),
        (_d(-3.0),),
        (_simplex(rng, 40).log(),),
    ],
    properties=[
        Property("27 for 27 equally likely symbols", _uniform_is_v),
        Property("never below 1", _at_least_one),
        Property("unchanged when the text is met twice", _same_when_repeated),
    ],
    mistakes=[
        Mistake(
            "averaged perplexities",
            lambda log_probs: (-log_probs).exp().mean(),
            "You averaged 1/p over the symbols. Average the surprises -log p first, then exp: a "
            "geometric mean, which one rare symbol cannot dominate.",
            "51, step 3",
        ),
        Mistake(
            "no mean",
            lambda log_probs: (-log_probs.sum()).exp(),
            "You took exp of the sum: 1 / p(whole text). Perplexity is per symbol: use the mean.",
            "51, step 3",
        ),
        Mistake(
            "base 2 of nats",
            lambda log_probs: 2 ** (-log_probs.mean()),
            "You raised 2 to a power in nats. Either exp of nats or 2 to the power of bits.",
            "51, step 3",
        ),
        Mistake(
            "missing minus sign",
            lambda log_probs: log_probs.mean().exp(),
            "log p is negative: without the minus you get the mean probability, 1 / perplexity.",
            "51, step 3",
        ),
        Mistake(
            "cross-entropy instead of perplexity",
            lambda log_probs: -log_probs.mean(),
            "You return the cross-entropy in nats. Perplexity is its exponential.",
            "51, step 3",
        ),
        Mistake(
            "cross-entropy in bits",
            lambda log_probs: -log_probs.mean() / math.log(2),
            "You return bits per symbol. Perplexity is 2 to that power, or exp of the nats.",
            "51, step 3",
        ),
    ],
    hints=[
        "Perplexity is the number of equally likely symbols that would surprise as much.",
        "The mean of -log_probs is a cross-entropy in nats; undo the logarithm.",
    ],
)

# ---- Witten-Bell interpolation -----------------------------------------------------------------


def interpolated_prob_reference(counts: Tensor, lower: Tensor) -> Tensor:
    """Witten-Bell smoothing: counts, with the shorter context's distribution as a prior.

    p = (counts + T * lower) / (N + T), where N counts the symbols seen after a context and T how
    many different ones. counts, lower: (..., V), rows of lower sum to 1 -> (..., V), rows sum to 1.
    A context never seen (N = 0) gives lower.
    """
    n = counts.sum(-1, keepdim=True)
    types = (counts > 0).sum(-1, keepdim=True)
    mixed = (counts + types * lower) / (n + types).clamp(min=1)
    return torch.where(n > 0, mixed, lower)


def _sums_to_one(f, rng) -> str | None:
    counts = torch.randint(4, (50, 6), generator=rng).double()
    counts[0, 0] = 1
    total = f(counts, _simplex(rng, 50, 6)).sum(-1)
    worst = float((total - 1).abs().max())
    if not worst < 1e-9:
        return f"each row must sum to 1; on 50 random rows yours are off by up to {worst:.4g}."
    return None


def _nothing_impossible(f, rng) -> str | None:
    got = f(_d([5.0, 0.0, 0.0], [0.0, 0.0, 0.0]), _d([0.2, 0.3, 0.5], [0.2, 0.3, 0.5]))
    if not bool((got > 0).all()):
        return f"no symbol may get probability 0, yet your smallest is {float(got.min()):.4g}."
    return None


def _unseen_gives_lower(f, rng) -> str | None:
    lower = _d([0.1, 0.2, 0.7])
    got = f(torch.zeros(1, 3, dtype=torch.double), lower)
    if not (got - lower).abs().max() < 1e-9:
        return f"a context never seen gives lower = [0.1, 0.2, 0.7], you return {got[0].tolist()}."
    return None


def _n_and_types(counts: Tensor) -> tuple[Tensor, Tensor]:
    return counts.sum(-1, keepdim=True), (counts > 0).sum(-1, keepdim=True)


def _wb(counts, lower, n, types):
    return (counts + types * lower) / (n + types)


_UNSEEN = "And a context never seen is 0 / 0 = NaN: return lower there."

interpolated_prob = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=8,
    reference=interpolated_prob_reference,
    cases=lambda rng: [
        (_d(3.0, 1.0, 0.0), _d(0.5, 0.3, 0.2)),
        (_d([0.0, 0.0, 0.0, 0.0]), _d([0.1, 0.2, 0.3, 0.4])),  # a batch of one, never seen
        (torch.randint(4, (3, 5), generator=rng).double(), _simplex(rng, 3, 5)),
        (_d([9.0, 0.0], [1.0, 1.0]), _d([0.5, 0.5], [0.9, 0.1])),
    ],
    properties=[
        Property("sums to 1", _sums_to_one),
        Property("nothing is impossible", _nothing_impossible),
        Property("an unseen context hands over to the shorter one", _unseen_gives_lower),
    ],
    mistakes=[
        Mistake(
            "unseen contexts are NaN",
            lambda counts, lower: _wb(counts, lower, *_n_and_types(counts)),
            "Right where the context was seen. Where it was not, you divide 0 by 0: return lower "
            "(torch.where).",
            "51, step 6",
        ),
        Mistake(
            "no smoothing",
            lambda counts, lower: counts / counts.sum(-1, keepdim=True),
            "You return counts / N, maximum likelihood: what was not seen is impossible, and one "
            "such character makes the whole text impossible. Use lower.",
            "51, step 5",
        ),
        Mistake(
            "no smoothing, unseen contexts guarded",
            lambda counts, lower: torch.where(
                counts.sum(-1, keepdim=True) > 0,
                counts / counts.sum(-1, keepdim=True).clamp(min=1),
                lower,
            ),
            "You fall back to lower for unseen contexts only. A symbol not seen in a seen context "
            "still gets 0.",
            "51, step 6",
        ),
        Mistake(
            "not renormalised",
            lambda counts, lower: torch.where(
                _n_and_types(counts)[0] > 0,
                (counts + _n_and_types(counts)[1] * lower) / _n_and_types(counts)[0].clamp(min=1),
                lower,
            ),
            "You add T · lower on top but still divide by N. The row sums to 1 + T/N; divide by "
            "N + T.",
            "51, step 6",
        ),
        Mistake(
            "vocabulary size for types",
            lambda counts, lower: _wb(
                counts, lower, counts.sum(-1, keepdim=True), counts.shape[-1]
            ),
            "Your weight on lower is the size of the vocabulary. T counts the *different* symbols "
            "that did follow this context: (counts > 0).sum(-1, keepdim=True).",
            "51, step 6",
        ),
        Mistake(
            "add one",
            lambda counts, lower: (counts + 1) / (counts + 1).sum(-1, keepdim=True),
            "That is add-one smoothing: it ignores lower and treats every unseen symbol alike.",
            "51, step 5",
        ),
        Mistake(
            "types of the whole batch",
            lambda counts, lower: torch.where(
                counts.sum(-1, keepdim=True) > 0,
                _wb(counts, lower, counts.sum(-1, keepdim=True), (counts > 0).sum().clamp(min=1)),
                lower,
            ),
            "You counted the types of all rows together. Each context has its own T: .sum(-1, "
            "keepdim=True).",
            "51, step 6",
        ),
        Mistake(
            "half and half",
            lambda counts, lower: (
                0.5 * counts / counts.sum(-1, keepdim=True).clamp(min=1) + 0.5 * lower
            ),
            "You mix with a fixed weight of 1/2. Witten-Bell trusts a context the more, the fewer "
            "surprises T it held among its N symbols.",
            "51, step 6",
        ),
        Mistake(
            "weights swapped",
            lambda counts, lower: torch.where(
                _n_and_types(counts)[0] > 0,
                (
                    counts / _n_and_types(counts)[0].clamp(min=1) * _n_and_types(counts)[1]
                    + _n_and_types(counts)[0] * lower
                )
                / sum(_n_and_types(counts)).clamp(min=1),
                lower,
            ),
            "You gave the counts the weight T and lower the weight N. A context seen often (large "
            "N) is to be trusted more, not less.",
            "51, step 6",
        ),
    ],
    hints=[
        "Pretend that T more symbols were seen after this context, drawn from lower. What are the "
        "shares now?",
        "n = counts.sum(-1, keepdim=True); types = (counts > 0).sum(-1, keepdim=True); then "
        "(counts + types * lower) / (n + types), and lower where n is 0.",
    ],
)

# ---- teacher forcing ---------------------------------------------------------------------------


def next_char_nll_reference(logits: Tensor, idx: Tensor) -> Tensor:
    """Teacher-forced cross-entropy of a batch of texts.

    logits: (B, T, V), the output after reading idx[:, :t + 1] stands at position t; idx: (B, T)
    long, the characters -> scalar, nats per predicted character (B * (T - 1) of them).
    """
    predicted = logits[:, :-1]  # (B, T - 1, V): the last output has no answer in the batch
    answers = idx[:, 1:]  # (B, T - 1): the next character
    log_p = predicted.log_softmax(-1).gather(-1, answers[..., None])
    return -log_p.mean()


def _uniform_costs_log_v(f, rng) -> str | None:
    got = float(
        f(torch.zeros(2, 6, 8, dtype=torch.double), torch.randint(8, (2, 6), generator=rng))
    )
    if not abs(got - math.log(8)) < 1e-9:
        return f"equal logits over 8 symbols cost log 8 = 2.0794 nats, you return {got:.4f}."
    return None


def _knowing_the_next_is_free(f, rng) -> str | None:
    idx = torch.tensor([[0, 1, 2, 0, 1, 2]])
    logits = 50.0 * F.one_hot((idx + 1) % 3, 3).double()
    got = float(f(logits, idx))
    if not abs(got) < 1e-6:
        return f"a model that is sure of each *next* symbol costs 0 nats, you return {got:.4f}."
    return None


def _picked(logits: Tensor, idx: Tensor) -> Tensor:
    return logits.log_softmax(-1).gather(-1, idx[..., None])[..., 0]


next_char_nll = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=next_char_nll_reference,
    cases=lambda rng: [
        (_normal(rng, 1, 2, 3), torch.tensor([[0, 2]])),
        (_normal(rng, 3, 5, 4), torch.randint(4, (3, 5), generator=rng)),
        (2 * _normal(rng, 2, 7, 6), torch.randint(6, (2, 7), generator=rng)),
    ],
    properties=[
        Property("log V for equal logits", _uniform_costs_log_v),
        Property("knowing the next symbol is free", _knowing_the_next_is_free),
    ],
    mistakes=[
        Mistake(
            "target not shifted",
            lambda logits, idx: -_picked(logits, idx).mean(),
            "You ask each position for the character it has just read. Copying the input would be "
            "perfect; the answer at position t is idx[:, t + 1].",
            "51, step 11",
        ),
        Mistake(
            "shifted the wrong way",
            lambda logits, idx: -_picked(logits[:, 1:], idx[:, :-1]).mean(),
            "Your answers are the *previous* characters. Drop the last output and the first "
            "character: logits[:, :-1] against idx[:, 1:].",
            "51, step 11",
        ),
        Mistake(
            "wrapped around",
            lambda logits, idx: -_picked(logits, idx.roll(-1, 1)).mean(),
            "roll makes the first character the answer of the last position. Nobody knows what "
            "follows the end: leave that position out.",
            "51, step 11",
        ),
        Mistake(
            "sum instead of mean",
            lambda logits, idx: -_picked(logits[:, :-1], idx[:, 1:]).sum(),
            "You return the nats of the whole batch; nats per character are wanted: .mean().",
            "51, step 11",
        ),
        Mistake(
            "sum over time",
            lambda logits, idx: -_picked(logits[:, :-1], idx[:, 1:]).sum(1).mean(),
            "You return nats per text (mean over the batch, sum over time). Divide by the T - 1 "
            "predictions as well.",
            "51, step 11",
        ),
        Mistake(
            "divided by T",
            lambda logits, idx: -_picked(logits[:, :-1], idx[:, 1:]).sum() / idx.numel(),
            "You divide by B · T, but only B · (T - 1) characters are predicted: the first one has "
            "nothing before it.",
            "51, step 11",
        ),
        Mistake(
            "bits instead of nats",
            lambda logits, idx: -_picked(logits[:, :-1], idx[:, 1:]).mean() / math.log(2),
            "Your unit is bits. Losses of this course are in nats; divide by log 2 for reporting.",
            "51, step 3",
        ),
        Mistake(
            "logits taken for log-probabilities",
            lambda logits, idx: -logits[:, :-1].gather(-1, idx[:, 1:, None]).mean(),
            "Logits are not normalised: take log_softmax over the vocabulary first.",
            "51, step 11",
        ),
        Mistake(
            "softmax over time",
            lambda logits, idx: -logits[:, :-1].log_softmax(1).gather(-1, idx[:, 1:, None]).mean(),
            "You normalised over dimension 1, the positions. The vocabulary is the last dimension.",
            "51, step 11",
        ),
        Mistake(
            "one value a text",
            lambda logits, idx: -_picked(logits[:, :-1], idx[:, 1:]).mean(1),
            "You return one number a text. A loss is one number: average over the batch, too.",
            "51, step 11",
        ),
    ],
    hints=[
        "Which outputs have an answer inside the batch, and which character is it?",
        "logits[:, :-1] are T - 1 predictions, idx[:, 1:] their answers; F.cross_entropy wants the "
        "two flattened: (B (T - 1), V) and (B (T - 1),).",
    ],
)

# ---- one step of an LSTM -----------------------------------------------------------------------


def lstm_step_reference(
    x: Tensor, h: Tensor, c: Tensor, w_x: Tensor, w_h: Tensor, b: Tensor
) -> tuple[Tensor, Tensor]:
    """Read one input: (h, c) -> the next (h, c). Hochreiter and Schmidhuber 1997 with forget gate.

    x: (B, D); h, c: (B, H); w_x: (4H, D), w_h: (4H, H), b: (4H,), rows in the order input gate,
    forget gate, candidate, output gate -> h, c: (B, H) each.
    """
    i, f, g, o = (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)  # (B, H) each
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()  # the forget gate acts on the cell state
    h = o.sigmoid() * c.tanh()
    return h, c


def _gates(x, h, w_x, w_h, b):
    return (x @ w_x.T + h @ w_h.T + b).chunk(4, dim=-1)


def _lstm_case(rng: torch.Generator, batch: int, d: int, size: int) -> tuple[Tensor, ...]:
    return (
        _normal(rng, batch, d),
        0.5 * _normal(rng, batch, size),
        _normal(rng, batch, size),
        _normal(rng, 4 * size, d),
        _normal(rng, 4 * size, size),
        _normal(rng, 4 * size),
    )


def _open_gate_keeps(f, rng) -> str | None:
    x, h, c, w_x, w_h, _b = _lstm_case(rng, 3, 2, 2)
    b = _d(-100.0, -100.0, 100.0, 100.0, 0.0, 0.0, 0.0, 0.0)  # input shut, forget gate open
    got = f(x, h, c, 0 * w_x, 0 * w_h, b)[1]
    if not (got - c).abs().max() < 1e-9:
        return (
            "with the input gate shut and the forget gate open (bias -100 and +100) the cell state "
            f"stays as it is; yours moves by up to {float((got - c).abs().max()):.4g}."
        )
    return None


def _h_is_bounded(f, rng) -> str | None:
    x, h, c, w_x, w_h, b = _lstm_case(rng, 20, 2, 3)
    worst = float(f(x, h, 30 * c, w_x, w_h, b)[0].abs().max())
    return (
        None if worst <= 1 else f"h is a sigmoid times a tanh, so |h| <= 1; yours is {worst:.4g}."
    )


def _forget_missing(x, h, c, w_x, w_h, b):
    i, _f, g, o = _gates(x, h, w_x, w_h, b)
    c = c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def _forget_on_h(x, h, c, w_x, w_h, b):
    i, f, g, o = _gates(x, h, w_x, w_h, b)
    c = f.sigmoid() * h + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def _input_forget_swapped(x, h, c, w_x, w_h, b):
    f, i, g, o = _gates(x, h, w_x, w_h, b)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def _order_ifog(x, h, c, w_x, w_h, b):
    i, f, o, g = _gates(x, h, w_x, w_h, b)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def _candidate_sigmoid(x, h, c, w_x, w_h, b):
    i, f, g, o = _gates(x, h, w_x, w_h, b)
    c = f.sigmoid() * c + i.sigmoid() * g.sigmoid()
    return o.sigmoid() * c.tanh(), c


def _no_tanh_on_c(x, h, c, w_x, w_h, b):
    i, f, g, o = _gates(x, h, w_x, w_h, b)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c, c


def _old_cell(x, h, c, w_x, w_h, b):
    i, f, g, o = _gates(x, h, w_x, w_h, b)
    return o.sigmoid() * c.tanh(), f.sigmoid() * c + i.sigmoid() * g.tanh()


def _no_sigmoid(x, h, c, w_x, w_h, b):
    i, f, g, o = _gates(x, h, w_x, w_h, b)
    c = f * c + i * g.tanh()
    return o * c.tanh(), c


def _coupled(x, h, c, w_x, w_h, b):
    _i, f, g, o = _gates(x, h, w_x, w_h, b)
    c = f.sigmoid() * c + (1 - f.sigmoid()) * g.tanh()
    return o.sigmoid() * c.tanh(), c


lstm_step = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=10,
    reference=lstm_step_reference,
    cases=lambda rng: [
        _lstm_case(rng, 1, 1, 1),
        _lstm_case(rng, 3, 2, 4),
        _lstm_case(rng, 2, 5, 3),
    ],
    properties=[
        Property("an open forget gate keeps the memory", _open_gate_keeps),
        Property("h stays within -1 and 1", _h_is_bounded),
    ],
    mistakes=[
        Mistake(
            "forget gate on the hidden state",
            _forget_on_h,
            "Your forget gate multiplies h. It acts on the cell state: c = f · c + i · g. h has "
            "been squashed by tanh and hidden by the output gate; it keeps nothing for long.",
            "51, bug 2",
        ),
        Mistake(
            "forget gate missing",
            _forget_missing,
            "You add to c without forgetting: c = c + i · g. That was the LSTM of 1997; without a "
            "forget gate the memory only fills up.",
            "51, step 8",
        ),
        Mistake(
            "input and forget gate swapped",
            _input_forget_swapped,
            "Your first two gates are exchanged. The order is input, forget, candidate, output.",
            "51, step 8",
        ),
        Mistake(
            "candidate and output gate swapped",
            _order_ifog,
            "Your last two parts are exchanged. The order is input, forget, candidate, output.",
            "51, step 8",
        ),
        Mistake(
            "sigmoid on the candidate",
            _candidate_sigmoid,
            "The candidate g goes through tanh, not sigmoid: the memory must be able to go down.",
            "51, step 8",
        ),
        Mistake(
            "no tanh on the cell state",
            _no_tanh_on_c,
            "h = o · tanh(c): without the tanh h is unbounded.",
            "51, step 8",
        ),
        Mistake(
            "h from the old cell state",
            _old_cell,
            "You compute h from the c that came in. Update c first, then h = o · tanh(new c).",
            "51, step 8",
        ),
        Mistake(
            "gates without sigmoid",
            _no_sigmoid,
            "A gate is a number between 0 and 1: put i, f and o through sigmoid.",
            "51, step 8",
        ),
        Mistake(
            "one gate for forgetting and writing",
            _coupled,
            "You write with 1 - f. That is how a GRU couples the two; an LSTM has an input gate i "
            "of its own.",
            "51, step 9",
        ),
        Mistake(
            "h and c exchanged on return",
            lambda *a: lstm_step_reference(*a)[::-1],
            "You return (c, h). Return h first, then c.",
            "51, step 8",
        ),
    ],
    hints=[
        "One matrix product gives all four parts: x @ w_x.T + h @ w_h.T + b is (B, 4H); chunk it.",
        "i, f, g, o = (...).chunk(4, -1); sigmoid for i, f, o, tanh for g; new c = f c + i g, then "
        "new h = o tanh(new c).",
    ],
)

# ---- clipping the gradient ---------------------------------------------------------------------


def clip_grad_norm_reference(grads: list[Tensor], max_norm: float) -> list[Tensor]:
    """Shorten a gradient to length max_norm if it is longer, keeping its direction.

    grads: list of tensors of any shape, together one gradient; max_norm: float > 0 -> new list of
    tensors of the same shapes. Pascanu et al. 2012, algorithm 1.
    """
    total = torch.stack([g.square().sum() for g in grads]).sum().sqrt()  # one norm for all
    scale = (max_norm / total).clamp(max=1.0)
    return [g * scale for g in grads]


def _length(grads: list[Tensor]) -> float:
    return math.sqrt(sum(float(g.square().sum()) for g in grads))


def _no_longer_than_max(f, rng) -> str | None:
    grads = [5 * _normal(rng, 3, 4), 5 * _normal(rng, 6)]
    got = _length(f(grads, 2.0))
    if not abs(got - 2) < 1e-4:
        return (
            f"a gradient of length {_length(grads):.2f} clipped to 2 has length 2, not {got:.4f}."
        )
    return None


def _same_direction(f, rng) -> str | None:
    grads = [_normal(rng, 3, 4), 9 * _normal(rng, 6)]
    clipped = f(grads, 0.5)
    dot = sum(float((a * b).sum()) for a, b in zip(grads, clipped, strict=True))
    cosine = dot / (_length(grads) * _length(clipped))
    if not cosine > 1 - 1e-9:
        return f"clipping shortens, it does not turn: the cosine is 1, yours {cosine:.4f}."
    return None


def _short_ones_stay(f, rng) -> str | None:
    grads = [_d(0.1, -0.2), _d([0.05])]
    got = f(grads, 1.0)
    worst = max(float((a - b).abs().max()) for a, b in zip(grads, got, strict=True))
    if not worst < 1e-9:
        return f"a gradient of length {_length(grads):.2f} is below 1 and stays; yours moves."
    return None


def _norm_of(grads: list[Tensor]) -> Tensor:
    return torch.stack([g.square().sum() for g in grads]).sum().sqrt()


clip_grad_norm = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=clip_grad_norm_reference,
    tol=1e-5,  # torch's own divides by the norm + 1e-6
    cases=lambda rng: [
        ([_d(3.0, 4.0)], 1.0),
        ([_d(0.3, -0.4), _d(0.2)], 1.0),  # short enough
        ([4 * _normal(rng, 2, 3), _normal(rng, 3), 0.1 * _normal(rng, 1)], 1.5),
        ([_normal(rng, 3, 2), 3 * _normal(rng, 2, 2)], 2.5),
    ],
    properties=[
        Property("no longer than max_norm", _no_longer_than_max),
        Property("the direction stays", _same_direction),
        Property("short gradients are left alone", _short_ones_stay),
    ],
    mistakes=[
        Mistake(
            "clip by value",
            lambda grads, max_norm: [g.clamp(-max_norm, max_norm) for g in grads],
            "You cut every entry at ± max_norm. That turns the gradient and does not bound its "
            "length; scale all entries by one factor instead.",
            "51, step 10",
        ),
        Mistake(
            "each tensor on its own",
            lambda grads, max_norm: [g * (max_norm / g.norm()).clamp(max=1.0) for g in grads],
            "You clipped tensor by tensor. All tensors together are one gradient with one length; "
            "different factors turn it.",
            "51, step 10",
        ),
        Mistake(
            "always scaled",
            lambda grads, max_norm: [g * (max_norm / _norm_of(grads)) for g in grads],
            "You also stretch short gradients to max_norm, so training never settles. Scale by at "
            "most 1.",
            "51, step 10",
        ),
        Mistake(
            "missing square root",
            lambda grads, max_norm: [
                g * (max_norm / _norm_of(grads).square()).clamp(max=1.0) for g in grads
            ],
            "You divide by the *squared* length. Take the root of the sum of squares.",
            "51, step 10",
        ),
        Mistake(
            "sum of the tensors' norms",
            lambda grads, max_norm: [
                g * (max_norm / sum(k.norm() for k in grads)).clamp(max=1.0) for g in grads
            ],
            "You added the lengths of the tensors. Lengths at right angles add by squares: "
            "sqrt(a² + b²).",
            "51, step 10",
        ),
        Mistake(
            "largest entry for the length",
            lambda grads, max_norm: [
                g * (max_norm / max(k.abs().max() for k in grads)).clamp(max=1.0) for g in grads
            ],
            "You measured the largest entry. The length is the root of the sum of all squares.",
            "51, step 10",
        ),
        Mistake(
            "unit length",
            lambda grads, max_norm: [
                g / _norm_of(grads) if _norm_of(grads) > max_norm else g for g in grads
            ],
            "You shorten to length 1, whatever max_norm is. Multiply by max_norm.",
            "51, step 10",
        ),
        Mistake(
            "dropped instead of shortened",
            lambda grads, max_norm: [g * (_norm_of(grads) <= max_norm).to(g.dtype) for g in grads],
            "You set long gradients to zero. Keep their direction and shorten them.",
            "51, step 10",
        ),
    ],
    hints=[
        "Put all entries of all tensors in one long vector: what is its length?",
        "total = sqrt of the sum of all squares; scale = min(1, max_norm / total); multiply every "
        "tensor by that one scale.",
    ],
)
