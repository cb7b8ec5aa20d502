"""Exercise of lesson 82: what one process sends in a ring all-reduce."""

from course_utils.exercises.spec import About, expect

ABOUT = About(see="82, step 4", difficulty=1, minutes=4)
HINTS = (
    "How many steps does the ring take, and how large is the message of one step?",
    "2 (n - 1) steps, each sends one chunk of size / n.",
)


def ring_bytes(n: int, size: float) -> float:
    """Bytes that each process sends in one ring all-reduce: 2 (n - 1) / n * size.

    n: processes, >= 1; size: bytes of the tensor -> bytes sent by one process.
    """
    return 2 * (n - 1) / n * size


def cases(rng):
    return [(4, 100.0), (1, 100.0), (2, 90.0), (3, 100.0), (7, 10.0), (8, 4e9), (64, 1e9)]


class Properties:
    def it_stays_below_twice_the_size(f, rng):
        got = f(1024, 1000.0)
        expect(1990 < got < 2000, f"each of 1024 sends a little under 2 x 1000 bytes, not {got:g}.")


class Mistakes:
    def half_of_the_ring(n, size):
        """You counted n - 1 steps. They leave each process with one finished chunk; n - 1 more
        steps hand the finished chunks out."""
        return (n - 1) / n * size

    def whole_tensors_instead_of_chunks(n, size):
        """You send the whole tensor in each of the 2 (n - 1) steps, or count what all processes
        send together. Each sends one chunk, size / n, a step."""
        return 2 * (n - 1) * size

    def the_limit(n, size):
        """2 x size is the limit for many processes. With n processes one of n chunks need not
        travel: the factor is (n - 1) / n."""
        return 2 * size

    def one_message_in_each_half(n, size):
        """You counted one chunk for adding up and one for handing out. Each half has n - 1 steps,
        and a process sends a chunk in every one."""
        return 2 * size / n

    def one_step_short(n, size):
        """The steps are numbered 0 to 2n - 3, so there are 2n - 2 of them: n - 1 in each half."""
        return (2 * n - 3) * size / n
