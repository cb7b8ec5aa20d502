"""Lesson 13: One step of AdamW with betas (0.9, 0.999) and eps 1e-8 (arXiv:1711.05101, algor"""

import torch
from torch import Tensor

from course_utils.checks.optimisation.shared import _positive, adam_step_reference
from course_utils.exercises.spec import About, Fails, d, normal

ABOUT = About(see="13, step 10", difficulty=2, minutes=5)
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
    return [
        (d(2.0), d(0.5), d(0.0), d(0.0), 1, 0.1, 0.5),
        (normal(rng, 3), normal(rng, 3), normal(rng, 3), _positive(rng, 3), 4, 0.05, 0.1),
        (
            normal(rng, 3, 2),
            normal(rng, 3, 2),
            normal(rng, 3, 2),
            _positive(rng, 3, 2),
            9,
            0.2,
            0.3,
        ),
    ]


def _decayed_by(amount):
    """Return a step that takes Adam's and then removes amount(w, new_w, lr, decay)."""

    def step_fn(w, grad, m, v, step, lr, decay):
        new_w, m, v = adam_step_reference(w, grad, m, v, step, lr)
        return new_w - amount(w, new_w, lr, decay), m, v

    return step_fn


class Properties:
    def without_a_gradient_all_weights_shrink_alike(f, rng):
        zero, w = torch.zeros(2).double(), d(2.0, -300.0)
        got = f(w, zero, zero, zero, 1, 0.1, 0.5)[0]
        if not (got - 0.95 * w).abs().max() < 1e-8:
            raise Fails(
                "without a gradient every weight shrinks by the same factor 1 - lr * decay; with lr = "
                f"0.1, decay = 0.5 the weights [2, -300] become [1.9, -285], yours {got.tolist()}."
            )

    def the_decay_stays_out_of_the_moments(f, rng):
        w, grad, zero = normal(rng, 3), normal(rng, 3), torch.zeros(3).double()
        m = f(w, grad, zero, zero, 1, 0.1, 0.5)[1]
        if not (m - 0.1 * grad).abs().max() < 1e-9:
            raise Fails(
                "after the first step m is 0.1 * grad; yours holds something else: the decay?"
            )


class Mistakes:
    def decay_added_to_the_gradient(w, grad, m, v, step, lr, decay):
        """This is Adam with an L2 penalty: the decay passes through m and v and is divided by
        sqrt(v), so weights with large gradients hardly decay. AdamW decays w itself."""
        return adam_step_reference(w, grad + decay * w, m, v, step, lr)

    def decay_without_the_learning_rate(w, grad, m, v, step, lr, decay):
        """You removed decay * w at each step. torch's AdamW removes lr * decay * w, so that the
        schedule turns down both together."""
        return (_decayed_by(lambda w, new_w, lr, decay: decay * w))(w, grad, m, v, step, lr, decay)

    def decay_after_the_step(w, grad, m, v, step, lr, decay):
        """You shrank the weight after Adam's move. AdamW shrinks the weight it started from."""
        return (_decayed_by(lambda w, new_w, lr, decay: lr * decay * new_w))(
            w, grad, m, v, step, lr, decay
        )

    def weights_grow(w, grad, m, v, step, lr, decay):
        """Your decay has the wrong sign: the weights grow."""
        return (_decayed_by(lambda w, new_w, lr, decay: -lr * decay * w))(
            w, grad, m, v, step, lr, decay
        )

    def no_decay(w, grad, m, v, step, lr, decay):
        """This is plain Adam: decay is not used."""
        return (_decayed_by(lambda w, new_w, lr, decay: 0 * w))(w, grad, m, v, step, lr, decay)

    def sign_of_the_weight(w, grad, m, v, step, lr, decay):
        """You removed the same amount from every weight (an L1 penalty). Weight decay is
        proportional to the weight."""
        return (_decayed_by(lambda w, new_w, lr, decay: lr * decay * w.sign()))(
            w, grad, m, v, step, lr, decay
        )
