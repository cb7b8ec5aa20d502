"""Lesson 22: Pixels along one side before the first layer and after each one."""

from course_utils.exercises.spec import About, Fails, named

ABOUT = About(see="22, step 1", difficulty=2, minutes=6)
HINTS = (
    "Lesson 14 has both formulas. Keep a list and append to it, layer by layer.",
    "conv: (sizes[-1] + 2p - k) // s + 1. transposed: (sizes[-1] - 1)·s + k - 2p.",
)


def layer_sizes(n: int, layers: list[tuple[str, int, int, int]]) -> list[int]:
    """Pixels along one side before the first layer and after each one.

    n: pixels of the input; layers: (kind, kernel, stride, padding), kind "conv" or "transposed"
    -> len(layers) + 1 ints.
    """
    sizes = [n]
    for kind, k, s, p in layers:
        if kind == "conv":
            sizes.append((sizes[-1] + 2 * p - k) // s + 1)
        else:
            sizes.append((sizes[-1] - 1) * s + k - 2 * p)
    return sizes


def cases(rng):
    return [
        (1, [("transposed", 4, 1, 0), ("transposed", 4, 2, 1), ("transposed", 4, 2, 1)]),
        (28, [("conv", 4, 2, 1), ("conv", 4, 2, 1), ("conv", 4, 1, 0)]),
        (1, [("transposed", 7, 1, 0), ("transposed", 4, 2, 1), ("transposed", 4, 2, 1)]),
        (9, [("conv", 3, 2, 0), ("transposed", 3, 3, 1), ("conv", 5, 2, 2)]),
        (16, []),
    ]


def _walk(n, layers, conv=None, transposed=None, chain=True, start=True):
    sizes = [n]
    for kind, k, s, p in layers:
        m = sizes[-1] if chain else n
        right = layer_sizes(m, [(kind, k, s, p)])[1]
        own = conv if kind == "conv" else transposed
        sizes.append(own(m, k, s, p) if own else right)
    return sizes if start else sizes[1:]


class Properties:
    def a_transposed_convolution_undoes_the_size(f, rng):
        for n, k, s, p in ((16, 4, 2, 1), (28, 4, 2, 1), (9, 3, 2, 1), (4, 4, 1, 0)):
            got = f(n, [("conv", k, s, p), ("transposed", k, s, p)])
            if list(got)[-1:] != [n]:
                raise Fails(
                    f"with kernel {k}, stride {s}, padding {p} a convolution of {n} pixels and its "
                    f"transpose lead back to {n}; your sizes are {list(got)}."
                )


class Mistakes:
    def one_formula_for_both_kinds(n, layers):
        """You used the convolution's size for every layer. A transposed one runs the other way: (n
        - 1)·s + k - 2p."""
        return _walk(n, [("conv", *rest) for _, *rest in layers])

    def the_stride_multiplies(n, layers):
        """n·s holds only when k - s = 2p. From 1 pixel with kernel 4, stride 1, padding 0 come 4
        pixels."""
        return _walk(n, layers, transposed=lambda m, k, s, p: m * s)

    def padding_added_by_the_transpose(n, layers):
        """The padding of a transposed convolution cuts the border off: - 2p."""
        return _walk(n, layers, transposed=lambda m, k, s, p: (m - 1) * s + k + 2 * p)

    @named("n kernels, n gaps")
    def n_kernels_n_gaps(n, layers):
        """n inputs have n - 1 gaps between them: the last kernel starts at (n - 1)·s."""
        return _walk(n, layers, transposed=lambda m, k, s, p: m * s + k - 2 * p)

    def every_layer_sees_the_input(n, layers):
        """You put n into each layer. Each layer sees what the one before it made: sizes[-1]."""
        return _walk(n, layers, chain=False)

    def start_left_out(n, layers):
        """The list begins with the input's own size."""
        return _walk(n, layers, start=False)

    @named("forgotten + 1")
    def forgotten_1(n, layers):
        """(n + 2p - k) // s counts the steps of the kernel; its positions are one more."""
        return _walk(n, layers, conv=lambda m, k, s, p: (m + 2 * p - k) // s)
