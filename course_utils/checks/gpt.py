"""Exercises of lesson 54: byte-pair merges, bits from tokens, a cache's attention, decoding."""

import math
from collections import Counter
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "54_gpt"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _d(*values) -> Tensor:
    return torch.tensor(values, dtype=torch.double)


# ---- the most frequent pair --------------------------------------------------------------------


def most_frequent_pair_reference(words: list, times: list) -> tuple:
    """Find the two neighbouring tokens that occur most often.

    words: lists of tokens (int); times: how often each word occurs in the text (int)
    -> the pair (a, b); where several are equally frequent, the smallest of them.
    """
    count = Counter()
    for word, n in zip(words, times, strict=True):
        for pair in pairwise(word):
            count[pair] += n  # a word that occurs n times brings its pairs n times
    return min(count, key=lambda pair: (-count[pair], pair))


def _pair_counts(words, times, *, once_a_word=False) -> Counter:
    count = Counter()
    for word, n in zip(words, times, strict=True):
        found = list(pairwise(word))
        for pair in set(found) if once_a_word else found:
            count[pair] += n
    return count


def _likeliest(count: Counter) -> tuple:
    return min(count, key=lambda pair: (-count[pair], pair))


def _across_words(words, times):
    row = [t for word, n in zip(words, times, strict=True) for t in word * n]
    return _likeliest(Counter(pairwise(row)))


def _two_commonest(words, times):
    count = Counter()
    for word, n in zip(words, times, strict=True):
        for token in word:
            count[token] += n
    return tuple(sorted(count, key=lambda t: (-count[t], t))[:2])


def _times_count(f, rng) -> str | None:
    got = f([[1, 2], [3, 4], [3, 4, 5]], [9, 2, 2])
    if tuple(got) != (1, 2):
        return (
            "the word [1, 2] occurs 9 times, the two words with (3, 4) twice each; the pair is "
            f"(1, 2), you return {got}."
        )
    return None


def _ties_go_down(f, rng) -> str | None:
    got = [tuple(f([[7, 8], [2, 9]], [3, 3])), tuple(f([[2, 9], [7, 8]], [3, 3]))]
    if got != [(2, 9), (2, 9)]:
        return (
            "(7, 8) and (2, 9) are equally frequent: the smaller pair wins, in whatever order the "
            f"words come; you return {got[0]} and {got[1]}."
        )
    return None


most_frequent_pair = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=most_frequent_pair_reference,
    cases=lambda rng: [
        ([[5, 6]], [1]),
        ([[1, 2, 1, 2], [2, 3], [3, 2], [2, 3, 4]], [1, 1, 1, 1]),
        ([[9, 4, 4], [4, 9], [8, 9, 4]], [4, 3, 2]),
        ([[7, 8], [9, 1], [2, 9]], [3, 3, 3]),
        ([[4], [7, 8], [8, 7, 8]], [6, 3, 1]),
        ([[1, 2], [3, 4], [3, 4, 5]], [9, 3, 3]),
        ([[1, 5, 1, 5, 1, 5], [6, 7], [7, 6], [6, 7, 3]], [1, 1, 1, 1]),
        ([[3, 3, 3, 3], [5, 6, 5], [6, 5, 2]], [2, 3, 2]),
    ],
    properties=[
        Property("a word counts as often as it occurs", _times_count),
        Property("among equals the smallest pair", _ties_go_down),
    ],
    mistakes=[
        Mistake(
            "every word counted once",
            lambda words, times: _likeliest(_pair_counts(words, [1] * len(words))),
            "You did not use `times`. A word that stands in the text 500 times brings its pairs "
            "500 times.",
            "54, step 1",
        ),
        Mistake(
            "a pair counted once a word",
            lambda words, times: _likeliest(_pair_counts(words, times, once_a_word=True)),
            "Inside one word a pair may occur several times, and each of them counts.",
            "54, step 1",
        ),
        Mistake(
            "across the border of words",
            _across_words,
            "You joined the words first, so the end of one and the start of the next became "
            "neighbours. Merges never cross the border of a piece.",
            "54, step 1",
        ),
        Mistake(
            "the largest of equals",
            lambda words, times: max((n, p) for p, n in _pair_counts(words, times).items())[1],
            "Where several pairs are equally frequent you took the largest. Any rule would do, but "
            "all must use one: the smallest.",
            "54, step 1",
        ),
        Mistake(
            "the first of equals",
            lambda words, times: _pair_counts(words, times).most_common(1)[0][0],
            "most_common keeps the pair met first, so the merges would depend on the order of the "
            "words. Break ties by the pair itself: key=lambda pair: (-count[pair], pair).",
            "54, step 1",
        ),
        Mistake(
            "the rarest pair",
            lambda words, times: min((n, p) for p, n in _pair_counts(words, times).items())[1],
            "You took the pair with the smallest count.",
            "54, step 1",
        ),
        Mistake(
            "the two commonest tokens",
            _two_commonest,
            "You return the two tokens that are frequent on their own. They need not be "
            "neighbours: count pairs, with itertools.pairwise.",
            "54, step 1",
        ),
    ],
    hints=[
        "A Counter over pairs; itertools.pairwise(word) gives the neighbours. Add the word's "
        "number of occurrences, not 1.",
        "min(count, key=lambda pair: (-count[pair], pair)) is the most frequent pair, and the "
        "smallest among equals.",
    ],
)

