"""Lesson 85: Count the multiply-adds of one convolution on one picture (bias and padding lef"""

import math

from course_utils.exercises.spec import About, Fails, named

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
    return [
        (2, 3, 3, 4, 4, 1),
        (1, 1, 5, 1, 3, 1),
        (16, 32, 3, 7, 5, 2),
        (4, 6, 1, 10, 5, 3),
        (3, 2, 4, 6, 9, 2),
    ]


def _places(height: int, width: int, stride: int) -> int:
    return math.ceil(height / stride) * math.ceil(width / stride)


def _starts(last_row: int, last_column: int, stride: int) -> int:
    return (last_row // stride + 1) * (last_column // stride + 1)


class Properties:
    def a_1_x_1_convolution_is_a_linear_layer(f, rng):
        found = f(7, 5, 1, 3, 4, 1)
        if found != 7 * 5 * 12:
            raise Fails(
                "a 1 x 1 convolution is a linear layer at each of the 12 places: 7 · 5 · 12 = 420 "
                f"multiply-adds, you return {found}."
            )

    def stride_2_costs_a_quarter(f, rng):
        full, half = f(3, 8, 3, 16, 16, 1), f(3, 8, 3, 16, 16, 2)
        if full != 4 * half:
            raise Fails(
                f"stride 2 puts the kernel down at a quarter of the places; yours: {full} and {half}."
            )


class Mistakes:
    def kernel_not_squared(c_in, c_out, kernel, height, width, stride):
        """A kernel of side k covers k² pixels."""
        return c_in * c_out * kernel * _places(height, width, stride)

    def the_stride_forgotten(c_in, c_out, kernel, height, width, stride):
        """You put the kernel down at every place of the input. With a stride it is put down once
        for every place of the output."""
        return c_in * c_out * kernel**2 * height * width

    def rounded_down(c_in, c_out, kernel, height, width, stride):
        """7 rows at stride 2 make 4 rows, not 3: with this padding the kernel starts at rows 0, 2,
        4 and 6."""
        return c_in * c_out * kernel**2 * (height // stride) * (width // stride)

    @named("operations instead of multiply-adds")
    def operations_instead_of_multiply_adds(c_in, c_out, kernel, height, width, stride):
        """You counted multiplication and addition apart. macs counts the pair once; the factor 2
        comes later."""
        return 2 * c_in * c_out * kernel**2 * _places(height, width, stride)

    def one_filter(c_in, c_out, kernel, height, width, stride):
        """That is one output channel. There are c_out of them, each with a kernel of its own."""
        return c_in * kernel**2 * _places(height, width, stride)

    def channels_added(c_in, c_out, kernel, height, width, stride):
        """Every input channel meets every output channel: the channels multiply."""
        return (c_in + c_out) * kernel**2 * _places(height, width, stride)

    def the_stride_in_one_direction(c_in, c_out, kernel, height, width, stride):
        """A stride thins out rows and columns: with stride 2 a quarter of the places is left."""
        return c_in * c_out * kernel**2 * height * width // stride

    def parts_of_a_place(c_in, c_out, kernel, height, width, stride):
        """You did not round: 7 rows at stride 2 are 4 rows of the output, not 3.5."""
        return c_in * c_out * kernel**2 * height * width / stride**2

    def no_padding(c_in, c_out, kernel, height, width, stride):
        """You let the kernel stay inside the picture. Here the input is padded: stride 1 keeps the
        size."""
        return c_in * c_out * kernel**2 * _starts(height - kernel, width - kernel, stride)

    def an_even_kernel_padded_on_both_sides(c_in, c_out, kernel, height, width, stride):
        """Right for odd kernels. kernel // 2 on both sides of an even one can make the output a row
        too large; the size stated is ceil(height / stride)."""
        return c_in * c_out * kernel**2 * _starts(height - kernel % 2, width - kernel % 2, stride)
