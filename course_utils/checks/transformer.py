"""Exercises of lesson 53: attention, masks, heads, positions, a pre-norm block."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "53_transformer"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


# ---- scaled dot-product attention --------------------------------------------------------------


def dot_product_attention_reference(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Average values with weights softmax(q k^T / sqrt(d)) over the keys.

    q: (..., T, d) queries, k: (..., S, d) keys, v: (..., S, d_v) values -> (..., T, d_v).
    """
    scores = q @ k.mT / math.sqrt(q.shape[-1])  # (..., T, S)
    weights = scores.softmax(dim=-1)  # every query's weights over the S keys sum to 1
    return weights @ v


def _scores(q, k):
    return q @ k.mT / math.sqrt(q.shape[-1])


def _qkv(rng, *batch, n_queries, n_keys, width, width_v):
    return (
        2 * _normal(rng, *batch, n_queries, width),
        2 * _normal(rng, *batch, n_keys, width),
        _normal(rng, *batch, n_keys, width_v),
    )


def _same_values_stay(f, rng) -> str | None:
    q, k, _ = _qkv(rng, n_queries=3, n_keys=5, width=4, width_v=2)
    got = f(q, k, torch.full((5, 2), 7.0, dtype=torch.double))
    worst = float((got - 7).abs().max())
    if not worst < 1e-9:
        return (
            "where all values are 7, every weighted average of them is 7; yours is off by "
            f"{worst:.4g}, so some query's weights do not sum to 1."
        )
    return None


def _awake_at_any_width(f, rng) -> str | None:
    q, k = _normal(rng, 200, 4096), _normal(rng, 8, 4096)
    largest = float(f(q, k, torch.eye(8, dtype=torch.double)).amax(-1).mean())
    if not 0.2 < largest < 0.6:
        return (
            "for random queries and 8 random keys of width 4096 the largest weight is 0.36 on "
            f"average; yours is {largest:.3f} (1 is frozen, 0.125 is flat)."
        )
    return None


_WRONG_AXIS = "The softmax runs over the keys, the last dimension of the scores: .softmax(dim=-1)."

dot_product_attention = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=dot_product_attention_reference,
    cases=lambda rng: [
        _qkv(rng, n_queries=2, n_keys=3, width=4, width_v=2),
        _qkv(rng, 1, n_queries=4, n_keys=4, width=8, width_v=8),
        _qkv(rng, 3, n_queries=1, n_keys=5, width=2, width_v=3),
        _qkv(rng, 3, 2, n_queries=4, n_keys=6, width=9, width_v=5),
    ],
    properties=[
        Property("the weights of a query sum to 1", _same_values_stay),
        Property("awake at any width", _awake_at_any_width),
    ],
    mistakes=[
        Mistake(
            "no scale",
            lambda q, k, v: (q @ k.mT).softmax(-1) @ v,
            "You left out the division by sqrt(d). Scores grow like sqrt(d), the softmax "
            "saturates, and its gradient vanishes.",
            "53, step 2",
        ),
        Mistake(
            "divided by d instead of sqrt(d)",
            lambda q, k, v: (q @ k.mT / q.shape[-1]).softmax(-1) @ v,
            "The variance of a dot product is d, so its standard deviation is sqrt(d). Divided by "
            "d the scores shrink towards 0 and all weights become equal.",
            "53, step 2",
        ),
        Mistake(
            "scaled by the number of keys",
            lambda q, k, v: (q @ k.mT / math.sqrt(k.shape[-2])).softmax(-1) @ v,
            "You divided by the square root of the number of keys. The dot product sums over the "
            "d features, so d is the width of q and k: q.shape[-1].",
            "53, step 2",
        ),
        Mistake(
            "multiplied by sqrt(d)",
            lambda q, k, v: (q @ k.mT * math.sqrt(q.shape[-1])).softmax(-1) @ v,
            "You multiplied by sqrt(d). The scores are already sqrt(d) too large: divide.",
            "53, step 2",
        ),
        Mistake(
            "scaled after the softmax",
            lambda q, k, v: (q @ k.mT).softmax(-1) / math.sqrt(q.shape[-1]) @ v,
            "You divided the weights. The scores are scaled before the softmax; after it the "
            "weights have to sum to 1.",
            "53, step 2",
        ),
        Mistake(
            "softmax over the queries",
            lambda q, k, v: _scores(q, k).softmax(-2) @ v,
            "Your softmax runs down the queries: each key hands out a weight of 1 in total, and a "
            f"query may get 3 or nothing. {_WRONG_AXIS}",
            "53, step 1",
        ),
        Mistake(
            "softmax over dimension 1",
            lambda q, k, v: _scores(q, k).softmax(1) @ v,
            "softmax(1) is right for one sequence, but with a batch in front dimension 1 is "
            f"another one. {_WRONG_AXIS}",
            "53, step 1",
        ),
        Mistake(
            "no softmax",
            lambda q, k, v: _scores(q, k) @ v,
            "You multiplied raw scores with the values. A softmax turns the scores into weights "
            "that are positive and sum to 1.",
            "53, step 1",
        ),
        Mistake(
            "weights returned",
            lambda q, k, v: _scores(q, k).softmax(-1),
            "You return the weights. The output is their average of the values: weights @ v.",
            "53, step 1",
        ),
    ],
    hints=[
        "Three steps: scores of all pairs (one matrix product), weights (softmax over the keys), "
        "average of the values (another product).",
        "scores = q @ k.mT / math.sqrt(q.shape[-1]); .mT swaps the last two dimensions only. Then "
        "scores.softmax(dim=-1) @ v.",
    ],
)

