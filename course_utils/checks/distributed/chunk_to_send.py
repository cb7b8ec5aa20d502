"""Lesson 82: Number of the chunk that a process sends to its right neighbour in one step of"""

import torch

from course_utils.exercises.spec import About, Fails

ABOUT = About(see="82, step 2", difficulty=3, minutes=8)
HINTS = (
    "Write down four processes. Step 0: r sends chunk r. What did r receive, and from whom? "
    "That is what it sends in step 1.",
    "From r - 1 it received chunk r - 1, so step 1 sends r - 1, step 2 sends r - 2 ... modulo "
    "n. The second half goes on with the same formula.",
)


def chunk_to_send(rank: int, step: int, n: int) -> int:
    """Number of the chunk that a process sends to its right neighbour in one step of the ring.

    rank: 0..n-1; step: 0..2n-3, the first n-1 add up, the others hand out; n: processes -> 0..n-1.
    Process r begins with chunk r; later it sends on the chunk it received one step before.
    """
    return (rank - step) % n


def cases(rng):
    return [*_schedule(2), *_schedule(3), *_schedule(5)]


def _schedule(n: int) -> list[tuple]:
    return [(rank, step, n) for rank in range(n) for step in range(2 * (n - 1))]


class Properties:
    def the_ring_ends_with_the_sum_everywhere(f, rng):
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
            raise Fails(
                f"a ring of 4 that follows your schedule ends with {wrong} of 16 chunks not the sum."
            )

    def the_number_is_that_of_a_chunk(f, rng):
        for rank, step, n in [(0, 1, 4), (1, 5, 4), (0, 13, 8)]:
            c = f(rank, step, n)
            if not 0 <= c < n:
                raise Fails(
                    f"chunks are numbered 0..{n - 1}; for ({rank}, {step}, {n}) you return {c}."
                )


class Mistakes:
    def the_ring_turns_the_other_way(rank, step, n):
        """You go up with the step. What process r received came from its left neighbour r - 1,
        which had sent chunk r - 1 in step 0: go down."""
        return (rank + step) % n

    def not_wrapped_round(rank, step, n):
        """Your number becomes negative: chunk -1 is chunk n - 1. Take it modulo n."""
        return rank - step

    def the_same_chunk_in_every_step(rank, step, n):
        """Each process sends its own chunk again and again. Send on what you received (and added
        to) one step before."""
        return rank % n

    def handing_out_starts_over(rank, step, n):
        """You begin the second half with chunk r again. After n - 1 steps process r holds the
        complete chunk r + 1, not r: that one goes round."""
        return (rank - (step if step < n - 1 else step - (n - 1))) % n

    def one_step_ahead(rank, step, n):
        """In step 0 process r sends chunk r; yours starts with chunk r - 1."""
        return (rank - step - 1) % n
