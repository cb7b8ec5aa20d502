"""Exercise of lesson 13: one step of AdamW."""

from torch import Tensor

from course_utils.checks.optimisation.adam_step import adam_step
from course_utils.checks.optimisation.shared import long_training, moments, untouched
from course_utils.exercises.spec import About, close, d

ABOUT = About(see="13, step 9", difficulty=2, minutes=5, gradient=False)
HINTS = (
    "Write Adam's step as before, with the gradient left alone. What is subtracted from w "
    "besides it?",
    "return w - lr * decay * w - lr * m_hat / (v_hat.sqrt() + 1e-8), m, v",
)


def adamw_step(
    w: Tensor, grad: Tensor, m: Tensor, v: Tensor, step: int, lr: float, decay: float
) -> tuple[Tensor, Tensor, Tensor]:
    """One step of AdamW with betas (0.9, 0.999) and eps 1e-8 (arXiv:1711.05101, algorithm 2).

    w, grad, m, v: any shape; step counts from 1; decay: weight decay per unit of lr
    -> (new w, new m, new v). The decay never passes through m and v.
    """
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat, v_hat = m / (1 - 0.9**step), v / (1 - 0.999**step)
    return w - lr * decay * w - lr * m_hat / (v_hat.sqrt() + 1e-8), m, v


def cases(rng):
    yield *untouched(), 1, 0.1, 0.5
    yield *moments(rng, 3), 4, 0.05, 0.1
    yield *moments(rng, 3, 2), 12, 0.2, 0.3
    yield *moments(rng, 1, 4), 2, 0.01, 2.0


def hard_cases(rng):
    yield *long_training(rng), 1000, 3e-3, 0.1
    yield *long_training(rng), 1, 3e-3, 0.01


class Properties:
    def without_a_gradient_all_weights_shrink_alike(f, rng):
        zero, w = d(0.0, 0.0), d(2.0, -300.0)
        says = "with grad = 0, lr = 0.1 and decay = 0.5 a weight becomes {right}, yours {got}."
        close(f(w, zero, zero, zero, 1, 0.1, 0.5)[0], 0.95 * w, says)


class Mistakes:
    def decay_added_to_the_gradient(w, grad, m, v, step, lr, decay):
        """This is Adam with an L2 penalty: the decay passes through m and v and is divided by
        sqrt(v), so weights with large gradients hardly decay. AdamW decays w itself."""
        return adam_step(w, grad + decay * w, m, v, step, lr)

    def decayed_twice(w, grad, m, v, step, lr, decay):
        """The decay is in the gradient and is subtracted from w as well. Leave the gradient alone:
        m and v must not see it."""
        w_new, m, v = adam_step(w, grad + decay * w, m, v, step, lr)
        return w_new - lr * decay * w, m, v

    def decay_without_the_learning_rate(w, grad, m, v, step, lr, decay):
        """You removed decay * w at each step. torch's AdamW removes lr * decay * w, so that the
        schedule turns down both together."""
        w_new, m, v = adam_step(w, grad, m, v, step, lr)
        return w_new - decay * w, m, v

    def decay_after_the_step(w, grad, m, v, step, lr, decay):
        """You shrank the weight after Adam's move. AdamW shrinks the weight it started from."""
        w_new, m, v = adam_step(w, grad, m, v, step, lr)
        return w_new * (1 - lr * decay), m, v

    def sign_of_the_weight(w, grad, m, v, step, lr, decay):
        """You removed the same amount from every weight (an L1 penalty). Weight decay is
        proportional to the weight."""
        w_new, m, v = adam_step(w, grad, m, v, step, lr)
        return w_new - lr * decay * w.sign(), m, v
