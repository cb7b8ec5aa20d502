"""Exercises of lesson 82: the ring's schedule and its bytes, the mean over processes, shards."""

import itertools

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "82_distributed"


# ---- the ring's schedule -----------------------------------------------------------------------


def chunk_to_send_reference(rank: int, step: int, n: int) -> int:
    """Number of the chunk that a process sends to its right neighbour in one step of the ring.

    rank: 0..n-1; step: 0..2n-3, the first n-1 add up, the others hand out; n: processes -> 0..n-1.
    Process r begins with chunk r; later it sends on the chunk it received one step before.
    """
    return (rank - step) % n


def _schedule(n: int) -> list[tuple]:
    return [(rank, step, n) for rank in range(n) for step in range(2 * (n - 1))]


def _adds_up(f, rng) -> str | None:
    n = 4
    values = torch.randn(n, n, generator=rng, dtype=torch.double)
    held = values.clone()  # held[process, chunk]
    for step in range(2 * (n - 1)):
        sent = [(r, f(r, step, n) % n) for r in range(n)]
        content = [held[r, c].item() for r, c in sent]
        for (r, c), value in zip(sent, content, strict=True):
            add = held[(r + 1) % n, c].item() if step < n - 1 else 0.0
            held[(r + 1) % n, c] = value + add
    wrong = ((held - values.sum(0)).abs() > 1e-9).sum().item()
    if wrong:
        return f"a ring of 4 that follows your schedule ends with {wrong} of 16 chunks not the sum."
    return None


def _in_range(f, rng) -> str | None:
    for rank, step, n in [(0, 1, 4), (1, 5, 4), (0, 13, 8)]:
        c = f(rank, step, n)
        if not 0 <= c < n:
            return f"chunks are numbered 0..{n - 1}; for ({rank}, {step}, {n}) you return {c}."
    return None


chunk_to_send = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=chunk_to_send_reference,
    cases=lambda rng: [*_schedule(2), *_schedule(3), *_schedule(5)],
    properties=[
        Property("the ring ends with the sum everywhere", _adds_up),
        Property("the number is that of a chunk", _in_range),
    ],
    mistakes=[
        Mistake(
            "the ring turns the other way",
            lambda rank, step, n: (rank + step) % n,
            "You go up with the step. What process r received came from its left neighbour r - 1, "
            "which had sent chunk r - 1 in step 0: go down.",
            "82, step 2",
        ),
        Mistake(
            "not wrapped round",
            lambda rank, step, n: rank - step,
            "Your number becomes negative: chunk -1 is chunk n - 1. Take it modulo n.",
            "82, step 2",
        ),
        Mistake(
            "the same chunk in every step",
            lambda rank, step, n: rank % n,
            "Each process sends its own chunk again and again. Send on what you received (and "
            "added to) one step before.",
            "82, step 2",
        ),
        Mistake(
            "handing out starts over",
            lambda rank, step, n: (rank - (step if step < n - 1 else step - (n - 1))) % n,
            "You begin the second half with chunk r again. After n - 1 steps process r holds the "
            "complete chunk r + 1, not r: that one goes round.",
            "82, step 2",
        ),
        Mistake(
            "one step ahead",
            lambda rank, step, n: (rank - step - 1) % n,
            "In step 0 process r sends chunk r; yours starts with chunk r - 1.",
            "82, step 2",
        ),
    ],
    hints=[
        "Write down four processes. Step 0: r sends chunk r. What did r receive, and from whom? "
        "That is what it sends in step 1.",
        "From r - 1 it received chunk r - 1, so step 1 sends r - 1, step 2 sends r - 2 ... modulo "
        "n. The second half goes on with the same formula.",
    ],
)

# ---- bytes of a ring ---------------------------------------------------------------------------


def ring_bytes_reference(n: int, size: float) -> float:
    """Bytes that each process sends in one ring all-reduce: 2 (n - 1) / n * size.

    n: processes, >= 1; size: bytes of the tensor -> bytes sent by one process.
    """
    return 2 * (n - 1) / n * size


def _alone_is_free(f, rng) -> str | None:
    got = f(1, 1000.0)
    if abs(got) > 1e-9:
        return f"a process alone sends nothing, yours sends {got:g} bytes."
    return None


def _never_above_twice(f, rng) -> str | None:
    got = f(1024, 1000.0)
    if not 1990 < got < 2000:
        return f"with 1024 processes each sends a little under 2 x 1000 bytes; you return {got:g}."
    return None


