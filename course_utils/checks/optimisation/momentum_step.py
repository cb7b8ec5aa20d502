"""Lesson 13: One step of SGD with momentum, as torch.optim.SGD counts it (Polyak 1964)."""

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="13, step 8", difficulty=1, minutes=4)
HINTS = (
    "Two lines: the velocity fades by beta and receives the gradient; the weight moves by lr "
    "times the new velocity.",
    "buf = beta * buf + grad; return w - lr * buf, buf",
)


def momentum_step(
    w: Tensor, grad: Tensor, buf: Tensor, lr: float, beta: float
) -> tuple[Tensor, Tensor]:
    """One step of SGD with momentum, as torch.optim.SGD counts it (Polyak 1964).

    w, grad, buf: any shape, buf is the velocity so far, lr > 0, 0 <= beta < 1 -> (new w, new buf).
    """
    buf = beta * buf + grad
    return w - lr * buf, buf


def cases(rng):
    return [
        (d(1.0, 2.0), d(0.5, -1.0), d(1.0, 1.0), 0.1, 0.9),
        (normal(rng, 1), normal(rng, 1), torch.zeros(1).double(), 0.3, 0.5),
        (normal(rng, 3, 4), normal(rng, 3, 4), normal(rng, 3, 4), 0.01, 0.8),
    ]


class Properties:
    @named("beta = 0 is gradient descent")
    def beta_0_is_gradient_descent(f, rng):
        w, grad, buf = normal(rng, 3), normal(rng, 3), normal(rng, 3)
        gap = float((f(w, grad, buf, 0.1, 0.0)[0] - (w - 0.1 * grad)).abs().max())
        if not gap < 1e-9:
            raise Fails(
                f"with beta = 0 the step is plain gradient descent; yours is {gap:.4g} away from it."
            )

    @named("a constant gradient is amplified by 1/(1 - beta)")
    def a_constant_gradient_is_amplified_by_1_1_beta(f, rng):
        w, grad = torch.zeros(2).double(), torch.ones(2).double()
        buf = torch.zeros(2).double()
        for _ in range(200):
            w, buf = f(w, grad, buf, 0.1, 0.9)
        if not abs(float(buf[0]) - 10) < 1e-4:
            raise Fails(
                "under a constant gradient of 1 the velocity tends to 1/(1 - 0.9) = 10, yours to "
                f"{float(buf[0]):.4g}."
            )


class Mistakes:
    @named("gradient weighted by 1 - beta")
    def gradient_weighted_by_1_beta(w, grad, buf, lr, beta):
        """You averaged gradients (that is Adam's first moment). torch's SGD adds the gradient with
        weight 1, so its steps are 1/(1 - beta) times longer."""
        return momentum_step(w, (1 - beta) * grad, buf, lr, beta)

    def old_velocity(w, grad, buf, lr, beta):
        """You moved with the velocity from before this gradient. Update buf first, then w."""
        return (w - lr * buf, beta * buf + grad)

    @named("Nesterov's look-ahead")
    def Nesterov_s_look_ahead(w, grad, buf, lr, beta):
        """This is torch's Nesterov variant: it adds the gradient once more. Plain momentum moves by
        lr * buf."""
        return (
            w - lr * (grad + beta * (beta * buf + grad)),
            beta * buf + grad,
        )

    def uphill(w, grad, buf, lr, beta):
        """You added the velocity to w: that climbs. Subtract it."""
        return (w + lr * (beta * buf + grad), beta * buf + grad)

    def learning_rate_inside_the_velocity(w, grad, buf, lr, beta):
        """Here the velocity itself carries lr (as in older papers). torch keeps lr outside: buf =
        beta * buf + grad, w = w - lr * buf."""
        return (w - (beta * buf + lr * grad), beta * buf + lr * grad)

    @named("new gradient damped, too")
    def new_gradient_damped_too(w, grad, buf, lr, beta):
        """You multiplied the new gradient by beta as well. Only the old velocity fades."""
        return (w - lr * beta * (buf + grad), beta * (buf + grad))

    def velocity_not_kept(w, grad, buf, lr, beta):
        """The weights are right, but you return the old velocity: nothing is remembered."""
        return (w - lr * (beta * buf + grad), buf)
