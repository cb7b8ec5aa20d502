"""Exercise of lesson 22: plan the sizes of a net before it exists."""

from course_utils.exercises.spec import About, expect, named

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
    start, double, halve = ("transposed", 4, 1, 0), ("transposed", 4, 2, 1), ("conv", 4, 2, 1)
    yield 1, [start, double]
    yield 28, [halve, halve, ("conv", 4, 1, 0)]
    yield 1, [("transposed", 7, 1, 0), double, double]
    yield 9, [("conv", 3, 2, 0), ("transposed", 3, 3, 1), ("conv", 5, 2, 2)]
    yield 12, [("conv", 3, 1, 0)]
    yield 16, []


class Properties:
    def a_transposed_convolution_undoes_the_size(f, rng):
        for n, k, s, p in ((16, 4, 2, 1), (28, 4, 2, 1), (9, 3, 2, 1), (4, 4, 1, 0)):
            got = list(f(n, [("conv", k, s, p), ("transposed", k, s, p)]))
            expect(
                got[-1:] == [n],
                f"with kernel {k}, stride {s}, padding {p} a convolution of {n} pixels and its "
                f"transpose lead back to {n}; your sizes are {got}.",
            )


def convolved(n, k, s, p):
    """Pixels after a convolution."""
    return (n + 2 * p - k) // s + 1


def grown(n, k, s, p):
    """Pixels after a transposed convolution."""
    return (n - 1) * s + k - 2 * p


def walk(n, layers, convolved=convolved, grown=grown):
    """The sizes by two formulas of one's own."""
    sizes = [n]
    for kind, *shape in layers:
        sizes.append((convolved if kind == "conv" else grown)(sizes[-1], *shape))
    return sizes


class Mistakes:
    def one_formula_for_both_kinds(n, layers):
        """You used the convolution's size for every layer. A transposed one runs the other way: (n
        - 1)·s + k - 2p."""
        return walk(n, layers, grown=convolved)

    def the_stride_multiplies(n, layers):
        """n·s holds only when k - s = 2p. From 1 pixel with kernel 4, stride 1, padding 0 come 4
        pixels."""
        return walk(n, layers, grown=lambda n, k, s, p: n * s)

    def padding_added_by_the_transpose(n, layers):
        """The padding of a transposed convolution cuts the border off: - 2p."""
        return walk(n, layers, grown=lambda n, k, s, p: (n - 1) * s + k + 2 * p)

    @named("n kernels, n gaps")
    def as_many_gaps_as_kernels(n, layers):
        """n inputs have n - 1 gaps between them: the last kernel starts at (n - 1)·s."""
        return walk(n, layers, grown=lambda n, k, s, p: n * s + k - 2 * p)

    @named("forgotten + 1")
    def forgotten_1(n, layers):
        """(n + 2p - k) // s counts the steps of the kernel; its positions are one more."""
        return walk(n, layers, convolved=lambda n, k, s, p: (n + 2 * p - k) // s)