# ---- the causal mask ---------------------------------------------------------------------------


def causal_mask_reference(n: int) -> Tensor:
    """Say who may look at whom. n: tokens -> (n, n) bool, [t, s] is True where s <= t."""
    return torch.ones(n, n, dtype=torch.bool).tril()


def _row_counts(f, rng) -> str | None:
    counts = f(5).double().sum(-1).tolist()
    if counts != [1, 2, 3, 4, 5]:
        return (
            "of 5 tokens the first sees 1 (itself), the second 2, ... the last 5; "
            f"in your mask they see {[round(c) if math.isfinite(c) else c for c in counts]}."
        )
    return None


def _sees_itself(f, rng) -> str | None:
    if not bool(f(4).diagonal().all()):
        return "a token may look at itself, but the diagonal of your mask says no."
    return None


causal_mask = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=3,
    reference=causal_mask_reference,
    cases=lambda rng: [(1,), (3,), (6,)],
    properties=[
        Property("token t sees t + 1 tokens", _row_counts),
        Property("every token sees itself", _sees_itself),
    ],
    mistakes=[
        Mistake(
            "True means blocked",
            lambda n: torch.ones(n, n, dtype=torch.bool).triu(1),
            "Your mask is True where looking is forbidden: the convention of "
            "nn.MultiheadAttention. Here, and in F.scaled_dot_product_attention, True allows.",
            "53, step 4",
        ),
        Mistake(
            "the wrong triangle",
            lambda n: torch.ones(n, n, dtype=torch.bool).triu(),
            "You kept the upper triangle: every token sees itself and the future. Rows are "
            "queries, columns are keys, so the past lies below the diagonal (tril).",
            "53, step 4",
        ),
        Mistake(
            "cannot see itself",
            lambda n: torch.ones(n, n, dtype=torch.bool).tril(-1),
            "Your diagonal is False. Token t predicts token t + 1, so it may read itself; and the "
            "first token would have nothing to look at (NaN).",
            "53, step 4",
        ),
        Mistake(
            "one step into the future",
            lambda n: torch.ones(n, n, dtype=torch.bool).tril(1),
            "Your mask allows s = t + 1, exactly the token that position t must predict. One "
            "diagonal too many, and the loss falls to 0.",
            "53, bug 1",
        ),
        Mistake(
            "numbers, not bool",
            lambda n: torch.ones(n, n).tril(),
            "The triangle is right, the type is not: use dtype=torch.bool. A float mask is added "
            "to the scores by torch, and adding 1 blocks nothing.",
            "53, step 4",
        ),
        Mistake(
            "an additive mask",
            lambda n: torch.full((n, n), -math.inf).triu(1),
            "You built the mask that is added to the scores (0 and -inf). Asked for is the bool "
            "one; masked_fill(~allowed, -inf) makes yours from it.",
            "53, step 4",
        ),
        Mistake(
            "everything allowed",
            lambda n: torch.ones(n, n, dtype=torch.bool),
            "Every token sees every token: the mask of an encoder. The upper triangle must be "
            "False.",
            "53, step 4",
        ),
    ],
    hints=[
        "Row t is the query, column s the key. Which entries have s <= t?",
        "torch.ones(n, n, dtype=torch.bool), then .tril() keeps the lower triangle, diagonal "
        "included.",
    ],
)

