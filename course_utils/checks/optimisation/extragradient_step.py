"""Lesson 13: One extragradient step of the game V = x * y: x descends V, y climbs it (Korpel"""

import math

from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="13, step 13", difficulty=3, minutes=6)
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
    return [
        (d(1.0), d(2.0), 0.1),
        (normal(rng, 3), normal(rng, 3), 0.5),
        (normal(rng, 2, 3), normal(rng, 2, 3), 0.3),
    ]


class Properties:
    def every_step_leads_inwards(f, rng):
        x, y = normal(rng, 20), normal(rng, 20)
        before = (x**2 + y**2).sqrt()
        new_x, new_y = f(x, y, 0.3)
        ratio = float(((new_x**2 + new_y**2).sqrt() / before).max())
        if not ratio < 1:
            raise Fails(
                "with lr = 0.3 each step must come closer to 0; yours has one that multiplies the "
                f"distance by {ratio:.4f}."
            )

    @named("the rate sqrt(1 - lr² + lr⁴)")
    def the_rate_sqrt_1_lr_lr(f, rng):
        x, y = f(d(3.0), d(4.0), 0.5)
        got, right = math.hypot(float(x), float(y)) / 5, math.sqrt(1 - 0.5**2 + 0.5**4)
        if not abs(got - right) < 1e-9:
            raise Fails(
                "with lr = 0.5 the distance shrinks by sqrt(1 - lr² + lr⁴) = "
                f"{right:.4f} a step, yours by {got:.4f}."
            )


class Mistakes:
    def simultaneous_step(x, y, lr):
        """This is the plain simultaneous step, which spirals outwards. It is only the look-ahead;
        use the gradients found there."""
        return (x - lr * y, y + lr * x)

    def alternating_step(x, y, lr):
        """You let y answer the new x. That is the alternating step, which circles for ever."""
        return (x - lr * y, y + lr * (x - lr * y))

    def two_steps(x, y, lr):
        """You moved on from the look-ahead point: these are two simultaneous steps. Go back to (x,
        y) first."""
        return (
            (x - lr * y) - lr * (y + lr * x),
            (y + lr * x) + lr * (x - lr * y),
        )

    def both_descend(x, y, lr):
        """Both of your players descend V. y wants V large: its sign is a plus."""
        return (x - lr * (y - lr * x), y - lr * (x - lr * y))

    def roles_swapped(x, y, lr):
        """Your x climbs and your y descends. Here x is the one that makes V small."""
        return (x + lr * (y - lr * x), y - lr * (x + lr * y))

    def y_answers_the_new_x(x, y, lr):
        """Your y uses the x that has already moved. Both gradients come from the look-ahead point."""
        return (x - lr * (y + lr * x), y + lr * (x - lr * (y + lr * x)))

    def own_coordinate_ahead(x, y, lr):
        """You used each player's own coordinate as its gradient. dV/dx is y, dV/dy is x."""
        return (x - lr * (x - lr * y), y + lr * (y + lr * x))
