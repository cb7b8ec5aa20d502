"""Exercise of lesson 13: one step of Adam."""

from torch import Tensor

from course_utils.checks.optimisation.shared import long_training, moments, untouched
from course_utils.exercises.spec import About, close, d

ABOUT = About(see="13, step 8", difficulty=3, minutes=8, gradient=False)
HINTS = (
    "m is a running mean of the gradient with rate 1 - beta1, v one of its square. Both start "
    "at 0, so divide each by 1 - beta**step before use.",
    "return w - lr * m_hat / (v_hat.sqrt() + eps), m, v (the uncorrected m and v).",
)


def adam_step(
    w: Tensor,
    grad: Tensor,
    m: Tensor,
    v: Tensor,
    step: int,
    lr: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Tensor, Tensor, Tensor]:
    """One step of Adam (Kingma and Ba 2014, arXiv:1412.6980, algorithm 1).

    w, grad, m, v: any shape, m and v are the running means of grad and grad^2 so far; step counts
    from 1 -> (new w, new m, new v); m and v are kept without the correction.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**step)  # the mean started at 0: undo that
    v_hat = v / (1 - beta2**step)
    return w - lr * m_hat / (v_hat.sqrt() + eps), m, v


def cases(rng):
    yield *untouched(), 1, 0.1, 0.9, 0.999, 1e-8
    yield *moments(rng, 3), 12, 0.01, 0.9, 0.999, 1e-8
    yield *moments(rng, 3, 2), 2, 0.05, 0.5, 0.99, 0.1
    yield *moments(rng, 1, 4), 5, 0.05, 0.8, 0.9, 1e-3


def hard_cases(rng):
    yield *long_training(rng), 1000, 3e-3, 0.9, 0.999, 1e-8
    yield *long_training(rng), 1, 3e-3, 0.5, 0.999, 1e-8


class Properties:
    def the_first_step_has_length_lr(f, rng):
        grad, zero = d(1e-3, -2.0, 500.0), d(0.0, 0.0, 0.0)
        new, m, v = f(zero, grad, zero, zero, 1, 0.01)  # and the defaults hold
        says = "the first step is lr against the gradient's sign: it adds {right}, yours {got}."
        close(new, -0.01 * grad.sign(), says)
        close(m, 0.1 * grad, "m starts as 0.1 times the gradient, {right}, not as {got}.")
        close(v, 1e-3 * grad**2, "v starts as 0.001 times its square, {right}, not as {got}.")


class Mistakes:
    def no_bias_correction(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        """m and v start at 0 and are too small at first, v much longer than m: your first step is
        (1 - beta1)/sqrt(1 - beta2) = 3.2 times lr. Divide by 1 - beta^step."""
        _, m, v = adam_step(w, grad, m, v, step, lr, beta1, beta2, eps)
        return w - lr * m / (v.sqrt() + eps), m, v

    def eps_inside_the_root(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        """Adam adds eps after the root: sqrt(v_hat) + eps. Inside, 1e-8 acts like 1e-4."""
        _, m, v = adam_step(w, grad, m, v, step, lr, beta1, beta2, eps)
        m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
        return w - lr * m_hat / (v_hat + eps).sqrt(), m, v

    def no_root(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        """You divided by the mean square itself. Only its root has the gradient's unit, so that the
        step does not depend on the scale of the loss."""
        _, m, v = adam_step(w, grad, m, v, step, lr, beta1, beta2, eps)
        return w - lr * m / (1 - beta1**step) / (v / (1 - beta2**step) + eps), m, v

    def gradient_not_squared(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        """Your v is a mean of |grad|. It is the mean of grad squared."""
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad.abs()
        return w - lr * m / (1 - beta1**step) / ((v / (1 - beta2**step)).sqrt() + eps), m, v

    def corrected_moments_kept(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        """The new w is right, but you return m_hat and v_hat. The correction is for this step only;
        keep the raw m and v, or it is applied again and again."""
        w, m, v = adam_step(w, grad, m, v, step, lr, beta1, beta2, eps)
        return w, m / (1 - beta1**step), v / (1 - beta2**step)
