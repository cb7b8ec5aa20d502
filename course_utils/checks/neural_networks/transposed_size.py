"""Lesson 14: Pixels along one side after a transposed convolution (dilation 1)."""

from course_utils.checks.neural_networks.shared import conv_size_reference
from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="14, step 8", difficulty=2, minutes=5)
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
    return [
        (1, 4, 1, 0, 0),
        (4, 4, 2, 1, 0),
        (7, 3, 2, 1, 1),
        (3, 5, 3, 2, 2),
        (8, 2, 2, 0, 0),
        (5, 3, 1, 1, 0),
    ]


class Properties:
    @named("it undoes the convolution's size")
    def it_undoes_the_convolution_s_size(f, rng):
        for n, k, s, p in ((28, 4, 2, 1), (16, 3, 1, 1), (9, 3, 2, 1)):
            small = conv_size_reference(n, k, s, p, 1)
            extra = (n + 2 * p - k) % s
            got = f(small, k, s, p, extra)
            if got != n:
                raise Fails(
                    f"a convolution (k={k}, s={s}, p={p}) makes {small} of {n} pixels; its transpose "
                    f"with extra = {extra} goes back to {n}, you return {got}."
                )


class Mistakes:
    @named("convolution's formula")
    def convolution_s_formula(n, k, s, p, extra):
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

    def output_padding_on_both_sides(n, k, s, p, extra):
        """The extra pixels are added on one side only."""
        return (n - 1) * s + k - 2 * p + 2 * extra

    def output_padding_forgotten(n, k, s, p, extra):
        """The extra pixels (output padding) are missing. They choose between the input sizes that a
        stride maps onto one size."""
        return (n - 1) * s + k - 2 * p

    def one_pixel_too_few(n, k, s, p, extra):
        """The last kernel starts at (n-1)·s and covers k pixels, not k-1."""
        return (n - 1) * s + k - 1 - 2 * p + extra
