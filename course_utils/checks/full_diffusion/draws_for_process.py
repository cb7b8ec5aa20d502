"""Exercise of lesson 85: one process's rows of the whole batch's noise and timesteps."""

import torch
from torch import Tensor

from course_utils.checks.shared.shares import LARGE, PLACES, going_on, same_as_one
from course_utils.exercises.spec import About, expect, named

ABOUT = About(see="85, step 2", difficulty=2, minutes=6)
HINTS = (
    "If all processes draw everything for the whole batch from rng, what is left to do?",
    "eps = torch.randn(shape, generator=rng, device=rng.device); t likewise, by "
    "torch.randint(n_timesteps, shape[:1], ...). Of both the part .tensor_split(size)[rank].",
)


def draws_for_process(
    rng: torch.Generator, shape: tuple[int, ...], n_timesteps: int, rank: int, size: int
) -> tuple[Tensor, Tensor]:
    """Normal noise, then timesteps 0 .. n_timesteps - 1, of the pictures of process ``rank``.

    rng: alike in all processes; draw from it, on its device, by torch.randn, then torch.randint.
    shape: (B, C, H, W) of the whole batch, B a multiple of size. Process 0 gets the first rows
    -> eps (B / size, C, H, W), t (B / size,) long.
    """
    eps = torch.randn(shape, generator=rng, device=rng.device)  # the same in every process
    t = torch.randint(n_timesteps, shape[:1], generator=rng, device=rng.device)
    return eps.tensor_split(size)[rank], t.tensor_split(size)[rank]


def cases(rng):
    pictures = ((1, 2, 1), (1, 1, 3), (3, 1, 2), (2, 3, 4))
    counts = (20, 1000, 50, 9)
    for (seed, used, b, rank, size), picture, n in zip(PLACES, pictures, counts, strict=True):
        yield going_on(seed, used), (b, *picture), n, rank, size


def hard_cases(rng):
    seed, used, b, rank, size = LARGE
    yield going_on(seed, used), (b, 1, 28, 28), 1000, rank, size


class Properties:
    def N_processes_draw_what_one_would_draw(f, rng):
        shape, n = (6, 1, 2, 2), 50
        parts = [f(going_on(5), shape, n, rank, 3) for rank in range(3)]
        whole = f(going_on(5), shape, n, 0, 1)
        for k, what in enumerate(("noise", "timesteps")):
            same_as_one([p[k] for p in parts], whole[k], what)

    def every_timestep_occurs(f, rng):
        found = sorted(set(f(going_on(9), (400, 1, 1, 1), 4, 0, 1)[1].tolist()))
        says = f"400 pictures, 4 timesteps: each of 0, 1, 2, 3 must occur, yours are {found[:9]}."
        expect(found == [0, 1, 2, 3], says)


class Mistakes:
    def every_process_draws_its_own_rows(rng, shape, n_timesteps, rank, size):
        """All processes hold the same generator, so all draw the same: four processes make four
        copies of one noise. Draw for the whole batch and take your rows."""
        mine = (shape[0] // size, *shape[1:])
        return torch.randn(mine, generator=rng), torch.randint(n_timesteps, mine[:1], generator=rng)

    def timesteps_drawn_for_the_own_rows_only(rng, shape, n_timesteps, rank, size):
        """The noise is right, but every process gets the same timesteps, the first ones. Draw all B
        of them, then take your rows."""
        eps = torch.randn(shape, generator=rng).tensor_split(size)[rank]
        return eps, torch.randint(n_timesteps, (len(eps),), generator=rng)

    @named("one timestep for the whole batch")
    def one_timestep(rng, shape, n_timesteps, rank, size):
        """Every picture has a timestep of its own; one for all makes the gradient far noisier."""
        eps = torch.randn(shape, generator=rng).tensor_split(size)[rank]
        return eps, torch.randint(n_timesteps, (1,), generator=rng).repeat(len(eps))

    def timesteps_drawn_first(rng, shape, n_timesteps, rank, size):
        """A fair draw, but another one: a generator's order is part of the recipe, and whoever
        exchanges two lines gets another run. Here the noise comes first."""
        t = torch.randint(n_timesteps, shape[:1], generator=rng).tensor_split(size)[rank]
        return torch.randn(shape, generator=rng).tensor_split(size)[rank], t

    def rows_taken_in_turns(rng, shape, n_timesteps, rank, size):
        """You deal the rows out like cards. The pictures are cut into blocks (world.share), so your
        noise meets other pictures than in a run of one process."""
        eps = torch.randn(shape, generator=rng)
        return eps[rank::size], torch.randint(n_timesteps, shape[:1], generator=rng)[rank::size]