# ---- one merge ---------------------------------------------------------------------------------


def merge_pair_reference(tokens: list, pair: tuple, new: int) -> list:
    """Replace each occurrence of a pair of neighbours by one token, from left to right.

    tokens: list of int; pair: (a, b); new: the token that stands for a followed by b
    -> a new list; the given one is not changed.
    """
    out = []
    i = 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == tuple(pair):
            out.append(new)
            i += 2  # both are used up: in a a a the middle one cannot be used twice
        else:
            out.append(tokens[i])
            i += 1
    return out


def _merge_from_right(tokens, pair, new):
    return merge_pair_reference(tokens[::-1], pair[::-1], new)[::-1]


def _merge_first(tokens, pair, new):
    for i in range(len(tokens) - 1):
        if (tokens[i], tokens[i + 1]) == tuple(pair):
            return [*tokens[:i], new, *tokens[i + 2 :]]
    return list(tokens)


def _merge_either_order(tokens, pair, new):
    out, i = [], 0
    while i < len(tokens):
        if i + 1 < len(tokens) and set(tokens[i : i + 2]) == set(pair):
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def _merge_overlapping(tokens, pair, new):
    out, i = [], 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == tuple(pair):
            out.append(new)
            i += 1
            if tuple(tokens[i : i + 2]) != tuple(pair):
                i += 1
        else:
            out.append(tokens[i])
            i += 1
    return out


def _merge_loses_last(tokens, pair, new):
    out, i = [], 0
    while i < len(tokens) - 1:
        if (tokens[i], tokens[i + 1]) == tuple(pair):
            out.append(new)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def _length_adds_up(f, rng) -> str | None:
    tokens = [1, 2, 1, 2, 3, 1]
    got = f(list(tokens), (1, 2), 9)
    restored = [t for token in got for t in ((1, 2) if token == 9 else (token,))]
    if restored != tokens:
        return (
            f"writing (1, 2) out again must give the tokens back: {tokens} became {got}, which "
            f"writes out to {restored}."
        )
    return None


def _none_is_left(f, rng) -> str | None:
    got = f([5, 6, 5, 6, 5, 6], (5, 6), 7)
    if (5, 6) in set(pairwise(got)):
        return f"after the merge no (5, 6) may be left, but you return {got}."
    return None


