"""Lesson 14: Pixels along one side after a convolution."""

import torch

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="14, step 7", difficulty=2, minutes=5)
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
    return [
        (28, 3, 1, 1, 1),
        (16, 2, 2, 0, 1),
        (28, 4, 2, 1, 1),
        (7, 3, 2, 0, 1),
        (8, 3, 2, 1, 1),
        (16, 3, 1, 2, 2),
        (9, 3, 3, 1, 2),
        (5, 5, 1, 0, 1),
    ]


class Properties:
    def half_the_kernel_as_padding_keeps_the_size(f, rng):
        for k in (1, 3, 5):
            got = f(16, k, 1, (k - 1) // 2, 1)
            if got != 16:
                raise Fails(
                    f"16 pixels, kernel {k}, stride 1, padding {(k - 1) // 2} stay 16; you: {got}."
                )

    def the_sizes_torch_makes(f, rng):
        for n in (5, 8, 13):
            for k, s, p, d in (
                (2, 2, 0, 1),
                (3, 2, 1, 1),
                (3, 1, 2, 2),
                (4, 3, 1, 1),
                (2, 1, 0, 3),
            ):
                right = torch.nn.Conv1d(1, 1, k, s, p, d)(torch.zeros(1, 1, n)).shape[-1]
                got = f(n, k, s, p, d)
                if got != right:
                    raise Fails(
                        f"torch makes {right} of (n, k, s, p, d) = {(n, k, s, p, d)}, you {got}."
                    )


class Mistakes:
    @named("forgotten + 1")
    def forgotten_1(n, k, s, p, d):
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

    def true_division(n, k, s, p, d):
        """You used /, and some of your sizes are fractions. Pixels are whole: //."""
        return (n + 2 * p - d * (k - 1) - 1) / s + 1

    def stride_divides_the_size(n, k, s, p, d):
        """n // s holds only for the usual paddings. Count the positions of the kernel."""
        return n // s
