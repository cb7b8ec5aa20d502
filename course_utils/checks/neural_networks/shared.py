"""What several exercises of lesson 14 use."""


def conv_size_reference(n: int, k: int, s: int, p: int, d: int) -> int:
    """Pixels along one side after a convolution.

    n: pixels before, k: kernel, s: stride, p: padding on each side, d: dilation -> int.
    """
    reach = d * (k - 1) + 1  # pixels between the first and the last tap, both included
    return (n + 2 * p - reach) // s + 1