merge_pair = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=5,
    reference=merge_pair_reference,
    cases=lambda rng: [
        ([4], (4, 4), 256),
        ([1, 2, 3], (1, 2), 256),
        ([7, 7, 7, 7, 7], (7, 7), 300),
        ([1, 2, 2, 1, 2, 1, 2], (1, 2), 257),
        ([3, 1, 2], (2, 3), 257),
    ],
    properties=[
        Property("writing the new token out gives the old ones", _length_adds_up),
        Property("no such pair is left", _none_is_left),
    ],
    mistakes=[
        Mistake(
            "only the first occurrence",
            _merge_first,
            "You stopped after the first occurrence. One merge replaces all of them.",
            "54, step 1",
        ),
        Mistake(
            "from the right",
            _merge_from_right,
            "In a a a two places fit, and only one of them can be taken. By agreement the left "
            "one: otherwise two encoders give two results for one text.",
            "54, step 1",
        ),
        Mistake(
            "in either order",
            _merge_either_order,
            "You also replaced (b, a). The new token stands for a followed by b; the way back "
            "would turn ba into ab.",
            "54, step 1",
        ),
        Mistake(
            "one token used twice",
            _merge_overlapping,
            "After a match you moved on by one token, so the second one was used again. A match "
            "uses up both: i += 2.",
            "54, step 1",
        ),
        Mistake(
            "the last token lost",
            _merge_loses_last,
            "Your loop ends one token early: a last token without a neighbour must be kept.",
            "54, step 1",
        ),
        Mistake(
            "new token put in front, pair kept",
            lambda tokens, pair, new: [
                x
                for i, t in enumerate(tokens)
                for x in ([new, t] if tuple(tokens[i : i + 2]) == tuple(pair) else [t])
            ],
            "You added the new token and left the two old ones standing. It replaces them.",
            "54, step 1",
        ),
    ],
    hints=[
        "Walk through the tokens with an index i. If tokens[i] and tokens[i + 1] are the pair, "
        "write `new`; otherwise copy one token.",
        "After a match i grows by 2, otherwise by 1. Mind the last token, which has no neighbour.",
    ],
)

# ---- bits per character from the loss on tokens ------------------------------------------------


def bits_from_tokens_reference(logits: Tensor, target: Tensor, n_chars: Tensor) -> Tensor:
    """Bits per character of documents that a model reads as tokens.

    logits: (B, T, V); target: (B, T) long, -100 at padding; n_chars: (B,) long, the characters
    each document stands for -> scalar, bits per character of all documents together.
    """
    nats = F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="sum")  # skips -100
    return nats / math.log(2) / n_chars.sum()


def _paid(logits: Tensor, target: Tensor) -> Tensor:
    """Nats of each token, 0 at padding -> (B, T)."""
    known = target.clamp(min=0)
    log_p = logits.log_softmax(-1).gather(-1, known[..., None])[..., 0]
    return -log_p * (target >= 0)


def _token_cases(rng) -> list[tuple]:
    ragged = torch.randint(6, (3, 5), generator=rng)
    ragged[0, 3:], ragged[2, 4:] = -100, -100
    return [
        (_normal(rng, 1, 4, 5), torch.tensor([[1, 0, 4, 2]]), torch.tensor([9])),
        (2 * _normal(rng, 3, 5, 6), ragged, torch.tensor([7, 22, 9])),
        (
            _normal(rng, 2, 3, 4),
            torch.tensor([[1, 2, -100], [3, -100, -100]]),
            torch.tensor([8, 2]),
        ),
    ]


def _equal_logits(f, rng) -> str | None:
    target = torch.zeros(2, 3, dtype=torch.long)
    got = float(f(torch.zeros(2, 3, 16, dtype=torch.double), target, torch.tensor([6, 6])))
    if not abs(got - 2) < 1e-9:
        return (
            "six tokens of 16 equally likely ones cost 24 bits; spread over 12 characters that is "
            f"2 bits a character, you return {got:.4f}."
        )
    return None


def _padding_is_free(f, rng) -> str | None:
    logits, n = _normal(rng, 1, 6, 5), torch.tensor([10])
    target = torch.tensor([[1, 2, 3, -100, -100, -100]])
    long, short = float(f(logits, target, n)), float(f(logits[:, :3], target[:, :3], n))
    if not abs(long - short) < 1e-9:
        return f"padding costs nothing: {short:.4f} without it, with it you return {long:.4f}."
    return None


