"""Exercise of lesson 84: one process's rows of the whole batch's noise."""

import torch
from torch import Tensor

from course_utils.checks.shared.shares import LARGE, PLACES, going_on, same_as_one
from course_utils.exercises.spec import About

ABOUT = About(see="84, step 3", difficulty=2, minutes=6)
HINTS = (
    "If all processes draw all the noise of the batch from rng, what is left to do?",
    "eps = torch.randn(batch_size, z_dim, generator=rng); return eps.tensor_split(size)[rank].",
)


def noise_for_process(
    rng: torch.Generator, batch_size: int, z_dim: int, rank: int, size: int
) -> Tensor:
    """Return the rows of the batch's standard normal noise that belong to process ``rank``.

    rng: this step's generator, alike in all processes; batch_size: of all ``size`` processes
    together, a multiple of size. Process 0 gets the first rows -> (batch_size / size, z_dim).
    """
    eps = torch.randn(batch_size, z_dim, generator=rng, device=rng.device)  # the same everywhere
    return eps.tensor_split(size)[rank]


def cases(rng):
    for z_dim, (seed, used, batch_size, rank, size) in enumerate(PLACES, 1):
        yield going_on(seed, used), batch_size, z_dim, rank, size


def hard_cases(rng):
    seed, used, batch_size, rank, size = LARGE
    yield going_on(seed, used), batch_size, 50, rank, size


class Properties:
    def N_processes_draw_what_one_would_draw(f, rng):
        parts = [f(going_on(5), 6, 2, rank, 3) for rank in range(3)]
        same_as_one(parts, torch.randn(6, 2, generator=going_on(5)), "noise")


class Mistakes:
    def every_process_draws_its_own_rows(rng, batch_size, z_dim, rank, size):
        """All processes hold the same generator, so all draw the same rows: four processes make
        four copies of one noise. Draw the whole batch's noise and take your rows."""
        return torch.randn(batch_size // size, z_dim, generator=rng)

    def rows_taken_in_turns(rng, batch_size, z_dim, rank, size):
        """You deal the rows out like cards. The pictures are cut into blocks (world.share), so your
        noise meets other pictures than in a run of one process."""
        return torch.randn(batch_size, z_dim, generator=rng)[rank::size]

    def a_generator_that_was_not_given(rng, batch_size, z_dim, rank, size):
        """Your noise does not come from rng, but from torch's global state: another one after a
        resume, and another one in every process."""
        return torch.randn(batch_size, z_dim).tensor_split(size)[rank]

    def a_seed_of_its_own_for_each_process(rng, batch_size, z_dim, rank, size):
        """You seed with the rank. The processes then differ, but together they draw another batch
        than one process alone: two processes are no longer the same run as one."""
        own = torch.Generator().manual_seed(rng.initial_seed() + rank)
        return torch.randn(batch_size // size, z_dim, generator=own)

    def uniform_noise(rng, batch_size, z_dim, rank, size):
        """torch.rand draws from 0 to 1. The noise of a code is standard normal: torch.randn."""
        return torch.rand(batch_size, z_dim, generator=rng).tensor_split(size)[rank]
