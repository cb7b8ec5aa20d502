"""Lesson 81: Undo the loss scale, then shorten the gradient to at most ``max_norm``."""

import math

import torch

from course_utils.checks.training_engineering.shared import _gap
from course_utils.exercises.spec import About, Fails, d, normal

ABOUT = About(see="81, step 7", difficulty=3, minutes=7, tol=1e-05)
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


def cases(rng):
    return [
        ([d(3.0, 4.0)], 1.0, 1.0),
        ([d(3.0), d(4.0), d([0.0, 12.0])], 2.0, 5.0),
        ([d(0.0, 0.0)], 8.0, 1.0),
        ([normal(rng, 3, 2), 30 * normal(rng, 1), normal(rng, 5)], 1024.0, 0.02),
        ([normal(rng, 2, 2), normal(rng, 2)], 16.0, 3.0),
    ]


def _length(grads) -> float:
    return math.sqrt(sum(g.double().square().sum().item() for g in grads))


class Properties:
    def a_short_gradient_is_only_unscaled(f, rng):
        grads = [0.1 * normal(rng, 2, 2), 0.1 * normal(rng, 3)]
        got = f([1024 * g for g in grads], 1024.0, 10.0)
        miss = max(_gap(a, b) for a, b in zip(got, grads, strict=True))
        if miss > 1e-6:
            raise Fails(
                f"a gradient of norm {_length(grads):.3f} is below the limit of 10 and must come back "
                f"only unscaled; yours has norm {_length(got):.3g}."
            )

    def the_direction_stays(f, rng):
        grads = [normal(rng, 4), 100 * normal(rng, 4)]
        got = f(grads, 1.0, 1.0)
        flat, out = torch.cat(grads), torch.cat(list(got))
        cosine = (flat @ out / (flat.norm() * out.norm())).item()
        if not cosine > 1 - 1e-6 or abs(out.norm().item() - 1) > 1e-4:
            raise Fails(
                f"clipping shortens and does not turn: the result has norm {out.norm():.4g} (limit 1) "
                f"and cosine {cosine:.4f} with the gradient."
            )


class Mistakes:
    def clip_before_unscale(grads, loss_scale, max_norm):
        """You clipped the scaled gradient, whose norm is loss_scale times too large, and unscaled
        afterwards: nearly every step becomes tiny. Unscale first."""
        return [g / loss_scale for g in clip_gradient(grads, 1.0, max_norm)]

    def never_unscaled(grads, loss_scale, max_norm):
        """The gradients are those of loss_scale * loss: divide them by loss_scale first."""
        return clip_gradient(grads, 1.0, max_norm)

    def every_tensor_on_its_own(grads, loss_scale, max_norm):
        """You clipped each tensor by its own norm: that turns the step. One norm over all entries,
        one factor for all."""
        return [clip_gradient([g], loss_scale, max_norm)[0] for g in grads]

    def always_rescaled(grads, loss_scale, max_norm):
        """You bring every gradient to max_norm, also the short ones. The factor is at most 1."""
        norm = torch.stack([g.square().sum() for g in grads]).sum().sqrt()
        return [max_norm * g / norm for g in grads]

    def values_clamped(grads, loss_scale, max_norm):
        """You clamped single entries. That is clip_grad_value_: it turns the step, and the norm may
        still be large."""
        return [(g / loss_scale).clamp(-max_norm, max_norm) for g in grads]
