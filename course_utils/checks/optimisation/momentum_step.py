"""Exercise of lesson 13: one step of gradient descent with momentum."""

from torch import Tensor

from course_utils.exercises.spec import About, close, d, named, normal

ABOUT = About(see="13, step 7", difficulty=1, minutes=4, gradient=False)
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
    yield d(1.0, 2.0), d(0.5, -1.0), d(1.0, 2.0), 0.1, 0.9
    yield normal(rng, 1), normal(rng, 1), d(0.0), 0.3, 0.5
    yield *(normal(rng, 3, 4) for _ in range(3)), 0.01, 0.8


def hard_cases(rng):
    yield *(normal(rng, 10, 65).float() for _ in range(3)), 0.5, 0.99


class Properties:
    @named("a constant gradient is amplified by 1/(1 - beta)")
    def amplified(f, rng):
        w, buf = d(0.0), d(0.0)
        for _ in range(200):
            w, buf = f(w, d(1.0), buf, 0.1, 0.9)
        says = "under a gradient of 1 the velocity tends to 1/(1 - 0.9) = {right}, yours to {got}."
        close(buf, 10, says, 1e-4)


class Mistakes:
    @named("gradient weighted by 1 - beta")
    def running_mean(w, grad, buf, lr, beta):
        """You averaged gradients (that is Adam's first moment). torch's SGD adds the gradient with
        weight 1, so its steps are 1/(1 - beta) times longer."""
        return momentum_step(w, (1 - beta) * grad, buf, lr, beta)

    def old_velocity(w, grad, buf, lr, beta):
        """You moved with the velocity from before this gradient. Update buf first, then w."""
        return w - lr * buf, beta * buf + grad

    @named("Nesterov's look-ahead")
    def nesterov(w, grad, buf, lr, beta):
        """This is torch's Nesterov variant: it adds the gradient once more. Plain momentum moves by
        lr * buf."""
        buf = beta * buf + grad
        return w - lr * (grad + beta * buf), buf

    def learning_rate_inside_the_velocity(w, grad, buf, lr, beta):
        """Here the velocity itself carries lr (as in older papers). torch keeps lr outside: buf =
        beta * buf + grad, w = w - lr * buf."""
        buf = beta * buf + lr * grad
        return w - buf, buf

    def velocity_not_kept(w, grad, buf, lr, beta):
        """The weights are right, but you return the old velocity: nothing is remembered."""
        return w - lr * (beta * buf + grad), buf
