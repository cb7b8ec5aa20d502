"""Exercises of lesson 85: noise and times of a process, the cost of a convolution, a decay."""

import math

import torch
from torch import Tensor

from course_utils.exercises import Exercise, Mistake, Property

LESSON = "85_full_diffusion"


def _rng(seed: int, used: int = 0) -> torch.Generator:
    """A generator from which ``used`` numbers have been drawn: hidden labels come before."""
    rng = torch.Generator().manual_seed(seed)
    torch.rand(used, generator=rng)
    return rng


# ---- noise and timesteps of one process ----------------------------------------------------------


def draws_for_process_reference(
    rng: torch.Generator, shape: tuple[int, ...], n_timesteps: int, rank: int, size: int
) -> tuple[Tensor, Tensor]:
    """Return the noise and the timesteps of the pictures that belong to process ``rank``.

    rng: this step's generator, alike in all processes, on the device where the results must lie;
    shape: (B, C, H, W) of the whole batch, B a multiple of size. First the standard normal noise
    is drawn, then the timesteps, 0 .. n_timesteps - 1, one a picture. Process 0 gets the first
    rows -> eps (B / size, C, H, W), t (B / size,) long.
    """
    eps = torch.randn(shape, generator=rng, device=rng.device)  # the same in every process
    t = torch.randint(n_timesteps, shape[:1], generator=rng, device=rng.device)
    return eps.tensor_split(size)[rank], t.tensor_split(size)[rank]


def _rows(x: Tensor, rank: int, size: int) -> Tensor:
    return x.tensor_split(size)[rank]