ring_bytes = Exercise(
    lesson=LESSON,
    difficulty=1,
    minutes=4,
    reference=ring_bytes_reference,
    cases=lambda rng: [(1, 100.0), (2, 100.0), (3, 90.0), (8, 4e6), (64, 1e9)],
    properties=[
        Property("a process alone sends nothing", _alone_is_free),
        Property("it stays below twice the size", _never_above_twice),
    ],
    mistakes=[
        Mistake(
            "half of the ring",
            lambda n, size: (n - 1) / n * size,
            "You counted n - 1 steps. They leave each process with one finished chunk; n - 1 more "
            "steps hand the finished chunks out.",
            "82, step 2",
        ),
        Mistake(
            "whole tensors instead of chunks",
            lambda n, size: 2 * (n - 1) * size,
            "You send the whole tensor in each of the 2 (n - 1) steps, or count what all processes "
            "send together. Each sends one chunk, size / n, a step.",
            "82, step 1",
        ),
        Mistake(
            "the limit",
            lambda n, size: 2 * size,
            "2 x size is the limit for many processes. With n processes one of n chunks need not "
            "travel: the factor is (n - 1) / n.",
            "82, step 2",
        ),
        Mistake(
            "divided by n - 1",
            lambda n, size: 2 * size / max(1, n - 1) * (n > 1),
            "The tensor is cut into n chunks, one a process, and there are n - 1 steps in each "
            "half: 2 (n - 1) messages of size / n.",
            "82, step 2",
        ),
    ],
    hints=[
        "How many steps does the ring take, and how large is the message of one step?",
        "2 (n - 1) steps, each sends one chunk of size / n.",
    ],
)

# ---- the mean over processes -------------------------------------------------------------------


def combine_reference(means: Tensor, counts: Tensor) -> Tensor:
    """Mean over all rows, from each process's mean over its own rows: sum_r n_r m_r / sum_r n_r.

    means: (N, D), one row a process; counts: (N,), rows each process had -> (D,).
    """
    weights = counts.to(means.dtype) / counts.sum()  # (N,)
    return weights @ means  # (D,)


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _combine_cases(rng: torch.Generator) -> list[tuple]:
    return [
        (_normal(rng, 1, 3), torch.tensor([7])),
        (_normal(rng, 2, 3), torch.tensor([32, 32])),
        (_normal(rng, 3, 4), torch.tensor([32, 32, 5])),
        (_normal(rng, 4, 1), torch.tensor([1, 2, 3, 10])),
    ]


def _is_the_mean(f, rng) -> str | None:
    rows, counts = _normal(rng, 10, 2), torch.tensor([6, 3, 1])
    means = torch.stack([part.mean(0) for part in rows.split(counts.tolist())])
    gap = float((f(means, counts) - rows.mean(0)).abs().max())
    if not gap < 1e-9:
        return f"10 rows split 6 + 3 + 1: your mean differs from that of all rows by {gap:.3g}."
    return None


def _same_stays(f, rng) -> str | None:
    got = f(torch.ones(3, 2).double(), torch.tensor([4, 4, 4]))
    if not (got - 1).abs().max() < 1e-9:
        return f"where all processes have the gradient 1, the mean is 1; you return {got.tolist()}."
    return None


combine = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=combine_reference,
    cases=_combine_cases,
    properties=[
        Property("it is the mean over all rows", _is_the_mean),
        Property("equal gradients stay what they are", _same_stays),
    ],
    mistakes=[
        Mistake(
            "summed instead of averaged",
            lambda means, counts: means.sum(0),
            "You add the processes' gradients: with N processes that is a learning rate N times as "
            "large. An all-reduce sums; the division is yours.",
            "82, bug 2",
        ),
        Mistake(
            "mean of means",
            lambda means, counts: means.mean(0),
            "Every process counts the same in your mean, also one that had five rows. It is right "
            "for equal shares only; weight each process by its rows.",
            "82, step 3",
        ),
        Mistake(
            "weighted, not divided",
            lambda means, counts: counts.to(means.dtype) @ means,
            "You return the sum over all rows. Divide by how many rows there are.",
            "82, step 3",
        ),
        Mistake(
            "divided by the processes",
            lambda means, counts: counts.to(means.dtype) @ means / len(means),
            "You weight by rows and divide by processes. Divide by the sum of the weights.",
            "82, step 3",
        ),
        Mistake(
            "divided twice",
            lambda means, counts: combine_reference(means, counts) / len(means),
            "Right, and then divided by N once more: a loss that was already a mean is divided "
            "again. The gradient shrinks as processes are added.",
            "82, step 3",
        ),
        Mistake(
            "first process only",
            lambda means, counts: means[0],
            "You return the gradient of process 0: the others work for nothing.",
            "82, bug 1",
        ),
    ],
    hints=[
        "A process's mean times its rows is its sum. What is the mean of all rows?",
        "weights = counts / counts.sum(); a weighted sum over the first axis is weights @ means.",
    ],
)