bits_from_tokens = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=bits_from_tokens_reference,
    cases=_token_cases,
    properties=[
        Property("4 bits a token, 2 characters a token: 2 bits", _equal_logits),
        Property("padding is free", _padding_is_free),
    ],
    mistakes=[
        Mistake(
            "nats, not bits",
            lambda logits, target, n_chars: _paid(logits, target).sum() / n_chars.sum(),
            "These are nats per character. log 2 = 0.693 nats make one bit.",
            "51, step 3",
        ),
        Mistake(
            "per token",
            lambda logits, target, n_chars: (
                _paid(logits, target).sum() / math.log(2) / (target >= 0).sum()
            ),
            "You divided by the number of tokens. A larger vocabulary has fewer and dearer tokens, "
            "so that number compares nothing; divide by characters.",
            "54, bug 2",
        ),
        Mistake(
            "padding paid for",
            lambda logits, target, n_chars: (
                -logits.log_softmax(-1).gather(-1, target.clamp(min=0)[..., None]).sum()
                / math.log(2)
                / n_chars.sum()
            ),
            "You also paid for the positions marked -100. F.cross_entropy skips them by itself.",
            "54, step 5",
        ),
        Mistake(
            "mean of the documents' own",
            lambda logits, target, n_chars: (
                (_paid(logits, target).sum(1) / n_chars).mean() / math.log(2)
            ),
            "You averaged the documents' own averages, so a short one weighs as much as a long "
            "one. Add all nats, add all characters, divide once.",
            "51, step 3",
        ),
        Mistake(
            "mean loss times characters a token, upside down",
            lambda logits, target, n_chars: (
                _paid(logits, target).sum()
                / (target >= 0).sum()
                / math.log(2)
                * (n_chars.sum() / (target >= 0).sum())
            ),
            "You multiplied the loss per token by characters per token. A token of several "
            "characters makes each of them cheaper: divide.",
            "54, step 5",
        ),
        Mistake(
            "multiplied by log 2",
            lambda logits, target, n_chars: (
                _paid(logits, target).sum() * math.log(2) / n_chars.sum()
            ),
            "You multiplied by log 2. A bit is smaller than a nat, so there are more bits: divide.",
            "51, step 3",
        ),
    ],
    hints=[
        "What do all documents cost together, in nats? How many characters are that?",
        'F.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="sum") skips -100; then '
        "divide by log 2 and by n_chars.sum().",
    ],
)

# ---- attention of new tokens to cached ones ----------------------------------------------------


