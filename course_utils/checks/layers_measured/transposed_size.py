"""Exercise of lesson 14b: pixels along one side after a transposed convolution."""

from course_utils.exercises.spec import About, named

ABOUT = About(see="14b, step 4", difficulty=2, minutes=5, gradient=False)
HINTS = (
    "Each of the n inputs paints k pixels; where does the last one start to paint?",
    "(n-1)·s + k pixels are painted; p are cut off on each side, extra are added.",
)


def transposed_size(n: int, k: int, s: int, p: int, extra: int) -> int:
    """Pixels along one side after a transposed convolution (dilation 1).

    n: pixels before, k: kernel, s: stride, p: padding, extra: output padding (0 <= extra < s).
    """
    return (n - 1) * s + k - 2 * p + extra


def cases(rng):
    yield 3, 4, 2, 1, 0
    yield 1, 4, 1, 0, 0
    yield 7, 3, 2, 1, 1
    yield 3, 5, 3, 2, 2
    yield 8, 2, 2, 0, 0
    yield 4, 2, 5, 0, 3


class Mistakes:
    @named("convolution's formula")
    def convolutions_formula(n, k, s, p, extra):
        """That is the size after a convolution. The transposed one runs the other way: solve the
        formula for the input size."""
        return (n + 2 * p - k) // s + 1 + extra

    def n_times_the_stride(n, k, s, p, extra):
        """n inputs have n-1 gaps: the last kernel starts at (n-1)·s."""
        return n * s + k - 2 * p + extra

    def padding_added(n, k, s, p, extra):
        """Padding of a transposed convolution cuts the border off: - 2p."""
        return (n - 1) * s + k + 2 * p + extra

    def padding_cut_once(n, k, s, p, extra):
        """The padding is cut off on both sides: - 2p."""
        return (n - 1) * s + k - p + extra

    def output_padding_forgotten(n, k, s, p, extra):
        """The extra pixels (output padding) are missing. They choose between the input sizes that a
        stride maps onto one size."""
        return (n - 1) * s + k - 2 * p
