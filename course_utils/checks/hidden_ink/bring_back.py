"""Exercise of laboratory 26b: the coloured picture, read off a copy with a trace of its colour."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, close, named, uniform

ABOUT = About(see="26b, step 1", difficulty=2, minutes=6, gradient=False)
HINTS = (
    "Which number of y is still the brightest channel of x? Find g first, then solve for x.",
    "g = y.amax(1, keepdim=True), and y - g = s (x - g).",
)


def bring_back(y: Tensor, s: float) -> Tensor:
    """Return the x of which y = g + s (x - g) was made, g the brightest channel of x.

    y: (N, 3, H, W), s > 0 -> x: (N, 3, H, W).
    """
    g = y.amax(1, keepdim=True)  # there x = g, so y = g; elsewhere x < g, so y < g
    return g + (y - g) / s


def trace(x: Tensor, s: float) -> Tensor:
    """Return the grey copy of x with a share s of its colour."""
    g = x.amax(1, keepdim=True)
    return g + s * (x - g)


def pictures(rng, n: int, size: int, dtype=torch.double) -> Tensor:
    return (2 * uniform(rng, n, 3, size, size) - 1).to(dtype)


def cases(rng):
    yield trace(pictures(rng, 1, 1), 0.5), 0.5  # one pixel
    yield trace(pictures(rng, 2, 2), 0.1), 0.1
    yield trace(pictures(rng, 3, 4), 0.01), 0.01
    yield trace(pictures(rng, 2, 3), 1.0), 1.0  # nothing was taken away


def hard_cases(rng):
    yield trace(pictures(rng, 16, 16, torch.float), 0.1), 0.1


class Properties:
    def there_and_back_is_the_picture(f, rng):
        x = pictures(rng, 2, 3)
        close(f(trace(x, 0.02), 0.02), x, "y was made of x, but you bring back another picture.")

    @named("an honest copy has no colour to bring back")
    def honest_stays_grey(f, rng):
        y = pictures(rng, 2, 3)[:, :1].expand(-1, 3, -1, -1).clone()
        close(f(y, 0.1), y, "three equal channels are their own g: nothing can be added to them.")


class Mistakes:
    def grey_is_the_mean(y, s):
        """You took the mean of the channels for g. The trace moves the mean; only the brightest
        channel is the same in x and in y."""
        g = y.mean(1, keepdim=True)
        return g + (y - g) / s

    def the_whole_copy_is_divided(y, s):
        """You divided all of y by s. Only the trace y - g was made smaller, not g."""
        return y / s

    def the_trace_alone(y, s):
        """You return the colour's difference from g, but not g itself."""
        g = y.amax(1, keepdim=True)
        return (y - g) / s

    def made_fainter_again(y, s):
        """You multiplied the trace by s once more. Reading it means dividing."""
        g = y.amax(1, keepdim=True)
        return g + s * (y - g)

    def brightest_of_the_whole_picture(y, s):
        """You took one g for a whole picture. Every pixel has a brightest channel of its own."""
        g = y.amax((1, 2, 3), keepdim=True)
        return g + (y - g) / s