def _own_rows(rng, shape, n_timesteps, rank, size):
    mine = (shape[0] // size, *shape[1:])
    return torch.randn(mine, generator=rng), torch.randint(n_timesteps, mine[:1], generator=rng)


def _own_times(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng)
    return _rows(eps, rank, size), torch.randint(n_timesteps, (shape[0] // size,), generator=rng)


def _one_time(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng)
    t = torch.randint(n_timesteps, (1,), generator=rng).expand(shape[0] // size)
    return _rows(eps, rank, size), t.clone()


def _from_one(rng, shape, n_timesteps, rank, size):
    eps, t = draws_for_process_reference(rng, shape, n_timesteps, rank, size)
    return eps, t + 1


def _in_turns(rng, shape, n_timesteps, rank, size):
    eps = torch.randn(shape, generator=rng)
    return eps[rank::size], torch.randint(n_timesteps, shape[:1], generator=rng)[rank::size]


def _uniform_noise(rng, shape, n_timesteps, rank, size):
    eps = torch.rand(shape, generator=rng)
    t = torch.randint(n_timesteps, shape[:1], generator=rng)
    return _rows(eps, rank, size), _rows(t, rank, size)


def _short_of_last(rng, shape, n_timesteps, rank, size):
    return draws_for_process_reference(rng, shape, n_timesteps - 1, rank, size)


def _whole_batch(rng, shape, n_timesteps, rank, size):
    return draws_for_process_reference(rng, shape, n_timesteps, 0, 1)


def _rank_ignored(rng, shape, n_timesteps, rank, size):
    return draws_for_process_reference(rng, shape, n_timesteps, 0, size)


def _not_given(rng, shape, n_timesteps, rank, size):
    return draws_for_process_reference(_rng(0), shape, n_timesteps, rank, size)


def _started_again(rng, shape, n_timesteps, rank, size):
    again = _rng(rng.initial_seed())
    return draws_for_process_reference(again, shape, n_timesteps, rank, size)


def _times_first(rng, shape, n_timesteps, rank, size):
    t = torch.randint(n_timesteps, shape[:1], generator=rng)
    return _rows(torch.randn(shape, generator=rng), rank, size), _rows(t, rank, size)


def _one_curve(f, rng) -> str | None:
    whole = f(_rng(5), (6, 1, 2, 2), 50, 0, 1)
    parts = [f(_rng(5), (6, 1, 2, 2), 50, rank, 3) for rank in range(3)]
    for name, one, pieces in zip(
        ("noise", "timesteps"), whole, zip(*parts, strict=True), strict=True
    ):
        joined = torch.cat(list(pieces))
        if joined.shape != one.shape or not torch.equal(joined, one):
            return (
                f"laid one after the other, the {name} of three processes are not those that one "
                "process alone would draw."
            )
    return None


def _every_level(f, rng) -> str | None:
    _, t = f(_rng(9), (400, 1, 1, 1), 4, 0, 1)
    found = sorted(set(t.tolist()))
    if found != [0, 1, 2, 3]:
        return f"400 pictures, 4 timesteps: each of 0, 1, 2, 3 must occur, yours are {found}."
    return None


draws_for_process = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=6,
    reference=draws_for_process_reference,
    cases=lambda rng: [
        (_rng(1), (4, 1, 2, 2), 20, 1, 2),
        (_rng(2), (1, 1, 1, 3), 1000, 0, 1),
        (_rng(3, 50), (9, 3, 1, 1), 50, 2, 3),
        (_rng(4, 7), (6, 1, 3, 2), 9, 1, 3),
    ],
    properties=[
        Property("N processes draw what one would draw", _one_curve),
        Property("every timestep occurs", _every_level),
    ],
    mistakes=[
        Mistake(
            "every process draws its own rows",
            _own_rows,
            "All processes hold the same generator, so all draw the same: four processes make four "
            "copies of one noise. Draw for the whole batch and take your rows.",
            "85, step 3",
        ),
        Mistake(
            "timesteps drawn for the own rows only",
            _own_times,
            "The noise is right, but every process gets the same timesteps, the first ones. Draw "
            "all B of them, then take your rows.",
            "85, step 3",
        ),
        Mistake(
            "one timestep for the whole batch",
            _one_time,
            "Every picture has a timestep of its own; one for all makes the gradient far noisier.",
            "41, step 2",
        ),
        Mistake(
            "timesteps from 1",
            _from_one,
            "Timesteps count from 0 here: the lowest noise is t = 0, the highest n_timesteps - 1. "
            "Yours reads one past the end of the table.",
            "41, look first",
        ),
        Mistake(
            "timesteps drawn first",
            _times_first,
            "A fair draw, but another one: a generator's order is part of the recipe, and whoever "
            "exchanges two lines gets another run. Here the noise comes first.",
            "85, step 3",
        ),
        Mistake(
            "rows taken in turns",
            _in_turns,
            "You deal the rows out like cards. The pictures are cut into blocks (world.share), so "
            "your noise meets other pictures than in a run of one process.",
            "85, step 3",
        ),
        Mistake(
            "uniform noise",
            _uniform_noise,
            "torch.rand draws from 0 to 1. The noise here is standard normal: torch.randn.",
            "41, step 1",
        ),
        Mistake(
            "the last timestep never drawn",
            _short_of_last,
            "torch.randint leaves its upper end out by itself: randint(n_timesteps) draws 0 to "
            "n_timesteps - 1. Yours never trains the highest noise.",
            "41, look first",
        ),
        Mistake(
            "the draws of the whole batch",
            _whole_batch,
            "You return the draws of all processes; this one needs B / size rows.",
            "85, step 3",
        ),
        Mistake(
            "the first rows for every process",
            _rank_ignored,
            "You do not use rank: every process gets the rows of process 0.",
            "85, step 3",
        ),
        Mistake(
            "a generator that was not given",
            _not_given,
            "Your draws do not come from rng: they are the same at every step, or (with the global "
            "state) others after a resume.",
            "85, step 3",
        ),
        Mistake(
            "the generator started again",
            _started_again,
            "You begin again from rng's seed. Which labels are hidden was drawn from it before: go "
            "on from where it is, or the noise repeats those numbers.",
            "85, step 3",
        ),
    ],
    hints=[
        "If all processes draw everything for the whole batch from rng, what is left to do?",
        "eps = torch.randn(shape, generator=rng, device=rng.device); t likewise, by "
        "torch.randint(n_timesteps, shape[:1], ...). Of both the part .tensor_split(size)[rank].",
    ],
)

# ---- the cost of a convolution -------------------------------------------------------------------


def conv_macs_reference(
    c_in: int, c_out: int, kernel: int, height: int, width: int, stride: int
) -> int:
    """Count the multiply-adds of one convolution on one picture (bias and padding left out).

    height, width: of its input; the input is padded so that stride 1 keeps the size and stride s
    gives ceil(height / s) rows and ceil(width / s) columns. kernel: its side -> multiply-adds.
    """
    places = math.ceil(height / stride) * math.ceil(width / stride)  # where the kernel is put down
    return c_in * c_out * kernel**2 * places


def _places(height: int, width: int, stride: int) -> int:
    return math.ceil(height / stride) * math.ceil(width / stride)


def _starts(last_row: int, last_column: int, stride: int) -> int:
    return (last_row // stride + 1) * (last_column // stride + 1)


def _pointwise(f, rng) -> str | None:
    found = f(7, 5, 1, 3, 4, 1)
    if found != 7 * 5 * 12:
        return (
            "a 1 x 1 convolution is a linear layer at each of the 12 places: 7 · 5 · 12 = 420 "
            f"multiply-adds, you return {found}."
        )
    return None


def _halving(f, rng) -> str | None:
    full, half = f(3, 8, 3, 16, 16, 1), f(3, 8, 3, 16, 16, 2)
    if full != 4 * half:
        return (
            f"stride 2 puts the kernel down at a quarter of the places; yours: {full} and {half}."
        )
    return None


conv_macs = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=conv_macs_reference,
    cases=lambda rng: [
        (2, 3, 3, 4, 4, 1),
        (1, 1, 5, 1, 3, 1),
        (16, 32, 3, 7, 5, 2),
        (4, 6, 1, 10, 5, 3),
        (3, 2, 4, 6, 9, 2),
    ],
    properties=[
        Property("a 1 x 1 convolution is a linear layer", _pointwise),
        Property("stride 2 costs a quarter", _halving),
    ],
    mistakes=[
        Mistake(
            "kernel not squared",
            lambda c_in, c_out, kernel, height, width, stride: (
                c_in * c_out * kernel * _places(height, width, stride)
            ),
            "A kernel of side k covers k² pixels.",
            "85, step 10",
        ),
        Mistake(
            "the stride forgotten",
            lambda c_in, c_out, kernel, height, width, stride: (
                c_in * c_out * kernel**2 * height * width
            ),
            "You put the kernel down at every place of the input. With a stride it is put down "
            "once for every place of the output.",
            "85, step 10",
        ),
        Mistake(
            "rounded down",
            lambda c_in, c_out, kernel, height, width, stride: (
                c_in * c_out * kernel**2 * (height // stride) * (width // stride)
            ),
            "7 rows at stride 2 make 4 rows, not 3: with this padding the kernel starts at rows 0, "
            "2, 4 and 6.",
            "85, step 10",
        ),
        Mistake(
            "operations instead of multiply-adds",
            lambda c_in, c_out, kernel, height, width, stride: (
                2 * c_in * c_out * kernel**2 * _places(height, width, stride)
            ),
            "You counted multiplication and addition apart. macs counts the pair once; the factor "
            "2 comes later.",
            "85, step 10",
        ),
        Mistake(
            "one filter",
            lambda c_in, c_out, kernel, height, width, stride: (
                c_in * kernel**2 * _places(height, width, stride)
            ),
            "That is one output channel. There are c_out of them, each with a kernel of its own.",
            "85, step 10",
        ),
        Mistake(
            "channels added",
            lambda c_in, c_out, kernel, height, width, stride: (
                (c_in + c_out) * kernel**2 * _places(height, width, stride)
            ),
            "Every input channel meets every output channel: the channels multiply.",
            "85, step 10",
        ),
        Mistake(
            "the stride in one direction",
            lambda c_in, c_out, kernel, height, width, stride: (
                c_in * c_out * kernel**2 * height * width // stride
            ),
            "A stride thins out rows and columns: with stride 2 a quarter of the places is left.",
            "85, step 10",
        ),
        Mistake(
            "parts of a place",
            lambda c_in, c_out, kernel, height, width, stride: (
                c_in * c_out * kernel**2 * height * width / stride**2
            ),
            "You did not round: 7 rows at stride 2 are 4 rows of the output, not 3.5.",
            "85, step 10",
        ),
        Mistake(
            "no padding",
            lambda c_in, c_out, kernel, height, width, stride: (
                c_in * c_out * kernel**2 * _starts(height - kernel, width - kernel, stride)
            ),
            "You let the kernel stay inside the picture. Here the input is padded: stride 1 keeps "
            "the size.",
            "85, step 10",
        ),
        Mistake(
            "an even kernel padded on both sides",
            lambda c_in, c_out, kernel, height, width, stride: (
                c_in * c_out * kernel**2 * _starts(height - kernel % 2, width - kernel % 2, stride)
            ),
            "Right for odd kernels. kernel // 2 on both sides of an even one can make the output "
            "a row too large; the size stated is ceil(height / stride).",
            "85, step 10",
        ),
    ],
    hints=[
        "What does one number of the output cost, and how many numbers has the output?",
        "One number: c_in · kernel². The output: c_out · ceil(height / stride) · ceil(width / "
        "stride) numbers.",
    ],
)

# ---- the decay of an average ---------------------------------------------------------------------


def decay_for_reference(share: float, n_steps: int) -> float:
    """Choose the decay of a weight average by its mean age, given as a share of the run.

    The average holds the weights of j updates ago with weight (1 - d) d^j, j = 0, 1, 2, ...: their
    mean age is d / (1 - d) updates. share: wanted mean age / n_steps, 0..1 -> d, 0..1.
    """
    age = share * n_steps  # updates
    return age / (1 + age)


def _measured_age(f, rng) -> str | None:
    d = float(f(0.05, 400))  # 20 updates
    if not 0 <= d < 1:
        return f"a decay is at least 0 and less than 1, you return {d:.4g} for share 0.05 of 400."
    j = torch.arange(5000, dtype=torch.double)
    age = float(((1 - d) * d**j * j).sum())
    if not abs(age - 20) < 1e-3:
        return f"0.05 of 400 updates are 20; summed up, your average's mean age is {age:.2f}."
    return None


def _nothing(f, rng) -> str | None:
    d = float(f(0.0, 100))
    if not abs(d) < 1e-9:
        return f"an average of mean age 0 is the last weights themselves: d = 0, not {d:.4g}."
    return None


decay_for = Exercise(
    lesson=LESSON,
    difficulty=2,
    minutes=5,
    reference=decay_for_reference,
    cases=lambda rng: [(0.1, 100), (0.02, 900), (0.5, 3), (0.1, 30_000), (0.3, 1), (1.0, 7)],
    properties=[
        Property("the mean age is the one asked for", _measured_age),
        Property("age 0 means no average", _nothing),
    ],
    mistakes=[
        Mistake(
            "1 - 1 / age",
            lambda share, n_steps: 1 - 1 / (share * n_steps) if share else 0.0,
            "Nearly: with 1 / (1 - d) = age the count starts at 1, and the newest weights have age "
            "0. Solve d / (1 - d) = age for d.",
            "85, step 5",
        ),
        Mistake(
            "a half-life",
            lambda share, n_steps: 0.5 ** (1 / (share * n_steps)) if share else 0.0,
            "Your average forgets half of itself in that time; its mean age is longer by 1 / ln 2. "
            "Both are used in papers: say which.",
            "85, step 5",
        ),
        Mistake(
            "a time constant",
            lambda share, n_steps: math.exp(-1 / (share * n_steps)) if share else 0.0,
            "With exp(-1 / age) the weights fall to 1 / e in that time, and their mean age comes "
            "out about half an update short. Solve d / (1 - d) = age for d.",
            "85, step 5",
        ),
        Mistake(
            "a span",
            lambda share, n_steps: 1 - 2 / (share * n_steps + 1) if share else 0.0,
            "That is the rule for a span, the window of a plain mean that would be as old: its "
            "mean age is only about half of what was asked for.",
            "85, step 5",
        ),
        Mistake(
            "the share of the newest weights",
            lambda share, n_steps: 1 / (1 + share * n_steps),
            "That is 1 - d, what is taken from the new weights. The decay is what is kept.",
            "85, step 5",
        ),
        Mistake(
            "the whole run",
            lambda share, n_steps: n_steps / (1 + n_steps),
            "You set the mean age to the whole run; multiply by share.",
            "85, step 5",
        ),
        Mistake(
            "1 - share",
            lambda share, n_steps: 1 - share,
            "A decay counts updates. With d = 0.9 the mean age is 9 updates, however long the run.",
            "85, step 5",
        ),
    ],
    hints=[
        "How many updates is the wanted mean age? Call it a, and solve d / (1 - d) = a.",
        "a = share · n_steps and d = a / (1 + a).",
    ],
    tol=1e-7,
)