# ---- softmax with a mask -----------------------------------------------------------------------


def masked_softmax_reference(scores: Tensor, allowed: Tensor) -> Tensor:
    """Softmax over the allowed keys; the others get exactly 0.

    scores: (..., T, S), allowed: bool, broadcasts to scores, no row without a True
    -> weights (..., T, S), rows sum to 1.
    """
    return scores.masked_fill(~allowed, -math.inf).softmax(dim=-1)  # exp(-inf) = 0


def _mask_cases(rng) -> list[tuple]:
    lengths = torch.tensor([2, 4, 3])
    padding = torch.arange(4) < lengths[:, None, None]  # (3, 1, 4)
    causal = torch.ones(3, 3, dtype=torch.bool).tril()
    return [
        (_normal(rng, 3, 3), causal),
        (2 * _normal(rng, 1, 3, 3), causal),
        (_normal(rng, 3, 4, 4), padding),
        (_normal(rng, 3, 2, 3, 3), causal),
    ]


def _exactly_zero(f, rng) -> str | None:
    allowed = torch.ones(4, 4, dtype=torch.bool).tril()
    got = f(_normal(rng, 4, 4), allowed)
    worst = float(got[~allowed].abs().max())
    if worst != 0:
        return f"a blocked key must get the weight 0, yours get up to {worst:.4g}."
    return None


def _rows_sum_to_one(f, rng) -> str | None:
    allowed = torch.ones(4, 4, dtype=torch.bool).tril()
    sums = f(_normal(rng, 4, 4), allowed).sum(-1)
    if not bool(((sums - 1).abs() < 1e-9).all()):
        return f"the weights of a query sum to 1; your rows sum to {_few(sums)}."
    return None


def _deaf_to_blocked(f, rng) -> str | None:
    allowed = torch.tensor([[True, True, False]])
    got = f(torch.tensor([[0.0, 1.0, 900.0]], dtype=torch.double), allowed)
    want = torch.tensor([0.0, 1.0], dtype=torch.double).softmax(-1)
    if not bool(((got[0, :2] - want).abs() < 1e-9).all()):
        return (
            "the blocked score of [0, 1, 900 (blocked)] must not matter: the weights are "
            f"[0.2689, 0.7311, 0], yours are {_few(got[0])}."
        )
    return None


def _few(values: Tensor) -> str:
    return "[" + ", ".join(f"{v:.4g}" for v in values.tolist()) + "]"


masked_softmax = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=masked_softmax_reference,
    cases=_mask_cases,
    properties=[
        Property("blocked keys weigh exactly 0", _exactly_zero),
        Property("the weights of a query sum to 1", _rows_sum_to_one),
        Property("a blocked score does not matter", _deaf_to_blocked),
    ],
    mistakes=[
        Mistake(
            "-1 instead of -inf",
            lambda scores, allowed: scores.masked_fill(~allowed, -1.0).softmax(-1),
            "A score of -1 is an ordinary score, exp(-1) = 0.37. Only -inf gives the weight 0.",
            "53, step 4",
        ),
        Mistake(
            "0 instead of -inf",
            lambda scores, allowed: (scores * allowed).softmax(-1),
            "You set blocked scores to 0 (or to -1e-9, meant as -1e9). exp(0) = 1 is a large "
            "weight. Only -inf gives 0.",
            "53, step 4",
        ),
        Mistake(
            "mask after the softmax",
            lambda scores, allowed: scores.softmax(-1) * allowed,
            "You deleted weights after the softmax. The rows no longer sum to 1, and the blocked "
            "scores still sit in the denominator: the future leaks through it.",
            "53, bug 1",
        ),
        Mistake(
            "mask added as 0 and 1",
            lambda scores, allowed: (scores + allowed).softmax(-1),
            "You added the bool mask to the scores: that favours the allowed keys by a factor "
            "e, and blocks none.",
            "53, step 4",
        ),
        Mistake(
            "mask the wrong way round",
            lambda scores, allowed: scores.masked_fill(allowed, -math.inf).softmax(-1),
            "masked_fill writes where its mask is True, and you blocked the allowed keys: "
            "use ~allowed. A query that saw everything has nothing left: NaN.",
            "53, step 4",
        ),
        Mistake(
            "softmax over the queries",
            lambda scores, allowed: scores.masked_fill(~allowed, -math.inf).softmax(-2),
            "The mask is right, the axis is not: the softmax runs over the keys, dim=-1.",
            "53, step 1",
        ),
        Mistake(
            "no mask",
            lambda scores, allowed: scores.softmax(-1),
            "You did not use the mask: every key keeps its weight.",
            "53, step 4",
        ),
    ],
    hints=[
        "Which score x makes exp(x) exactly 0? Write it where looking is not allowed, before the "
        "softmax.",
        "scores.masked_fill(~allowed, -math.inf).softmax(dim=-1). masked_fill makes a new tensor; "
        "masked_fill_ would change the caller's.",
    ],
)

