"""Exercise of lesson 82: which chunk a process sends in one step of the ring."""

from course_utils.exercises.spec import About, expect, normal

ABOUT = About(see="82, step 4", difficulty=3, minutes=8)
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
    yield from ((2, 0, 4), (3, 2, 4), (0, 1, 4))  # adding up
    yield from ((0, 3, 4), (2, 4, 4), (1, 5, 4))  # handing out
    yield from ((0, 0, 2), (1, 1, 2), (6, 3, 7), (10, 19, 11), (0, 13, 8))


class Properties:
    def the_ring_ends_with_the_sum_everywhere(f, rng):
        n, values = 4, normal(rng, 4, 4)
        held = values.clone()  # held[process, chunk]
        for step in range(2 * (n - 1)):
            which = [f(rank, step, n) % n for rank in range(n)]
            sent = [held[rank, c].item() for rank, c in enumerate(which)]
            for rank, c in enumerate(which):
                to = (rank + 1) % n
                held[to, c] = sent[rank] + (held[to, c] if step < n - 1 else 0)
        wrong = int(((held - values.sum(0)).abs() > 1e-6).sum())
        says = f"a ring of 4 that follows your schedule ends with {wrong} of 16 chunks not the sum."
        expect(wrong == 0, says)


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
        return (rank - step % (n - 1)) % n

    def the_second_half_turns_back(rank, step, n):
        """You begin the second half with the finished chunk, r + 1, and then go up. Finished chunks
        come from the left neighbour, too: go on downwards."""
        return (rank - step) % n if step < n else (rank + 2 + step - n) % n
