"""Exercise of laboratory 23b: a batch for D of which half are fakes of former rounds."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, d, expect, named, normal

ABOUT = About(see="23b, step 2", difficulty=3, minutes=10, gradient=False)
HINTS = (
    "Two things are returned: what D sees, and what the memory holds afterwards. Which half of the "
    "fakes goes where, and where do the old ones come from?",
    "half = fake.shape[-2] // 2; batch = cat([fake[:half], memory[rows]]); in a clone of memory "
    "memory[rows] = fake[half:]. With leading dimensions: slice [..., :half, :].",
)


def mix_with_past(fake: Tensor, memory: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Give D half new, half old fakes; the new ones it does not see replace the old ones it sees.

    fake: (..., B, F) with B even, memory: (..., M, F), rows: (B / 2,) long, no row twice.
    -> batch (..., B, F): the first B / 2 fakes, then memory's rows; and the new memory, in which
    these rows hold the last B / 2 fakes (Shrivastava et al. 2017, section 2.3). Neither input is
    changed, and both results are constants (detached).
    """
    half = fake.shape[-2] // 2
    fake, memory = fake.detach(), memory.detach().clone()
    batch = torch.cat([fake[..., :half, :], memory[..., rows, :]], -2)
    memory[..., rows, :] = fake[..., half:, :]
    return batch, memory


def case(rng, n, n_memory, width, *games):
    """Fakes, a memory, and which of its rows are exchanged."""
    rows = torch.randperm(n_memory, generator=rng)[: n // 2]
    return normal(rng, *games, n, width), normal(rng, *games, n_memory, width), rows


def cases(rng):
    yield d([1.0], [2.0]), d([-1.0], [-2.0], [-3.0]), torch.tensor([1])
    yield case(rng, 4, 5, 3)
    yield case(rng, 6, 3, 2)
    yield case(rng, 2, 7, 3)
    yield case(rng, 4, 5, 3, 2)


def hard_cases(rng):
    fake, memory, rows = case(rng, 64, 256, 2, 5)
    yield fake.float(), memory.float(), rows


class Properties:
    @named("half of what D sees is new, half is old")
    def half_and_half(f, rng):
        fake, memory, rows = case(rng, 6, 8, 2)
        batch, _ = f(fake + 100, memory, rows)
        new = float((batch > 50).double().mean())
        close(new, 0.5, "the share of new fakes in the batch is {got}, asked for is {right}.")

    @named("nothing is lost and nothing is doubled")
    def conserved(f, rng):
        fake, memory, rows = case(rng, 6, 8, 2)
        batch, after = f(fake, memory, rows)
        total = float(batch.sum() + after.sum())
        says = "batch and memory together hold {got} in sum, the fakes and the old memory {right}."
        close(total, float(fake.sum() + memory.sum()), says)

    @named("constants come out")
    def constants(f, rng):
        fake, memory, rows = case(rng, 4, 5, 2)
        for result in f(fake.requires_grad_(), memory, rows):
            says = "what you return still hangs on the generator's graph: detach."
            expect(not result.requires_grad, says)


class Mistakes:
    @named("the memory is never renewed")
    def never_renewed(fake, memory, rows):
        """The batch is right, but the memory stays as it was: after a while D is shown the fakes
        of the first rounds for ever. Put the unseen new ones in their place."""
        return mix_with_past(fake, memory, rows)[0], memory.detach().clone()

    @named("the new fakes twice")
    def new_twice(fake, memory, rows):
        """You stored the fakes that D sees in this round. Store the other half, so that every
        fake is seen once."""
        half = fake.shape[-2] // 2
        batch, after = mix_with_past(fake, memory, rows)
        after[..., rows, :] = fake.detach()[..., :half, :]
        return batch, after

    @named("the memory is read after it is written")
    def read_too_late(fake, memory, rows):
        """You wrote the new fakes into the memory first and then read the same rows: the batch
        holds no old fake at all."""
        return fake.detach().clone(), mix_with_past(fake, memory, rows)[1]

    @named("still on the generator's graph")
    def attached(fake, memory, rows):
        """The numbers are right, but the memory holds the graphs of all former rounds, and D's
        loss reaches the generator: detach the fakes."""
        half, after = fake.shape[-2] // 2, memory.clone()
        after[..., rows, :] = fake[..., half:, :]
        return torch.cat([fake[..., :half, :], memory[..., rows, :]], -2), after

    @named("all fakes are old")
    def all_old(fake, memory, rows):
        """D sees no fake of this round. It must answer the generator of today as well: half new,
        half old."""
        batch, after = mix_with_past(fake, memory, rows)
        old = batch[..., fake.shape[-2] // 2 :, :]
        return torch.cat([old, old], -2), after
