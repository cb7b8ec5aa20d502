"""Exercise of lesson 14: pixels along one side after a convolution."""

from course_utils.exercises.spec import About, named

ABOUT = About(see="14, step 6", difficulty=2, minutes=5, gradient=False)
HINTS = (
    "How many pixels does one kernel span, from its first tap to its last?",
    "There are n + 2p pixels and a span of d(k-1) + 1. Slide in steps of s; count positions.",
)


def conv_size(n: int, k: int, s: int, p: int, d: int) -> int:
    """Pixels along one side after a convolution.

    n: pixels before, k: kernel, s: stride, p: padding on each side, d: dilation -> int.
    """
    reach = d * (k - 1) + 1  # pixels between the first and the last tap, both included
    return (n + 2 * p - reach) // s + 1


def cases(rng):
    yield 5, 3, 1, 0, 1
    yield 8, 3, 2, 1, 1  # half a step is left over
    yield 16, 5, 1, 2, 1
    yield 10, 4, 3, 2, 1
    yield 7, 3, 1, 0, 2
    yield 11, 3, 3, 1, 2
    yield 28, 4, 2, 1, 3


class Mistakes:
    @named("forgotten + 1")
    def forgotten_one(n, k, s, p, d):
        """You count the steps between positions. The positions are one more: + 1."""
        return (n + 2 * p - d * (k - 1) - 1) // s

    def padding_on_one_side(n, k, s, p, d):
        """You added the padding once. It stands on both sides: n + 2p."""
        return (n + p - d * (k - 1) - 1) // s + 1

    def rounded_up(n, k, s, p, d):
        """You rounded up. A kernel that does not fit any more is left out: round down."""
        return -(-(n + 2 * p - d * (k - 1) - 1) // s) + 1

    def dilation_ignored(n, k, s, p, d):
        """You used k for the reach of the kernel. With dilation d it spans d(k-1) + 1 pixels."""
        return (n + 2 * p - k) // s + 1

    def dilation_times_kernel(n, k, s, p, d):
        """k taps leave k-1 gaps: the reach is d(k-1) + 1, not d·k."""
        return (n + 2 * p - d * k) // s + 1
