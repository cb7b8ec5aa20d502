"""Exercise of lesson 14b: the input pixels that one output sees."""

from course_utils.exercises.spec import About, named

ABOUT = About(see="14b, step 5", difficulty=3, minutes=8, gradient=False)
HINTS = (
    "Keep two numbers while you walk through the layers: how many pixels are seen, and how "
    "many input pixels lie between two neighbours now (the jump).",
    "size += (kernel - 1) * dilation * jump, and only then jump *= stride.",
)


def receptive_field(layers: list[tuple[int, int, int]]) -> int:
    """Span, in input pixels along one side, of what can influence one output, holes included.

    layers: (kernel, stride, dilation) of each convolution or pooling, first layer first -> int.
    """
    size, jump = 1, 1  # jump: input pixels between two neighbours of the present layer
    for kernel, stride, dilation in layers:
        size += (kernel - 1) * dilation * jump
        jump *= stride
    return size


def cases(rng):
    yield ([(3, 2, 1), (3, 1, 1)],)
    yield ([],)  # no layer: an output is its pixel
    yield ([(3, 1, 1)] * 4,)
    yield ([(4, 2, 1)] * 3,)
    yield ([(3, 1, 1), (3, 1, 2), (3, 2, 4)],)
    yield ([(2, 2, 1), (3, 3, 2), (5, 2, 1), (3, 1, 4)],)


class Mistakes:
    def strides_ignored(layers):
        """You add kernel - 1 for every layer as if all pixels were input pixels. After a stride one
        step of a layer is several input pixels: multiply by the jump."""
        return 1 + sum((kernel - 1) * dilation for kernel, _, dilation in layers)

    @named("kernel instead of kernel - 1")
    def kernel_instead_of_kernel_minus_1(layers):
        """A kernel of k adds k - 1 pixels to the one already seen."""
        return receptive_field([(k + 1, s, d) for k, s, d in layers])

    def own_stride_counted(layers):
        """You multiplied by the layer's own stride. The taps of a kernel are spaced by the jump
        before it; its stride counts from the next layer on."""
        size, jump = 1, 1
        for kernel, stride, dilation in layers:
            jump *= stride
            size += (kernel - 1) * dilation * jump
        return size

    def dilation_ignored(layers):
        """A dilated kernel has gaps: it reaches (k - 1) · dilation."""
        return receptive_field([(k, s, 1) for k, s, _ in layers])

    def layers_in_reverse(layers):
        """You began with the last layer, using the formula that begins with the first one."""
        return receptive_field(layers[::-1])
