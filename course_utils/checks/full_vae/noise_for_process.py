"""Lesson 84: Return the rows of the batch's standard normal noise that belong to process ``r"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named

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
    return [(_rng(1), 4, 1, 1, 2), (_rng(2), 1, 3, 0, 1), (_rng(3, 50), 9, 2, 2, 3)]


def _rng(seed: int, used: int = 0) -> torch.Generator:
    """A generator from which ``used`` numbers have been drawn: the coins come before the noise."""
    rng = torch.Generator().manual_seed(seed)
    torch.rand(used, generator=rng)
    return rng


def _rows(rank: int, share: int) -> slice:
    return slice(rank * share, (rank + 1) * share)


class Properties:
    def N_processes_draw_what_one_would_draw(f, rng):
        whole = torch.randn(6, 2, generator=_rng(5))
        parts = torch.cat([f(_rng(5), 6, 2, rank, 3) for rank in range(3)])
        if parts.shape != whole.shape:
            raise Fails(
                f"three processes together hold {tuple(parts.shape)} numbers, one alone (6, 2)."
            )
        if not torch.equal(parts, whole):
            off = (parts - whole).abs().max().item()
            raise Fails(
                "laid one after the other, the rows of three processes are not the noise that one "
                f"process alone would draw: they differ by up to {off:.2f}."
            )

    def no_two_processes_share_their_noise(f, rng):
        a, b = (f(_rng(8), 4, 3, rank, 2) for rank in range(2))
        if torch.equal(a, b):
            raise Fails("processes 0 and 1 got the same noise: their errors do not average out.")


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
        """Your noise does not come from rng: it is the same at every step, or (with the global
        state) another one after a resume."""
        return torch.randn(batch_size, z_dim, generator=_rng(0))[_rows(rank, batch_size // size)]

    @named("uniform noise", see="31, step 5")
    def uniform_noise(rng, batch_size, z_dim, rank, size):
        """torch.rand draws from 0 to 1. The noise of a code is standard normal: torch.randn."""
        return torch.rand(batch_size, z_dim, generator=rng)[_rows(rank, batch_size // size)]

    @named("the whole batch's noise")
    def the_whole_batch_s_noise(rng, batch_size, z_dim, rank, size):
        """You return the noise of all processes; this one needs batch_size / size rows."""
        return torch.randn(batch_size, z_dim, generator=rng)
