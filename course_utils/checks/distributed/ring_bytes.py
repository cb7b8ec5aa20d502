"""Lesson 82: Bytes that each process sends in one ring all-reduce: 2 (n - 1) / n * size."""

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="82, step 2", difficulty=1, minutes=4)
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
    return [(1, 100.0), (2, 100.0), (3, 90.0), (8, 4e6), (64, 1e9)]


class Properties:
    def a_process_alone_sends_nothing(f, rng):
        got = f(1, 1000.0)
        if abs(got) > 1e-9:
            raise Fails(f"a process alone sends nothing, yours sends {got:g} bytes.")

    def it_stays_below_twice_the_size(f, rng):
        got = f(1024, 1000.0)
        if not 1990 < got < 2000:
            raise Fails(
                f"with 1024 processes each sends a little under 2 x 1000 bytes; you return {got:g}."
            )


class Mistakes:
    def half_of_the_ring(n, size):
        """You counted n - 1 steps. They leave each process with one finished chunk; n - 1 more
        steps hand the finished chunks out."""
        return (n - 1) / n * size

    @named("whole tensors instead of chunks", see="82, step 1")
    def whole_tensors_instead_of_chunks(n, size):
        """You send the whole tensor in each of the 2 (n - 1) steps, or count what all processes
        send together. Each sends one chunk, size / n, a step."""
        return 2 * (n - 1) * size

    def the_limit(n, size):
        """2 x size is the limit for many processes. With n processes one of n chunks need not
        travel: the factor is (n - 1) / n."""
        return 2 * size

    @named("divided by n - 1")
    def divided_by_n_1(n, size):
        """The tensor is cut into n chunks, one a process, and there are n - 1 steps in each half: 2
        (n - 1) messages of size / n."""
        return 2 * size / max(1, n - 1) * (n > 1)