# ---- heads -------------------------------------------------------------------------------------


def split_heads_reference(x: Tensor, n_head: int) -> Tensor:
    """Give every head its own slice of the features of every token.

    x: (B, T, D), D a multiple of n_head -> (B, N, T, D/N); head h holds features h D/N ...
    """
    x = x.unflatten(-1, (n_head, -1))  # (B, T, N, D/N)
    return x.transpose(1, 2)  # (B, N, T, D/N)


def _first_slice(f, rng) -> str | None:
    x = torch.arange(24, dtype=torch.double).view(1, 3, 8)
    got = f(x, 2)
    if tuple(got.shape) != (1, 2, 3, 4) or not torch.equal(got[0, 0, 1], x[0, 1, :4]):
        found = _few(got.reshape(-1, got.shape[-1])[1]) if got.ndim else str(got)
        return (
            "for x = 0 ... 23 of shape (1, 3, 8) and 2 heads, head 0 of token 1 holds its first "
            f"half, [8, 9, 10, 11]; you give {found}."
        )
    return None


def _own_token_only(f, rng) -> str | None:
    x = _normal(rng, 2, 5, 6)
    other = x.clone()
    other[:, 3] += 1
    moved = (f(x, 3) != f(other, 3)).any(-1)
    if moved.shape != (2, 3, 5) or bool(moved[:, :, [0, 1, 2, 4]].any()):
        return "changing token 3 must change entry 3 of each head; yours changes at other places."
    return None


split_heads = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=split_heads_reference,
    cases=lambda rng: [
        (torch.arange(12, dtype=torch.double).view(1, 3, 4), 2),
        (_normal(rng, 3, 5, 6), 3),
        (_normal(rng, 2, 4, 8), 4),
        (_normal(rng, 3, 2, 4), 1),
    ],
    properties=[
        Property("a head holds a slice of features", _first_slice),
        Property("tokens stay apart", _own_token_only),
    ],
    mistakes=[
        Mistake(
            "reshaped without a transpose",
            lambda x, n_head: x.reshape(len(x), n_head, x.shape[1], -1),
            "reshape(B, N, T, D/N) has the right shape and the wrong numbers: it cuts the memory "
            "into rows, so that a head mixes tokens. First (B, T, N, D/N), then transpose(1, 2).",
            "53, step 7",
        ),
        Mistake(
            "interleaved features",
            lambda x, n_head: x.unflatten(-1, (-1, n_head)).permute(0, 3, 1, 2),
            "Your head h takes the features h, h + N, h + 2N, ... It would train as well, but "
            "weights from elsewhere mean slices: unflatten to (N, D/N), not (D/N, N).",
            "53, step 7",
        ),
        Mistake(
            "heads not moved forward",
            lambda x, n_head: x.unflatten(-1, (n_head, -1)),
            "You return (B, T, N, D/N). With the heads behind the tokens, q @ k.mT would compare "
            "the heads of one token with each other. Add transpose(1, 2).",
            "53, step 7",
        ),
        Mistake(
            "heads in front of the batch",
            lambda x, n_head: torch.stack(x.chunk(n_head, dim=-1)),
            "The slices are right, the order is (N, B, T, D/N). Batch first: stack with dim=1.",
            "53, step 7",
        ),
        Mistake(
            "split along the tokens",
            lambda x, n_head: x.mT.unflatten(1, (n_head, -1)),
            "Your last two dimensions are swapped: (B, N, D/N, T). Tokens come before features.",
            "53, step 7",
        ),
        Mistake(
            "the whole vector for every head",
            lambda x, n_head: x[:, None].expand(-1, n_head, -1, -1),
            "You gave each head all D features. Heads share the width: D/N each.",
            "53, step 7",
        ),
    ],
    hints=[
        "First cut the last dimension in two, (B, T, N, D/N). Which two dimensions have to change "
        "places then?",
        "x.unflatten(-1, (n_head, -1)).transpose(1, 2)",
    ],
)

