"""Exercises of lesson 84: one noise for all processes, a bound in chunks, the hours of a run."""

import math

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "84_full_vae"


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.double)


def _rng(seed: int, used: int = 0) -> torch.Generator:
    """A generator from which ``used`` numbers have been drawn: the coins come before the noise."""
    rng = torch.Generator().manual_seed(seed)
    torch.rand(used, generator=rng)
    return rng


# ---- the noise of one process -------------------------------------------------------------------


def noise_for_process_reference(
    rng: torch.Generator, batch_size: int, z_dim: int, rank: int, size: int
) -> Tensor:
    """Return the rows of the batch's standard normal noise that belong to process ``rank``.

    rng: this step's generator, alike in all processes; batch_size: of all ``size`` processes
    together, a multiple of size. Process 0 gets the first rows -> (batch_size / size, z_dim).
    """
    eps = torch.randn(batch_size, z_dim, generator=rng, device=rng.device)  # the same everywhere
    return eps.tensor_split(size)[rank]


def _one_curve(f, rng) -> str | None:
    whole = torch.randn(6, 2, generator=_rng(5))
    parts = torch.cat([f(_rng(5), 6, 2, rank, 3) for rank in range(3)])
    if parts.shape != whole.shape:
        return f"three processes together hold {tuple(parts.shape)} numbers, one alone (6, 2)."
    if not torch.equal(parts, whole):
        off = (parts - whole).abs().max().item()
        return (
            "laid one after the other, the rows of three processes are not the noise that one "
            f"process alone would draw: they differ by up to {off:.2f}."
        )
    return None


def _different(f, rng) -> str | None:
    a, b = (f(_rng(8), 4, 3, rank, 2) for rank in range(2))
    if torch.equal(a, b):
        return "processes 0 and 1 got the same noise: their errors do not average out."
    return None


def _rows(rank: int, share: int) -> slice:
    return slice(rank * share, (rank + 1) * share)


