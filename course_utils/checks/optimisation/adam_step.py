"""Lesson 13: One step of Adam (Kingma and Ba 2014, arXiv:1412.6980, algorithm 1)."""

import math

import torch
from torch import Tensor

from course_utils.checks.optimisation.shared import _positive
from course_utils.exercises.spec import About, Fails, d, normal

ABOUT = About(see="13, step 9", difficulty=3, minutes=8)
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
    return [
        (d(1.0), d(0.5), d(0.0), d(0.0), 1, 0.1, 0.9, 0.999, 1e-8),
        (normal(rng, 3), normal(rng, 3), normal(rng, 3), _positive(rng, 3), 5, 0.01),
        (
            normal(rng, 3, 2),
            normal(rng, 3, 2),
            normal(rng, 3, 2),
            _positive(rng, 3, 2),
            2,
            0.05,
            0.5,
            0.99,
            0.1,
        ),
    ]


def _adam_with(update):
    """Return an Adam-like step whose move is update(m, v, step, beta1, beta2, eps) times lr."""

    def step_fn(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-8):
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad**2
        return w - lr * update(m, v, step, beta1, beta2, eps), m, v

    return step_fn


class Properties:
    def the_first_step_has_length_lr(f, rng):
        grad, zero = d(1e-3, -2.0, 500.0), torch.zeros(3).double()
        moved = -f(zero, grad, zero, zero, 1, 0.01, 0.9, 0.999, 1e-12)[0]
        if not (moved - 0.01 * grad.sign()).abs().max() < 1e-8:
            raise Fails(
                "the very first step is lr times the sign of the gradient, whatever its size; with lr "
                f"= 0.01 and grad = [0.001, -2, 500] you move by {[float(f'{v:.3g}') for v in moved]}."
            )

    def the_scale_of_the_loss_does_not_matter(f, rng):
        zero, grads = torch.zeros(2).double(), normal(rng, 5, 2)
        ends = []
        for scale in (1.0, 1000.0):
            w, m, v = zero, zero, zero
            for k in range(5):
                w, m, v = f(w, scale * grads[k], m, v, k + 1, 0.1, 0.9, 0.99, 1e-14)
            ends.append(w)
        gap = float((ends[0] - ends[1]).abs().max())
        if not gap < 1e-8:
            raise Fails(
                f"multiplying the loss by 1000 must not change Adam's path; yours ends {gap:.4g} away."
            )


class Mistakes:
    def no_bias_correction(w, grad, m, v, step, lr, beta1, beta2, eps):
        """m and v start at 0 and are too small at first, v much longer than m: your first step is
        (1 - beta1)/sqrt(1 - beta2) = 3.2 times lr. Divide by 1 - beta^step."""
        return (_adam_with(lambda m, v, t, b1, b2, eps: m / (v.sqrt() + eps)))(
            w, grad, m, v, step, lr, beta1, beta2, eps
        )

    def only_m_corrected(w, grad, m, v, step, lr, beta1, beta2, eps):
        """You corrected m but not v. The denominator is then far too small, and the first steps are
        some thirty times too long."""
        return (_adam_with(lambda m, v, t, b1, b2, eps: m / (1 - b1**t) / (v.sqrt() + eps)))(
            w, grad, m, v, step, lr, beta1, beta2, eps
        )

    def only_v_corrected(w, grad, m, v, step, lr, beta1, beta2, eps):
        """You corrected v but not m: the first steps are too short, by 1 - beta1^step."""
        return (_adam_with(lambda m, v, t, b1, b2, eps: m / ((v / (1 - b2**t)).sqrt() + eps)))(
            w, grad, m, v, step, lr, beta1, beta2, eps
        )

    def eps_before_the_correction(w, grad, m, v, step, lr, beta1, beta2, eps):
        """This is the paper's short form, which adds eps to the uncorrected root: a larger eps at
        first. Here, as in torch, correct v, take the root, then add eps."""
        return (
            _adam_with(
                lambda m, v, t, b1, b2, eps: (
                    math.sqrt(1 - b2**t) / (1 - b1**t) * m / (v.sqrt() + eps)
                )
            )
        )(w, grad, m, v, step, lr, beta1, beta2, eps)

    def eps_inside_the_root(w, grad, m, v, step, lr, beta1, beta2, eps):
        """Adam adds eps after the root: sqrt(v_hat) + eps. Inside, 1e-8 acts like 1e-4."""
        return (
            _adam_with(
                lambda m, v, t, b1, b2, eps: m / (1 - b1**t) / (v / (1 - b2**t) + eps).sqrt()
            )
        )(w, grad, m, v, step, lr, beta1, beta2, eps)

    def no_root(w, grad, m, v, step, lr, beta1, beta2, eps):
        """You divided by the mean square itself. Only its root has the gradient's unit, so that the
        step does not depend on the scale of the loss."""
        return (_adam_with(lambda m, v, t, b1, b2, eps: m / (1 - b1**t) / (v / (1 - b2**t) + eps)))(
            w, grad, m, v, step, lr, beta1, beta2, eps
        )

    def step_counted_from_0(w, grad, m, v, step, lr, beta1, beta2, eps):
        """step already counts from 1: the correction is 1 - beta**step, not step + 1."""
        return (
            _adam_with(
                lambda m, v, t, b1, b2, eps: (
                    m / (1 - b1 ** (t + 1)) / ((v / (1 - b2 ** (t + 1))).sqrt() + eps)
                )
            )
        )(w, grad, m, v, step, lr, beta1, beta2, eps)

    def uphill(w, grad, m, v, step, lr, beta1, beta2, eps):
        """You added the step to w: that climbs. Subtract it."""
        return (
            _adam_with(
                lambda m, v, t, b1, b2, eps: -m / (1 - b1**t) / ((v / (1 - b2**t)).sqrt() + eps)
            )
        )(w, grad, m, v, step, lr, beta1, beta2, eps)

    def gradient_not_squared(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-08):
        """Your v is a mean of |grad|. It is the mean of grad squared."""
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad.abs()
        m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
        return w - lr * m_hat / (v_hat.sqrt() + eps), m, v

    def betas_swapped(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-08):
        """beta1 (0.9) belongs to m, beta2 (0.999) to v. Yours are the other way round."""
        return adam_step(w, grad, m, v, step, lr, beta2, beta1, eps)

    def corrected_moments_kept(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-08):
        """The new w is right, but you return m_hat and v_hat. The correction is for this step only;
        keep the raw m and v, or it is applied again and again."""
        w, m, v = adam_step(w, grad, m, v, step, lr, beta1, beta2, eps)
        return w, m / (1 - beta1**step), v / (1 - beta2**step)

    def old_moments(w, grad, m, v, step, lr, beta1=0.9, beta2=0.999, eps=1e-08):
        """You moved with m and v from before this gradient. Update them first."""
        m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
        w = w - lr * m_hat / (v_hat.sqrt() + eps)
        return w, beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