# ---- sinusoidal positions ----------------------------------------------------------------------


def sinusoidal_positions_reference(n_positions: int, d_model: int) -> Tensor:
    """Sines and cosines of each position (Vaswani et al. 2017, section 3.5).

    n_positions: int, d_model: even int -> (n_positions, d_model) with [p, 2i] = sin(p r_i),
    [p, 2i+1] = cos(p r_i), r_i = 10000^(-2i/d_model).
    """
    rates = 10_000.0 ** (-torch.arange(0, d_model, 2) / d_model)  # (D/2,) radians a position
    angles = torch.arange(n_positions)[:, None] * rates  # (T, D/2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(-2)  # (T, D)


def _angles(n_positions, d_model, *, base=10_000.0, step=2, first=0):
    rates = base ** (-step * torch.arange(d_model // 2) / d_model)
    return torch.arange(first, first + n_positions)[:, None] * rates


def _interleave(a, b):
    return torch.stack([a, b], dim=-1).flatten(-2)


def _position_zero(f, rng) -> str | None:
    got = f(3, 4)[0]
    if not bool(((got - torch.tensor([0.0, 1.0, 0.0, 1.0])).abs() < 1e-6).all()):
        return f"position 0 is sin 0, cos 0, ... = [0, 1, 0, 1]; yours is {_few(got)}."
    return None


def _same_length(f, rng) -> str | None:
    squares = f(50, 8).double().square().sum(-1)
    if not bool(((squares - 4).abs() < 1e-4).all()):
        low, high = float(squares.min()), float(squares.max())
        return (
            "each pair is a point of the unit circle, so a row of 8 numbers has the squared "
            f"length 4; yours have {low:.4g} to {high:.4g}."
        )
    return None


sinusoidal_positions = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=sinusoidal_positions_reference,
    cases=lambda rng: [(1, 4), (3, 4), (7, 6), (40, 16)],
    tol=1e-4,  # float32 angles of different roundings
    properties=[
        Property("position 0 is 0, 1, 0, 1, ...", _position_zero),
        Property("all rows are equally long", _same_length),
    ],
    mistakes=[
        Mistake(
            "all sines, then all cosines",
            lambda n_positions, d_model: torch.cat(
                [_angles(n_positions, d_model).sin(), _angles(n_positions, d_model).cos()], -1
            ),
            "You put the sines in the first half and the cosines in the second. A fine layout, "
            "some libraries use it; asked for here is the paper's: sine and cosine take turns.",
            "53, step 5",
        ),
        Mistake(
            "cosine first",
            lambda n_positions, d_model: _interleave(
                _angles(n_positions, d_model).cos(), _angles(n_positions, d_model).sin()
            ),
            "Even columns are sines, odd ones cosines; yours are the other way round.",
            "53, step 5",
        ),
        Mistake(
            "exponent i/D instead of 2i/D",
            lambda n_positions, d_model: _interleave(
                _angles(n_positions, d_model, step=1).sin(),
                _angles(n_positions, d_model, step=1).cos(),
            ),
            "Pair i turns with the rate 10000^(-2i/D). Your slowest pair is a hundred times too "
            "fast: you counted pairs where the formula counts columns.",
            "53, step 5",
        ),
        Mistake(
            "a rate for every column",
            lambda n_positions, d_model: (
                lambda a: torch.where(torch.arange(d_model) % 2 == 0, a.sin(), a.cos())
            )(torch.arange(n_positions)[:, None] * 10_000.0 ** (-torch.arange(d_model) / d_model)),
            "Sine and cosine of a pair must turn with the same rate, or they are no point of a "
            "circle. Columns 2i and 2i + 1 share the rate 10000^(-2i/D).",
            "53, step 5",
        ),
        Mistake(
            "positions from 1",
            lambda n_positions, d_model: _interleave(
                _angles(n_positions, d_model, first=1).sin(),
                _angles(n_positions, d_model, first=1).cos(),
            ),
            "Your first row belongs to position 1. Count from 0, as the tokens do.",
            "53, step 5",
        ),
        Mistake(
            "sines only",
            lambda n_positions, d_model: _interleave(
                _angles(n_positions, d_model).sin(), _angles(n_positions, d_model).sin()
            ),
            "Odd columns are cosines. With sines alone two angles share one value, and a shift "
            "is no rotation.",
            "53, step 5",
        ),
        Mistake(
            "multiplied where the formula divides",
            lambda n_positions, d_model: _interleave(
                _angles(n_positions, d_model, step=-2).sin(),
                _angles(n_positions, d_model, step=-2).cos(),
            ),
            "Your rates are 10000^(+2i/D): thousands of turns from one position to the next. "
            "The exponent is negative, wavelengths grow from 2 pi to 10000 · 2 pi.",
            "53, step 5",
        ),
        Mistake(
            "base 1000",
            lambda n_positions, d_model: _interleave(
                _angles(n_positions, d_model, base=1000.0).sin(),
                _angles(n_positions, d_model, base=1000.0).cos(),
            ),
            "Your base is 1000, the paper's 10000 = 1e4.",
            "53, step 5",
        ),
    ],
    hints=[
        "D/2 rates, one angle for each position and rate, then sine and cosine of every angle.",
        "rates = 10_000.0 ** (-torch.arange(0, d_model, 2) / d_model); angles = "
        "torch.arange(n_positions)[:, None] * rates; torch.stack([sin, cos], dim=-1).flatten(-2) "
        "makes them take turns.",
    ],
)

# ---- rotary positions --------------------------------------------------------------------------


def rope_reference(x: Tensor, positions: Tensor) -> Tensor:
    """Rotate the pairs (x_i, x_{i+d/2}) of the token at position p by p r_i (Su et al. 2021).

    x: (..., T, d) queries or keys, d even; positions: (T,) long -> (..., T, d).
    r_i = 10000^(-2i/d) radians a position, i = 0 ... d/2 - 1.
    """
    width = x.shape[-1]
    rates = 10_000.0 ** (-torch.arange(0, width, 2, device=x.device, dtype=x.dtype) / width)
    angles = positions[:, None] * rates  # (T, d/2)
    cos, sin = angles.cos(), angles.sin()
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


def _turn(x, positions, *, step=2, sign=1, minus=-1):
    rates = 10_000.0 ** (-step * torch.arange(x.shape[-1] // 2, dtype=x.dtype) / x.shape[-1])
    angles = sign * positions[:, None] * rates
    a, b = x.chunk(2, dim=-1)
    cos, sin = angles.cos(), angles.sin()
    return torch.cat([a * cos + minus * b * sin, a * sin + b * cos], dim=-1)


def _turn_neighbours(x, positions):
    rates = 10_000.0 ** (-2 * torch.arange(x.shape[-1] // 2, dtype=x.dtype) / x.shape[-1])
    angles = positions[:, None] * rates
    a, b = x[..., ::2], x[..., 1::2]
    return _interleave(a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos())


def _turn_by_index(x, positions):
    return _turn(x, torch.arange(x.shape[-2]))


def _turn_one_rate(x, positions):
    return _turn(x, positions, step=0)


def _keeps_length(f, rng) -> str | None:
    x = _normal(rng, 6, 8)
    ratio = f(x, torch.arange(6)).norm(dim=-1) / x.norm(dim=-1)
    if not bool(((ratio - 1).abs() < 1e-6).all()):
        return f"a rotation keeps lengths; yours multiplies them by {_few(ratio)}."
    return None


def _distance_only(f, rng) -> str | None:
    q, k = _normal(rng, 1, 8), _normal(rng, 1, 8)

    def score(p: int, s: int) -> float:
        return float(f(q, torch.tensor([p]))[0] @ f(k, torch.tensor([s]))[0])

    here, far, other = score(7, 3), score(107, 103), score(7, 5)
    if not abs(here - far) < 1e-6:
        return (
            f"the score of positions 7 and 3 is {here:.4f}, of 107 and 103 {far:.4f}: with the "
            "same distance they must be equal."
        )
    if abs(here - other) < 1e-6:
        return f"distances 4 and 2 give the same score, {here:.4f}: the position has no effect."
    return None


rope = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=10,
    reference=rope_reference,
    tol=1e-5,  # rates computed in float32 are right, too
    cases=lambda rng: [
        (torch.tensor([[1.0, 0.0]], dtype=torch.double), torch.tensor([1])),
        (_normal(rng, 1, 3, 4), torch.arange(3)),
        (_normal(rng, 3, 2, 4, 8), torch.arange(4)),
        (_normal(rng, 3, 6), torch.tensor([5, 9, 2])),
    ],
    properties=[
        Property("lengths are kept", _keeps_length),
        Property("scores depend on the distance alone", _distance_only),
    ],
    mistakes=[
        Mistake(
            "neighbouring pairs",
            _turn_neighbours,
            "You rotate (x0, x1), (x2, x3), ...: the paper's layout, and as good. Asked for here "
            "is the other common one, (x_i, x_{i+d/2}); weights of one do not fit the other.",
            "53, step 6",
        ),
        Mistake(
            "rotated backwards",
            lambda x, positions: _turn(x, positions, sign=-1),
            "You rotate by minus the angle: a cos + b sin, b cos - a sin. Queries and keys would "
            "still agree with each other, but not with other people's weights.",
            "53, step 6",
        ),
        Mistake(
            "a plus where the rotation has a minus",
            lambda x, positions: _turn(x, positions, minus=1),
            "a cos + b sin beside a sin + b cos is no rotation: lengths change. The first "
            "one has a minus, a cos - b sin.",
            "53, step 6",
        ),
        Mistake(
            "exponent i/d instead of 2i/d",
            lambda x, positions: _turn(x, positions, step=1),
            "Pair i turns with the rate 10000^(-2i/d), i = 0 ... d/2 - 1. Your slow pairs are "
            "up to a hundred times too fast.",
            "53, step 6",
        ),
        Mistake(
            "the argument positions is ignored",
            _turn_by_index,
            "You count 0, 1, 2, ... yourself. A decoder that writes one token at a time passes "
            "that token's true position: use positions.",
            "53, step 6",
        ),
        Mistake(
            "one rate for all pairs",
            _turn_one_rate,
            "All your pairs turn by one radian a position. Different rates let some pairs count "
            "neighbours and others measure long distances.",
            "53, step 6",
        ),
        Mistake(
            "positions added, not rotated",
            lambda x, positions: (
                x
                + torch.cat(
                    [
                        f(
                            positions[:, None]
                            * 10_000.0
                            ** (-2 * torch.arange(x.shape[-1] // 2, dtype=x.dtype) / x.shape[-1])
                        )
                        for f in (torch.sin, torch.cos)
                    ],
                    -1,
                )
            ),
            "You added sines and cosines, as absolute positions do. Rotary positions multiply: "
            "each pair is turned by its angle.",
            "53, step 6",
        ),
        Mistake(
            "x returned unchanged",
            lambda x, positions: x.clone(),
            "Nothing is rotated: the score would not know the distance.",
            "53, step 6",
        ),
    ],
    hints=[
        "A point (a, b) turned by an angle is (a cos - b sin, a sin + b cos). Which numbers of x "
        "are a, which b?",
        "a, b = x.chunk(2, dim=-1); rates = 10_000.0 ** (-torch.arange(0, d, 2) / d) in x's dtype; "
        "angles = positions[:, None] * rates, shape (T, d/2); torch.cat of the two parts.",
    ],
)

# ---- a block with pre-norm ---------------------------------------------------------------------


def pre_norm_block_reference(x: Tensor, norm_1, attend, norm_2, mlp) -> Tensor:
    """Add two branches to the residual stream, each reading a normalised copy of it.

    x: (B, T, D); norm_1, attend, norm_2, mlp: functions (B, T, D) -> (B, T, D). Returns (B, T, D).
    """
    x = x + attend(norm_1(x))
    return x + mlp(norm_2(x))


def _unit(x: Tensor) -> Tensor:
    return F.layer_norm(x, x.shape[-1:])


def _block_case(rng, *shape):
    width = shape[-1]
    mix, w = 0.5 * _normal(rng, shape[-2], shape[-2]), _normal(rng, width, width)
    norm_2 = nn.LayerNorm(width, dtype=torch.double)
    with torch.no_grad():
        norm_2.weight.copy_(1 + 0.3 * _normal(rng, width))
        norm_2.bias.copy_(_normal(rng, width))
    norm_2.requires_grad_(False)
    return (3 * _normal(rng, *shape), _unit, lambda h: mix @ h, norm_2, lambda h: (h @ w).tanh())


def _identity_path(f, rng) -> str | None:
    x = _normal(rng, 2, 3, 4)
    got = f(x, _unit, torch.zeros_like, _unit, torch.zeros_like)
    worst = float((got - x).abs().max())
    if not worst < 1e-9:
        return (
            "if both branches return 0 the stream passes unchanged; yours is off by up to "
            f"{worst:.3g}."
        )
    return None


def _reads_normalised(f, rng) -> str | None:
    seen: list[float] = []

    def spy(h: Tensor) -> Tensor:
        seen.append(float(h.std(dim=-1, correction=0).mean()))
        return 5 * torch.ones_like(h).cumsum(-1)

    f(100 * _normal(rng, 2, 3, 8), _unit, spy, _unit, spy)
    if len(seen) != 2 or not all(abs(s - 1) < 1e-3 for s in seen):
        found = ", ".join(f"{s:.3g}" for s in seen) or "nothing"
        return f"each branch reads numbers of standard deviation 1; yours read {found}."
    return None


pre_norm_block = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=pre_norm_block_reference,
    cases=lambda rng: [
        _block_case(rng, 1, 2, 4),
        _block_case(rng, 3, 3, 5),
        _block_case(rng, 3, 1, 8),
    ],
    properties=[
        Property("with silent branches the stream is untouched", _identity_path),
        Property("branches read normalised numbers", _reads_normalised),
    ],
    mistakes=[
        Mistake(
            "post-norm",
            lambda x, norm_1, attend, norm_2, mlp: (lambda h: norm_2(h + mlp(h)))(
                norm_1(x + attend(x))
            ),
            "You normalise after each addition: the block of 2017. Pre-norm leaves the stream "
            "alone and normalises what a branch reads.",
            "53, step 8",
        ),
        Mistake(
            "no residual",
            lambda x, norm_1, attend, norm_2, mlp: mlp(norm_2(attend(norm_1(x)))),
            "You pass on the branches' outputs alone. They are added to the stream: x + ...",
            "53, step 8",
        ),
        Mistake(
            "the second residual is missing",
            lambda x, norm_1, attend, norm_2, mlp: mlp(norm_2(x + attend(norm_1(x)))),
            "The first branch is added, the second replaces the stream. Both are added.",
            "53, step 8",
        ),
        Mistake(
            "the stream is normalised, too",
            lambda x, norm_1, attend, norm_2, mlp: (
                lambda a: (lambda b: b + mlp(b))(norm_2(a + attend(a)))
            )(norm_1(x)),
            "You overwrite x with norm(x) and add to that. Keep x: only the branch reads the "
            "normalised copy.",
            "53, step 8",
        ),
        Mistake(
            "norm behind the branch",
            lambda x, norm_1, attend, norm_2, mlp: (lambda h: h + norm_2(mlp(h)))(
                x + norm_1(attend(x))
            ),
            "You normalise what the branch writes; pre-norm normalises what it reads.",
            "53, step 8",
        ),
        Mistake(
            "no norm",
            lambda x, norm_1, attend, norm_2, mlp: (lambda h: h + mlp(h))(x + attend(x)),
            "The branches read the raw stream, which grows with depth. Each reads norm(x).",
            "53, step 8",
        ),
        Mistake(
            "both branches read the input",
            lambda x, norm_1, attend, norm_2, mlp: x + attend(norm_1(x)) + mlp(norm_2(x)),
            "Your MLP reads x, not x after attention. Such parallel blocks exist, but here the "
            "MLP sees what attention has gathered.",
            "53, step 8",
        ),
        Mistake(
            "the norms swapped",
            lambda x, norm_1, attend, norm_2, mlp: pre_norm_block_reference(
                x, norm_2, attend, norm_1, mlp
            ),
            "norm_1 belongs to attention, norm_2 to the MLP; each has weights of its own.",
            "53, step 8",
        ),
    ],
    hints=[
        "Two lines. In each, something is added to x; what does that something read?",
        "x = x + attend(norm_1(x)), then the same with norm_2 and mlp.",
    ],
)
