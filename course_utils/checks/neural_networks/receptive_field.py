"""Lesson 14: Input pixels, along one side, that can influence one output."""

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="14, step 9", difficulty=3, minutes=8)
HINTS = (
    "Keep two numbers while you walk through the layers: how many pixels are seen, and how "
    "many input pixels lie between two neighbours now (the jump).",
    "size += (kernel - 1) * dilation * jump, and only then jump *= stride.",
)


def receptive_field(layers: list[tuple[int, int, int]]) -> int:
    """Input pixels, along one side, that can influence one output.

    layers: (kernel, stride, dilation) of each convolution or pooling, first layer first -> int.
    """
    size, jump = 1, 1  # jump: input pixels between two neighbours of the present layer
    for kernel, stride, dilation in layers:
        size += (kernel - 1) * dilation * jump
        jump *= stride
    return size


def cases(rng):
    return [
        ([(3, 1, 1)],),
        ([],),
        ([(3, 1, 1), (2, 2, 1), (3, 1, 1)],),
        ([(4, 2, 1), (4, 2, 1), (4, 2, 1)],),
        ([(3, 1, 1), (3, 1, 2), (3, 2, 4)],),
        ([(5, 2, 1), (3, 1, 1), (2, 2, 1), (3, 1, 1)],),
    ]


def _rf(layers, *, start=1, use_jump=True, use_dilation=True, early=False, add=0):
    size, jump = start, 1
    for kernel, stride, dilation in layers:
        if early:
            jump *= stride
        step = (kernel - add) * (dilation if use_dilation else 1) * (jump if use_jump else 1)
        size += step
        if not early:
            jump *= stride
    return size


class Properties:
    def four_3x3_layers_see_nine_pixels(f, rng):
        got = f([(3, 1, 1)] * 4)
        if not (got == 9):
            raise Fails(f"four 3x3 convolutions see 9 pixels, you return {got}.")

    def counted_tap_by_tap(f, rng):
        for layers in (
            [(3, 2, 1), (3, 1, 1)],
            [(2, 2, 1), (3, 1, 2), (3, 2, 1)],
            [(5, 3, 1), (2, 1, 1)],
        ):
            seen = {0}
            for kernel, stride, dilation in reversed(layers):
                seen = {i * stride + j * dilation for i in seen for j in range(kernel)}
            right = max(seen) - min(seen) + 1
            got = f(layers)
            if got != right:
                raise Fails(
                    f"following the taps of {layers} back covers {right} pixels, you return {got}."
                )


class Mistakes:
    def strides_ignored(layers):
        """You add kernel - 1 for every layer as if all pixels were input pixels. After a stride one
        step of a layer is several input pixels: multiply by the jump."""
        return _rf(layers, use_jump=False, add=1)

    @named("kernel instead of kernel - 1")
    def kernel_instead_of_kernel_1(layers):
        """A kernel of k adds k - 1 pixels to the one already seen."""
        return _rf(layers, add=0)

    def own_stride_counted(layers):
        """You multiplied by the layer's own stride. The taps of a kernel are spaced by the jump
        before it; its stride counts from the next layer on."""
        return _rf(layers, early=True, add=1)

    def dilation_ignored(layers):
        """A dilated kernel has gaps: it reaches (k - 1) · dilation."""
        return _rf(layers, use_dilation=False, add=1)

    def layers_in_reverse(layers):
        """You began with the last layer, using the formula that begins with the first one."""
        return _rf(layers[::-1], add=1)

    def started_at_zero(layers):
        """Before any layer an output sees one pixel, itself: start with 1."""
        return _rf(layers, start=0, add=1)
