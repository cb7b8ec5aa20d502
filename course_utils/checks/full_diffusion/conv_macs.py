"""Exercise of lesson 85: the multiply-adds of a convolution."""

import math

from course_utils.exercises.spec import About, close

ABOUT = About(see="85, step 10", difficulty=2, minutes=5)
HINTS = (
    "What does one number of the output cost, and how many numbers has the output?",
    "One number: c_in · kernel². The output: c_out · ceil(height / stride) · ceil(width / "
    "stride) numbers.",
)


def conv_macs(c_in: int, c_out: int, kernel: int, height: int, width: int, stride: int) -> int:
    """Count the multiply-adds of one convolution on one picture (bias and padding left out).

    height, width: of its input; the input is padded so that stride 1 keeps the size and stride s
    gives ceil(height / s) rows and ceil(width / s) columns. kernel: its side -> multiply-adds.
    """
    places = math.ceil(height / stride) * math.ceil(width / stride)  # where the kernel is put down
    return c_in * c_out * kernel**2 * places


def cases(rng):
    yield 2, 3, 3, 4, 5, 1
    yield 16, 32, 3, 7, 5, 2
    yield 4, 6, 1, 10, 5, 3
    yield 3, 2, 4, 6, 9, 2
    yield 1, 1, 5, 1, 3, 1
    yield 512, 768, 3, 64, 96, 1  # more than an int32 can count


class Properties:
    def stride_2_costs_a_quarter(f, rng):
        says = "stride 2 puts the kernel down at a quarter of the places: {right}; you count {got}."
        close(f(3, 8, 3, 16, 16, 2), f(3, 8, 3, 16, 16, 1) / 4, says)


class Mistakes:
    def rounded_down(c_in, c_out, kernel, height, width, stride):
        """7 rows at stride 2 make 4 rows, not 3: with this padding the kernel starts at rows 0, 2,
        4 and 6."""
        return c_in * c_out * kernel**2 * (height // stride) * (width // stride)

    def not_rounded(c_in, c_out, kernel, height, width, stride):
        """7 rows at stride 2 are 4 rows of the output, not 3.5: round up."""
        return c_in * c_out * kernel**2 * (height / stride) * (width / stride)

    def the_stride_in_one_direction(c_in, c_out, kernel, height, width, stride):
        """A stride thins out rows and columns: with stride 2 a quarter of the places is left."""
        return c_in * c_out * kernel**2 * math.ceil(height * width / stride)

    def no_padding(c_in, c_out, kernel, height, width, stride):
        """You let the kernel stay inside the picture. Here the input is padded: stride 1 keeps the
        size."""
        rows, columns = (max(0, (n - kernel) // stride + 1) for n in (height, width))
        return c_in * c_out * kernel**2 * rows * columns

    def channels_added(c_in, c_out, kernel, height, width, stride):
        """Every input channel meets every output channel: the channels multiply."""
        places = math.ceil(height / stride) * math.ceil(width / stride)
        return (c_in + c_out) * kernel**2 * places
