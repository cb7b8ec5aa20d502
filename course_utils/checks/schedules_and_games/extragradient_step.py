"""Exercise of lesson 13b: one extragradient step of a game."""

import math

from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="13b, step 5", difficulty=3, minutes=6, gradient=False)
HINTS = (
    "First compute where a simultaneous step would land. Which gradients hold there?",
    "x_ahead, y_ahead = x - lr * y, y + lr * x; then move x with y_ahead and y with x_ahead, "
    "from the old x and y.",
)


def extragradient_step(x: Tensor, y: Tensor, lr: float) -> tuple[Tensor, Tensor]:
    """One extragradient step of the game V = x * y: x descends V, y climbs it (Korpelevich 1976).

    x, y: any equal shape, each entry a game of its own -> (new x, new y). Look ahead with one
    simultaneous step, then move from the old place with the gradients found there.
    """
    x_ahead, y_ahead = x - lr * y, y + lr * x  # dV/dx = y, dV/dy = x
    return x - lr * y_ahead, y + lr * x_ahead


def cases(rng):
    yield d(1.0), d(2.0), 0.1
    yield normal(rng, 3), normal(rng, 3), 0.5
    yield normal(rng, 2, 3), normal(rng, 2, 3), 0.3


def hard_cases(rng):
    yield normal(rng, 1000).float(), normal(rng, 1000).float(), 0.01


class Properties:
    @named("the rate sqrt(1 - lr² + lr⁴)")
    def rate(f, rng):
        x, y = f(d(3.0), d(4.0), 0.5)
        right = 5 * math.sqrt(1 - 0.5**2 + 0.5**4)
        close((x**2 + y**2).sqrt(), right, "lr = 0.5 leads from 5 to {right}, yours to {got}.")


class Mistakes:
    def simultaneous_step(x, y, lr):
        """This is the plain simultaneous step, which spirals outwards. It is only the look-ahead;
        use the gradients found there."""
        return x - lr * y, y + lr * x

    def alternating_step(x, y, lr):
        """You let y answer the new x. That is the alternating step, which circles for ever."""
        return x - lr * y, y + lr * (x - lr * y)

    def two_steps(x, y, lr):
        """You moved on from the look-ahead point: these are two simultaneous steps. Go back to (x,
        y) first."""
        x, y = x - lr * y, y + lr * x
        return x - lr * y, y + lr * x

    def y_answers_the_new_x(x, y, lr):
        """Your y uses the x that has already moved. Both gradients come from the look-ahead
        point."""
        x_new = x - lr * (y + lr * x)
        return x_new, y + lr * x_new

    def both_descend(x, y, lr):
        """Both of your players descend V. y wants V large: its sign is a plus."""
        return x - lr * (y - lr * x), y - lr * (x - lr * y)