# ---- memory ------------------------------------------------------------------------------------


def state_bytes_reference(n_weights: int, n: int, stage: int) -> float:
    """Bytes of training state that one process holds between updates, float32 with Adam.

    n_weights: weights of the net; n: processes; stage: 0 all replicated (DDP), 1 Adam's two moments
    sharded, 2 gradients too, 3 weights too (FSDP) -> bytes. Each number takes 4 bytes.
    """
    weights, grads, moments = 4 * n_weights, 4 * n_weights, 8 * n_weights
    if stage >= 1:
        moments = moments / n
    if stage >= 2:
        grads = grads / n
    if stage >= 3:
        weights = weights / n
    return float(weights + grads + moments)


def _alone_nothing_changes(f, rng) -> str | None:
    got = [f(1000, 1, stage) for stage in range(4)]
    if any(abs(v - 16000) > 1e-6 for v in got):
        return f"one process holds 16 bytes a weight in every stage: 16000, you return {got}."
    return None


def _more_is_less(f, rng) -> str | None:
    got = [f(1000, 4, stage) for stage in range(4)]
    if not all(a > b for a, b in itertools.pairwise(got)):
        return f"each stage shards one thing more; for 1000 weights, 4 processes you return {got}."
    return None


def _stages(weights: float, grads: float, moments: float):
    """A wrong rule: from which stage on each part is sharded (9: never)."""

    def rule(n_weights, n, stage):
        parts = ((4, weights), (4, grads), (8, moments))
        return float(sum(b * n_weights / (n if stage >= s else 1) for b, s in parts))

    return rule


state_bytes = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=state_bytes_reference,
    cases=lambda rng: [
        (1000, 1, 0),
        *[(120_000, 4, stage) for stage in range(4)],
        (7, 2, 3),
        *[(90_000, 3, stage) for stage in range(4)],
    ],
    properties=[
        Property("alone nothing changes", _alone_nothing_changes),
        Property("every stage saves something", _more_is_less),
    ],
    mistakes=[
        Mistake(
            "the optimizer forgotten",
            lambda n_weights, n, stage: float(
                4 * n_weights / (n if stage >= 3 else 1) + 4 * n_weights / (n if stage >= 2 else 1)
            ),
            "Adam keeps two numbers a weight (the moments): half of all bytes, and what stage 1 "
            "shards.",
            "82, step 8",
        ),
        Mistake(
            "one moment",
            lambda n_weights, n, stage: (
                state_bytes_reference(n_weights, n, stage)
                - 4 * n_weights / (n if stage >= 1 else 1)
            ),
            "You count one moment. Adam keeps the mean of the gradient and that of its square: 8 "
            "bytes a weight.",
            "82, step 8",
        ),
        Mistake(
            "everything sharded at once",
            _stages(1, 1, 1),
            "From stage 1 on you divide everything by n. Stage 1 shards the moments only, stage 2 "
            "gradients too, stage 3 weights too.",
            "82, step 8",
        ),
        Mistake(
            "the order reversed",
            _stages(1, 2, 3),
            "You shard the weights first. The moments come first: nobody but the optimizer needs "
            "them, so sharding them costs no message more.",
            "82, step 8",
        ),
        Mistake(
            "weights never sharded",
            _stages(9, 2, 1),
            "In stage 3 the weights are sharded as well; a layer's are gathered to compute it.",
            "82, step 8",
        ),
    ],
    hints=[
        "Three things: weights (4 bytes each), gradients (4), Adam's moments (8). Stage k shards "
        "the first k of: moments, gradients, weights.",
        "Divide moments by n if stage >= 1, gradients if >= 2, weights if >= 3; add all three.",
    ],
)
