"""Exercise of lesson 81b: undo the loss scale, then shorten a gradient that is too long."""

import torch

from course_utils.checks.shared import clipping
from course_utils.exercises.spec import About

ABOUT = About(see="81b, step 2", difficulty=3, minutes=7, gradient=False)
HINTS = (
    "Three lines: unscale; one norm over all tensors together; one factor, at most 1.",
    "norm = sqrt of the sum of all squares; factor = min(1, max_norm / norm), and mind norm 0.",
)


def clip_gradient(grads: list, loss_scale: float, max_norm: float) -> list:
    """Undo the loss scale, then shorten the gradient to at most ``max_norm``.

    grads: tensors of any shapes, gradients of loss_scale * loss; max_norm: largest allowed
    Euclidean norm over ALL entries together -> list of tensors of the same shapes.
    """
    grads = [g / loss_scale for g in grads]
    norm = torch.stack([g.square().sum() for g in grads]).sum().sqrt()
    factor = (max_norm / norm.clamp(min=1e-12)).clamp(max=1.0)  # never longer than it was
    return [factor * g for g in grads]


def cases(rng, made=clipping.gradients):
    for (grads, max_norm), scale in zip(
        made(rng), (1.0, 2.0, 8.0, 16.0, 1024.0, 65536.0), strict=False
    ):
        yield [scale * g for g in grads], scale, max_norm


def hard_cases(rng):
    yield from cases(rng, clipping.large_gradients)


class Properties:
    def it_shortens_and_does_not_turn(f, rng):
        clipping.shortens_and_does_not_turn(lambda g, limit: f([8 * x for x in g], 8.0, limit), rng)


def unscaled(clip):
    """The same with a loss scale, undone before clipping."""

    def function(grads, loss_scale, max_norm):
        return clip([g / loss_scale for g in grads], max_norm)

    function.__name__, function.__doc__ = clip.__name__, clip.__doc__
    return function


class Mistakes:
    def clip_before_unscale(grads, loss_scale, max_norm):
        """You clipped the scaled gradient, whose norm is loss_scale times too large, and unscaled
        afterwards: nearly every step becomes tiny. Unscale first."""
        return [g / loss_scale for g in clip_gradient(grads, 1.0, max_norm)]

    def norm_unscaled_but_not_the_gradient(grads, loss_scale, max_norm):
        """You divided the norm by loss_scale and returned the gradients still scaled. Divide the
        gradients themselves first; their norm is then right, too."""
        return [g * loss_scale for g in clip_gradient(grads, loss_scale, max_norm)]

    each_tensor_on_its_own = unscaled(clipping.each_tensor_on_its_own)
    always_scaled = unscaled(clipping.always_scaled)
    clipped_by_value = unscaled(clipping.clipped_by_value)