def cached_attention_reference(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Causal attention for the newest t of T tokens; keys and values of all T are at hand.

    q: (..., t, d), the last t positions; k: (..., T, d), v: (..., T, e), T >= t -> (..., t, e).
    """
    t, n_all = q.shape[-2], k.shape[-2]
    seen = torch.ones(t, n_all, dtype=torch.bool).tril(n_all - t)  # row i is position T - t + i
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    return scores.masked_fill(~seen, -math.inf).softmax(-1) @ v


def _attend(q, k, v, diagonal: int | None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if diagonal is not None:
        seen = torch.ones(scores.shape[-2:], dtype=torch.bool).tril(diagonal)
        scores = scores.masked_fill(~seen, -math.inf)
    return scores.softmax(-1) @ v


def _more(q, k) -> int:
    return k.shape[-2] - q.shape[-2]


def _cache_case(rng, *batch, t, n_all, width=4, width_v=3):
    q, k = 2 * _normal(rng, *batch, t, width), 2 * _normal(rng, *batch, n_all, width)
    return q, k, _normal(rng, *batch, n_all, width_v)


def _same_as_reading_at_once(f, rng) -> str | None:
    q, k, v = _cache_case(rng, 2, t=6, n_all=6)
    whole = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    for t in (1, 2, 4):
        worst = float((f(q[:, -t:], k, v) - whole[:, -t:]).abs().max())
        if not worst < 1e-9:
            return (
                f"the last {t} of 6 tokens must get what reading all at once gives them; yours "
                f"differ by {worst:.4g}."
            )
    return None


def _the_last_sees_all(f, rng) -> str | None:
    q, k = torch.zeros(1, 4, dtype=torch.double), _normal(rng, 5, 4)
    got = f(q, k, torch.eye(5, dtype=torch.double))[0]
    if not bool(((got - 0.2).abs() < 1e-9).all()):
        return (
            "one new token with equal scores looks at all 5 tokens, 0.2 each; your weights are "
            f"{[round(x, 3) if math.isfinite(x) else x for x in got.tolist()]}."
        )
    return None


cached_attention = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=cached_attention_reference,
    cases=lambda rng: [
        _cache_case(rng, t=1, n_all=4),
        _cache_case(rng, 1, t=3, n_all=3),
        _cache_case(rng, 3, t=2, n_all=5),
        _cache_case(rng, 3, 2, t=3, n_all=7, width=8, width_v=8),
    ],
    properties=[
        Property("equal to reading all at once", _same_as_reading_at_once),
        Property("one new token sees everything", _the_last_sees_all),
    ],
    mistakes=[
        Mistake(
            "mask from the top left corner",
            lambda q, k, v: _attend(q, k, v, 0),
            "Your triangle starts at the first key, so the first new token sees only token 0. Row "
            "i is position T - t + i: shift the triangle, .tril(T - t).",
            "54, bug 3",
        ),
        Mistake(
            "no mask",
            lambda q, k, v: _attend(q, k, v, None),
            "Without a mask the new tokens see each other's future. For t = 1 that is no "
            "difference, for a prompt read in parts it is a leak.",
            "54, step 6",
        ),
        Mistake(
            "one step into the future",
            lambda q, k, v: _attend(q, k, v, _more(q, k) + 1),
            "Your triangle is shifted one too far: every new token sees the one it must predict.",
            "53, bug 1",
        ),
        Mistake(
            "cannot see itself",
            lambda q, k, v: _attend(q, k, v, _more(q, k) - 1),
            "Your triangle is shifted one too little: a new token does not see itself.",
            "54, step 6",
        ),
        Mistake(
            "no scale",
            lambda q, k, v: _attend(q * math.sqrt(q.shape[-1]), k, v, _more(q, k)),
            "The mask is right; the division by sqrt(d) is missing.",
            "53, step 2",
        ),
        Mistake(
            "only the new keys",
            lambda q, k, v: _attend(q, k[..., -q.shape[-2] :, :], v[..., -q.shape[-2] :, :], 0),
            "You used the keys of the new tokens alone. The point of the cache is that the old "
            "ones are there, too.",
            "54, step 6",
        ),
    ],
    hints=[
        "Row i of q is not position i. Which position is it, if q holds the last t of T?",
        "torch.ones(t, T, dtype=torch.bool).tril(T - t) is True where looking is allowed; then as "
        "in lesson 53: -inf elsewhere, softmax, average of v.",
    ],
)

# ---- nucleus sampling --------------------------------------------------------------------------


def top_p_filter_reference(p: Tensor, mass: Tensor) -> Tensor:
    """Keep the likeliest tokens until they hold `mass`; the one that reaches it stays in.

    p: (..., V), rows sum to 1; mass: broadcasts to (..., 1), in (0, 1]
    -> (..., V) in the order of p, rows sum to 1, 0 for dropped tokens.
    """
    high_first, order = p.sort(-1, descending=True)
    before = high_first.cumsum(-1) - high_first  # what the likelier ones hold together
    kept = torch.where(before < mass, high_first, 0.0)
    kept = torch.zeros_like(p).scatter(-1, order, kept)  # back to the order of p
    return kept / kept.sum(-1, keepdim=True)


def _nucleus(p, mass, *, rule, descending=True, put_back=True, rescale=True):
    ordered, order = p.sort(-1, descending=descending)
    kept = torch.where(rule(ordered, ordered.cumsum(-1), mass), ordered, 0.0)
    if put_back:
        kept = torch.zeros_like(p).scatter(-1, order, kept)
    return kept / kept.sum(-1, keepdim=True) if rescale else kept


def _reaches(ordered, total, mass):
    return total - ordered < mass


def _rows_sum_to_one(f, rng) -> str | None:
    got = f(_normal(rng, 3, 6).softmax(-1), _d(0.3, 0.6, 0.95)[:, None]).sum(-1)
    if not bool(((got - 1).abs() < 1e-9).all()):
        return (
            f"what is left must sum to 1; your rows sum to {[round(x, 4) for x in got.tolist()]}."
        )
    return None


def _the_likeliest_stays(f, rng) -> str | None:
    got = f(_d(0.1, 0.7, 0.2), _d(0.5))
    if not bool(((got - _d(0.0, 1.0, 0.0)).abs() < 1e-9).all()):
        return (
            "of [0.1, 0.7, 0.2] with mass 0.5 the second token alone stays; you return "
            f"{[round(x, 4) for x in got.tolist()]}."
        )
    return None


def _all_of_it(f, rng) -> str | None:
    p = _normal(rng, 5).softmax(-1)
    worst = float((f(p, _d(1.0)) - p).abs().max())
    if not worst < 1e-9:
        return f"mass 1 changes nothing, but your answer differs from p by {worst:.4g}."
    return None


top_p_filter = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=top_p_filter_reference,
    cases=lambda rng: [
        (_d(0.05, 0.5, 0.15, 0.3), _d(0.7)),
        (_normal(rng, 1, 5).softmax(-1), _d(0.4)),
        ((2 * _normal(rng, 3, 7)).softmax(-1), _d(0.2, 0.6, 0.9)[:, None]),
        (_d(0.1, 0.6, 0.3), _d(1.0)),
    ],
    properties=[
        Property("what is left sums to 1", _rows_sum_to_one),
        Property("the likeliest token always stays", _the_likeliest_stays),
        Property("mass 1 keeps everything", _all_of_it),
    ],
    mistakes=[
        Mistake(
            "the token that reaches the mass dropped",
            lambda p, mass: _nucleus(p, mass, rule=lambda o, total, m: total <= m),
            "You dropped the token with which the mass is reached, so less than `mass` is left; "
            "where the first token is likely enough, nothing at all (NaN). Ask what stands "
            "*before* a token.",
            "54, step 7",
        ),
        Mistake(
            "not rescaled",
            lambda p, mass: _nucleus(p, mass, rule=_reaches, rescale=False),
            "What is left does not sum to 1. Divide by the sum of what was kept.",
            "54, step 7",
        ),
        Mistake(
            "left in sorted order",
            lambda p, mass: _nucleus(p, mass, rule=_reaches, put_back=False),
            "Your probabilities are in falling order, so they belong to other tokens. scatter puts "
            "them back.",
            "54, step 7",
        ),
        Mistake(
            "the unlikeliest kept",
            lambda p, mass: _nucleus(p, mass, rule=_reaches, descending=False),
            "You filled up from the unlikeliest token. Sort in falling order.",
            "54, step 7",
        ),
        Mistake(
            "a threshold on the probability",
            lambda p, mass: _nucleus(p, mass, rule=lambda o, total, m: o >= 1 - m),
            "You kept tokens whose own probability is at least 1 - mass. What counts is the sum of "
            "the likelier ones.",
            "54, step 7",
        ),
        Mistake(
            "a share of the tokens",
            lambda p, mass: _nucleus(
                p,
                mass,
                rule=lambda o, total, m: torch.arange(p.shape[-1]).expand_as(o) < m * p.shape[-1],
            ),
            "You kept a share of the *tokens*. The mass is a share of the probability.",
            "54, step 7",
        ),
    ],
    hints=[
        "Sort in falling order. A token stays if the likelier ones together hold less than `mass`.",
        "before = p_sorted.cumsum(-1) - p_sorted; keep where before < mass; "
        "torch.zeros_like(p).scatter(-1, order, kept) undoes the sorting; divide by the sum.",
    ],
)

# ---- one step of beam search -------------------------------------------------------------------


def beam_step_reference(scores: Tensor, log_probs: Tensor) -> tuple:
    """Extend each of K texts by each of V tokens and keep the K best of all.

    scores: (B, K) log p of the texts so far; log_probs: (B, K, V) of their next tokens
    -> scores (B, K) falling, parents (B, K) long: which text, tokens (B, K) long: which token.
    """
    total = scores[..., None] + log_probs  # (B, K, V) log p of the longer texts
    best, place = total.flatten(1).topk(scores.shape[1], dim=-1)  # among all K * V
    n_token = log_probs.shape[-1]
    return best, place // n_token, place % n_token


def _keep_best(total, n_token):
    best, place = total.flatten(1).topk(total.shape[1], dim=-1)
    return best, place // n_token, place % n_token


def _one_a_beam(scores, log_probs):
    best, token = (scores[..., None] + log_probs).max(-1)
    best, order = best.sort(-1, descending=True)
    return best, order, token.gather(-1, order)


def _sorted_like(f, rng) -> str | None:
    log_probs = _normal(rng, 1, 3, 5).log_softmax(-1)
    got = f(_d(0.0, -math.inf, -math.inf)[None], log_probs)
    want = log_probs[0, 0].topk(3)
    if got[2][0].tolist() != want.indices.tolist() or got[1][0].tolist() != [0, 0, 0]:
        return (
            "at the start only text 0 exists (scores 0, -inf, -inf), so its three likeliest tokens "
            f"survive: parents [0, 0, 0], tokens {want.indices.tolist()}; you return parents "
            f"{got[1][0].tolist()}, tokens {got[2][0].tolist()}."
        )
    return None


def _scores_are_sums(f, rng) -> str | None:
    scores, log_probs = -_normal(rng, 2, 3).abs(), _normal(rng, 2, 3, 4).log_softmax(-1)
    best, parents, tokens = f(scores, log_probs)
    rows = torch.arange(2)[:, None]
    worst = float((scores[rows, parents] + log_probs[rows, parents, tokens] - best).abs().max())
    if not worst < 1e-9:
        return (
            "a new score is its parent's score plus the token's log p, for the parent and token "
            f"you name; yours is off by {worst:.4g}."
        )
    return None


def _beam_cases(rng) -> list[tuple]:
    return [
        (_d(-1.0, -1.2)[None], _d(0.5, 0.3, 0.2, 0.1, 0.1, 0.8).view(1, 2, 3).log()),
        (-_normal(rng, 1, 3).abs(), _normal(rng, 1, 3, 4).log_softmax(-1)),
        (-2 * _normal(rng, 3, 2).abs(), (2 * _normal(rng, 3, 2, 6)).log_softmax(-1)),
        (_d(0.0, -math.inf, -math.inf)[None], _normal(rng, 1, 3, 5).log_softmax(-1)),
    ]


beam_step = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=9,
    reference=beam_step_reference,
    cases=_beam_cases,
    properties=[
        Property("at the start, the likeliest tokens of the one text", _sorted_like),
        Property("a score is the parent's plus the token's", _scores_are_sums),
    ],
    mistakes=[
        Mistake(
            "one child for each text",
            _one_a_beam,
            "You let each text keep its own best child: that is greedy search, K times. All K * V "
            "children compete, and one text may have several among the best.",
            "54, step 9",
        ),
        Mistake(
            "the old scores forgotten",
            lambda scores, log_probs: _keep_best(log_probs, log_probs.shape[-1]),
            "You ranked by the last token alone. Add the scores of the texts so far.",
            "54, step 9",
        ),
        Mistake(
            "log probabilities multiplied",
            lambda scores, log_probs: _keep_best(
                scores[..., None] * log_probs, log_probs.shape[-1]
            ),
            "You multiplied logarithms. Probabilities multiply; their logarithms add.",
            "54, step 9",
        ),
        Mistake(
            "parents and tokens swapped",
            lambda scores, log_probs: tuple(
                beam_step_reference(scores, log_probs)[k] for k in (0, 2, 1)
            ),
            "Parents and tokens come in the other order: place // V is the text, place % V the "
            "token.",
            "54, step 9",
        ),
        Mistake(
            "divided by K instead of V",
            lambda scores, log_probs: (
                (scores[..., None] + log_probs).flatten(1).topk(scores.shape[1]).values,
                (scores[..., None] + log_probs).flatten(1).topk(scores.shape[1]).indices
                // scores.shape[1],
                (scores[..., None] + log_probs).flatten(1).topk(scores.shape[1]).indices
                % scores.shape[1],
            ),
            "You split the flat place by K. A row of the (K, V) table is V long: // V and % V.",
            "54, step 9",
        ),
        Mistake(
            "the worst kept",
            lambda scores, log_probs: tuple(
                x
                for x in (
                    (scores[..., None] + log_probs)
                    .flatten(1)
                    .topk(scores.shape[1], largest=False)
                    .values,
                    (scores[..., None] + log_probs)
                    .flatten(1)
                    .topk(scores.shape[1], largest=False)
                    .indices
                    // log_probs.shape[-1],
                    (scores[..., None] + log_probs)
                    .flatten(1)
                    .topk(scores.shape[1], largest=False)
                    .indices
                    % log_probs.shape[-1],
                )
            ),
            "You kept the texts with the lowest log p. Less negative is likelier.",
            "54, step 9",
        ),
    ],
    hints=[
        "First the log p of all K * V longer texts, in one tensor (B, K, V). Then the K best of "
        "them, regardless of which text they come from.",
        "(scores[..., None] + log_probs).flatten(1).topk(K) gives values and flat places; "
        "place // V is the text, place % V the token.",
    ],
)
