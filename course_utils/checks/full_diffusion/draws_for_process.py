"""Lesson 85: Return the noise and the timesteps of the pictures that belong to process ``ran"""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="85, step 3", difficulty=2, minutes=6)
HINTS = (
    "If all processes draw everything for the whole batch from rng, what is left to do?",
    "eps = torch.randn(shape, generator=rng, device=rng.device); t likewise, by "
    "torch.randint(n_timesteps, shape[:1], ...). Of both the part .tensor_split(size)[rank].",
)


def draws_for_process(
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


def cases(rng):
    return [
        (_rng(1), (4, 1, 2, 2), 20, 1, 2),
        (_rng(2), (1, 1, 1, 3), 1000, 0, 1),
        (_rng(3, 50), (9, 3, 1, 1), 50, 2, 3),
        (_rng(4, 7), (6, 1, 3, 2), 9, 1, 3),
    ]


def _rng(seed: int, used: int = 0) -> torch.Generator:
    """A generator from which ``used`` numbers have been drawn: hidden labels come before."""
    rng = torch.Generator().manual_seed(seed)
    torch.rand(used, generator=rng)
    return rng


def _rows(x: Tensor, rank: int, size: int) -> Tensor:
    return x.tensor_split(size)[rank]


class Properties:
    def N_processes_draw_what_one_would_draw(f, rng):
        whole = f(_rng(5), (6, 1, 2, 2), 50, 0, 1)
        parts = [f(_rng(5), (6, 1, 2, 2), 50, rank, 3) for rank in range(3)]
        for name, one, pieces in zip(
            ("noise", "timesteps"), whole, zip(*parts, strict=True), strict=True
        ):
            joined = torch.cat(list(pieces))
            if joined.shape != one.shape or not torch.equal(joined, one):
                raise Fails(
                    f"laid one after the other, the {name} of three processes are not those that one "
                    "process alone would draw."
                )

    def every_timestep_occurs(f, rng):
        _, t = f(_rng(9), (400, 1, 1, 1), 4, 0, 1)
        found = sorted(set(t.tolist()))
        if found != [0, 1, 2, 3]:
            raise Fails(
                f"400 pictures, 4 timesteps: each of 0, 1, 2, 3 must occur, yours are {found}."
            )


class Mistakes:
    def every_process_draws_its_own_rows(rng, shape, n_timesteps, rank, size):
        """All processes hold the same generator, so all draw the same: four processes make four
        copies of one noise. Draw for the whole batch and take your rows."""
        mine = (shape[0] // size, *shape[1:])
        return torch.randn(mine, generator=rng), torch.randint(n_timesteps, mine[:1], generator=rng)

    def timesteps_drawn_for_the_own_rows_only(rng, shape, n_timesteps, rank, size):
        """The noise is right, but every process gets the same timesteps, the first ones. Draw all B
        of them, then take your rows."""
        eps = torch.randn(shape, generator=rng)
        return _rows(eps, rank, size), torch.randint(
            n_timesteps, (shape[0] // size,), generator=rng
        )

    @named("one timestep for the whole batch", see="41, step 2")
    def one_timestep_for_the_whole_batch(rng, shape, n_timesteps, rank, size):
        """Every picture has a timestep of its own; one for all makes the gradient far noisier."""
        eps = torch.randn(shape, generator=rng)
        t = torch.randint(n_timesteps, (1,), generator=rng).expand(shape[0] // size)
        return _rows(eps, rank, size), t.clone()

    @named("timesteps from 1", see="41, look first")
    def timesteps_from_1(rng, shape, n_timesteps, rank, size):
        """Timesteps count from 0 here: the lowest noise is t = 0, the highest n_timesteps - 1.
        Yours reads one past the end of the table."""
        eps, t = draws_for_process(rng, shape, n_timesteps, rank, size)
        return eps, t + 1

    def timesteps_drawn_first(rng, shape, n_timesteps, rank, size):
        """A fair draw, but another one: a generator's order is part of the recipe, and whoever
        exchanges two lines gets another run. Here the noise comes first."""
        t = torch.randint(n_timesteps, shape[:1], generator=rng)
        return _rows(torch.randn(shape, generator=rng), rank, size), _rows(t, rank, size)

    def rows_taken_in_turns(rng, shape, n_timesteps, rank, size):
        """You deal the rows out like cards. The pictures are cut into blocks (world.share), so your
        noise meets other pictures than in a run of one process."""
        eps = torch.randn(shape, generator=rng)
        return eps[rank::size], torch.randint(n_timesteps, shape[:1], generator=rng)[rank::size]

    @named("uniform noise", see="41, step 1")
    def uniform_noise(rng, shape, n_timesteps, rank, size):
        """torch.rand draws from 0 to 1. The noise here is standard normal: torch.randn."""
        eps = torch.rand(shape, generator=rng)
        t = torch.randint(n_timesteps, shape[:1], generator=rng)
        return _rows(eps, rank, size), _rows(t, rank, size)

    @named("the last timestep never drawn", see="41, look first")
    def the_last_timestep_never_drawn(rng, shape, n_timesteps, rank, size):
        """torch.randint leaves its upper end out by itself: randint(n_timesteps) draws 0 to
        n_timesteps - 1. Yours never trains the highest noise."""
        return draws_for_process(rng, shape, n_timesteps - 1, rank, size)

    def the_draws_of_the_whole_batch(rng, shape, n_timesteps, rank, size):
        """You return the draws of all processes; this one needs B / size rows."""
        return draws_for_process(rng, shape, n_timesteps, 0, 1)

    def the_first_rows_for_every_process(rng, shape, n_timesteps, rank, size):
        """You do not use rank: every process gets the rows of process 0."""
        return draws_for_process(rng, shape, n_timesteps, 0, size)

    def a_generator_that_was_not_given(rng, shape, n_timesteps, rank, size):
        """Your draws do not come from rng: they are the same at every step, or (with the global
        state) others after a resume."""
        return draws_for_process(_rng(0), shape, n_timesteps, rank, size)

    def the_generator_started_again(rng, shape, n_timesteps, rank, size):
        """You begin again from rng's seed. Which labels are hidden was drawn from it before: go on
        from where it is, or the noise repeats those numbers."""
        again = _rng(rng.initial_seed())
        return draws_for_process(again, shape, n_timesteps, rank, size)