noise_for_process = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=noise_for_process_reference,
    cases=lambda rng: [(_rng(1), 4, 1, 1, 2), (_rng(2), 1, 3, 0, 1), (_rng(3, 50), 9, 2, 2, 3)],
    properties=[
        Property("N processes draw what one would draw", _one_curve),
        Property("no two processes share their noise", _different),
    ],
    mistakes=[
        Mistake(
            "every process draws its own rows",
            lambda rng, batch_size, z_dim, rank, size: torch.randn(
                batch_size // size, z_dim, generator=rng
            ),
            "All processes hold the same generator, so all draw the same rows: four processes make "
            "four copies of one noise. Draw the whole batch's noise and take your rows.",
            "84, step 3",
        ),
        Mistake(
            "rows taken in turns",
            lambda rng, batch_size, z_dim, rank, size: torch.randn(
                batch_size, z_dim, generator=rng
            )[rank::size],
            "You deal the rows out like cards. The pictures are cut into blocks (world.share), so "
            "your noise meets other pictures than in a run of one process.",
            "84, step 3",
        ),
        Mistake(
            "a generator that was not given",
            lambda rng, batch_size, z_dim, rank, size: torch.randn(
                batch_size, z_dim, generator=_rng(0)
            )[_rows(rank, batch_size // size)],
            "Your noise does not come from rng: it is the same at every step, or (with the global "
            "state) another one after a resume.",
            "84, step 3",
        ),
        Mistake(
            "uniform noise",
            lambda rng, batch_size, z_dim, rank, size: torch.rand(batch_size, z_dim, generator=rng)[
                _rows(rank, batch_size // size)
            ],
            "torch.rand draws from 0 to 1. The noise of a code is standard normal: torch.randn.",
            "31, step 5",
        ),
        Mistake(
            "the whole batch's noise",
            lambda rng, batch_size, z_dim, rank, size: torch.randn(
                batch_size, z_dim, generator=rng
            ),
            "You return the noise of all processes; this one needs batch_size / size rows.",
            "84, step 3",
        ),
    ],
    hints=[
        "If all processes draw all the noise of the batch from rng, what is left to do?",
        "eps = torch.randn(batch_size, z_dim, generator=rng); return eps.tensor_split(size)[rank].",
    ],
)

# ---- the bound, some draws at a time ------------------------------------------------------------


def iwae_in_chunks_reference(chunks: list[Tensor]) -> Tensor:
    """Importance-weighted bound log (1/K sum_k w_k), its K draws given a chunk at a time.

    chunks: [(K_1, B), (K_2, B), ...] log weights; K = K_1 + K_2 + ... -> (B,), nats.
    """
    total, n_draws = torch.full_like(chunks[0][0], -math.inf), 0
    for log_w in chunks:  # only (B,) numbers are kept
        total = torch.logaddexp(total, torch.logsumexp(log_w, dim=0))
        n_draws += len(log_w)
    return total - math.log(n_draws)


def _plain_iwae(log_w: Tensor) -> Tensor:
    return torch.logsumexp(log_w, 0) - math.log(len(log_w))


def _any_cut(f, rng) -> str | None:
    log_w = 3 * _normal(rng, 12, 2)
    bounds = [f(list(log_w.split(n))) for n in (12, 5, 1)]
    off = max((b - bounds[0]).abs().max().item() for b in bounds)
    if not off < 1e-9:
        return (
            "twelve draws in chunks of 12, of 5 and of 1 must give one bound; yours differ by "
            f"{off:.3f} nats."
        )
    return None


def _no_underflow(f, rng) -> str | None:
    value = f([torch.full((2, 1), -2000.0).double(), torch.full((3, 1), -2000.0).double()])
    if not (value + 2000).abs().max() < 1e-9:
        return f"five weights of exp(-2000) have the bound -2000 nats, you return {float(value)}."
    return None


def _chunk_cases(rng: torch.Generator) -> list[tuple]:
    return [
        ([torch.tensor([[-1.0], [-3.0]]).double(), torch.tensor([[0.5]]).double()],),
        ([2 * _normal(rng, 4, 3) - 50, 2 * _normal(rng, 4, 3) - 50, 2 * _normal(rng, 2, 3) - 50],),
        ([_normal(rng, 1, 1), _normal(rng, 5, 1)],),
    ]


iwae_in_chunks = Exercise(
    lesson=LESSON,
    difficulty=3,
    minutes=8,
    reference=iwae_in_chunks_reference,
    cases=_chunk_cases,
    properties=[
        Property("the cut into chunks does not matter", _any_cut),
        Property("very small weights are kept", _no_underflow),
    ],
    mistakes=[
        Mistake(
            "the mean of the chunks' bounds",
            lambda chunks: torch.stack([_plain_iwae(c) for c in chunks]).mean(0),
            "You averaged the bounds. That is the bound of a few draws, not of all of them: the "
            "weights must meet before the logarithm.",
            "84, step 4",
        ),
        Mistake(
            "not divided by K",
            lambda chunks: torch.logsumexp(torch.cat(chunks), 0),
            "You summed the weights and did not divide by K: the figure is log K nats too good.",
            "84, step 4",
        ),
        Mistake(
            "chunks weighed alike",
            lambda chunks: (
                torch.logsumexp(torch.stack([_plain_iwae(c) for c in chunks]), 0)
                - math.log(len(chunks))
            ),
            "You took the mean of the chunks' means. A last chunk of fewer draws then counts for "
            "more a draw than the others: carry sums and one count.",
            "84, step 4",
        ),
        Mistake(
            "the ELBO",
            lambda chunks: torch.cat(chunks).mean(0),
            "The mean of the log weights is the ELBO. Here the mean comes before the logarithm.",
            "31, step 7",
        ),
        Mistake(
            "divided by the number of chunks",
            lambda chunks: torch.logsumexp(torch.cat(chunks), 0) - math.log(len(chunks)),
            "K counts draws, not chunks.",
            "84, step 4",
        ),
        Mistake(
            "weights added as numbers",
            lambda chunks: (
                sum(c.sub(100).exp().float().sum(0) for c in chunks).log().double()
                + 100
                - math.log(sum(len(c) for c in chunks))
            ),
            "You left the logarithm, and the weights underflow: exp(-100) is less than float32 can "
            "hold. Add with torch.logaddexp or torch.logsumexp.",
            "84, step 4",
        ),
    ],
    hints=[
        "The sum over all draws is the sum of the chunks' sums. Keep its logarithm and the count.",
        "total = torch.logaddexp(total, torch.logsumexp(chunk, 0)); n += len(chunk); at the end "
        "total - math.log(n).",
    ],
    tol=1e-9,
)

# ---- the hours of a run --------------------------------------------------------------------------


def run_hours_reference(macs: float, n_examples: float, stated_rate: float, share: float) -> float:
    """Estimate the device hours of a training run from its arithmetic alone.

    macs: multiply-adds of one example's forward pass; n_examples: examples seen in the whole run;
    stated_rate: the device's operations/s (a multiply-add is two); share: what part of it the run
    reaches, 0..1. A backward pass costs two forward passes -> hours.
    """
    operations = 3 * 2 * macs * n_examples  # forward once, backward twice; multiply and add
    return operations / (share * stated_rate) / 3600


def _doubling(f, rng) -> str | None:
    slow, fast = f(1e6, 1e9, 1e14, 0.1), f(1e6, 1e9, 1e14, 0.2)
    if not math.isclose(slow, 2 * fast, rel_tol=1e-9):
        return (
            f"a run that reaches half the share takes twice as long; yours: {slow:.4g} hours at "
            f"0.1 and {fast:.4g} at 0.2."
        )
    return None


def _one_hour(f, rng) -> str | None:
    hours = f(1e9, 3600 * 1e3 / 6, 1e12, 1.0)  # 3.6e15 operations at 1e12 a second
    if not math.isclose(hours, 1.0, rel_tol=1e-9):
        return f"3.6e15 operations at 1e12 a second are one hour, you return {hours:.4g}."
    return None


run_hours = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=run_hours_reference,
    cases=lambda rng: [
        (1e6, 5e7, 1e14, 0.25),
        (4e5, 1.0, 1e9, 1.0),
        (2.5e9, 3e8, 9.89e14, 0.4),
    ],
    properties=[
        Property("half the share, twice the hours", _doubling),
        Property("one hour, by hand", _one_hour),
    ],
    mistakes=[
        Mistake(
            "forward only",
            lambda macs, n_examples, stated_rate, share: (
                2 * macs * n_examples / (share * stated_rate) / 3600
            ),
            "You priced the forward pass. The backward pass costs two more.",
            "84, step 8",
        ),
        Mistake(
            "a multiply-add as one operation",
            lambda macs, n_examples, stated_rate, share: (
                3 * macs * n_examples / (share * stated_rate) / 3600
            ),
            "Data sheets count a multiply-add as two operations; macs counts it as one.",
            "84, step 8",
        ),
        Mistake(
            "the stated rate taken as reached",
            lambda macs, n_examples, stated_rate, share: 6 * macs * n_examples / stated_rate / 3600,
            "No run reaches the data sheet's rate. Divide by share times that rate.",
            "84, step 8",
        ),
        Mistake(
            "multiplied by the share",
            lambda macs, n_examples, stated_rate, share: (
                6 * macs * n_examples * share / stated_rate / 3600
            ),
            "A smaller share must make the run longer: the share belongs under the line.",
            "84, step 8",
        ),
        Mistake(
            "seconds",
            lambda macs, n_examples, stated_rate, share: (
                6 * macs * n_examples / (share * stated_rate)
            ),
            "These are seconds; an hour has 3,600 of them.",
            "84, step 8",
        ),
    ],
    hints=[
        "How many operations does one example cost, forward and backward together?",
        "6 · macs · n_examples operations, share · stated_rate of them a second, 3,600 s an hour.",
    ],
)
