"""Lesson 51: Shorten a gradient to length max_norm if it is longer, keeping its direction."""

import math

import torch
from torch import Tensor

from course_utils.exercises.spec import About, Fails, d, named, normal

ABOUT = About(see="51, step 10", difficulty=2, minutes=6, tol=1e-05)
HINTS = (
    "Put all entries of all tensors in one long vector: what is its length?",
    "total = sqrt of the sum of all squares; scale = min(1, max_norm / total); multiply every "
    "tensor by that one scale.",
)


def clip_grad_norm(grads: list[Tensor], max_norm: float) -> list[Tensor]:
    """Shorten a gradient to length max_norm if it is longer, keeping its direction.

    grads: list of tensors of any shape, together one gradient; max_norm: float > 0 -> new list of
    tensors of the same shapes. Pascanu et al. 2012, algorithm 1.
    """
    total = torch.stack([g.square().sum() for g in grads]).sum().sqrt()  # one norm for all
    scale = (max_norm / total).clamp(max=1.0)
    return [g * scale for g in grads]


def cases(rng):
    return [
        ([d(3.0, 4.0)], 1.0),
        ([d(0.3, -0.4), d(0.2)], 1.0),  # short enough
        ([4 * normal(rng, 2, 3), normal(rng, 3), 0.1 * normal(rng, 1)], 1.5),
        ([normal(rng, 3, 2), 3 * normal(rng, 2, 2)], 2.5),
    ]


def _length(grads: list[Tensor]) -> float:
    return math.sqrt(sum(float(g.square().sum()) for g in grads))


def _norm_of(grads: list[Tensor]) -> Tensor:
    return torch.stack([g.square().sum() for g in grads]).sum().sqrt()


class Properties:
    @named("no longer than max_norm")
    def no_longer_than_max_norm(f, rng):
        grads = [5 * normal(rng, 3, 4), 5 * normal(rng, 6)]
        got = _length(f(grads, 2.0))
        if not abs(got - 2) < 1e-4:
            raise Fails(
                f"a gradient of length {_length(grads):.2f} clipped to 2 has length 2, not {got:.4f}."
            )

    def the_direction_stays(f, rng):
        grads = [normal(rng, 3, 4), 9 * normal(rng, 6)]
        clipped = f(grads, 0.5)
        dot = sum(float((a * b).sum()) for a, b in zip(grads, clipped, strict=True))
        cosine = dot / (_length(grads) * _length(clipped))
        if not cosine > 1 - 1e-9:
            raise Fails(
                f"clipping shortens, it does not turn: the cosine is 1, yours {cosine:.4f}."
            )

    def short_gradients_are_left_alone(f, rng):
        grads = [d(0.1, -0.2), d([0.05])]
        got = f(grads, 1.0)
        worst = max(float((a - b).abs().max()) for a, b in zip(grads, got, strict=True))
        if not worst < 1e-9:
            raise Fails(
                f"a gradient of length {_length(grads):.2f} is below 1 and stays; yours moves."
            )


class Mistakes:
    def clip_by_value(grads, max_norm):
        """You cut every entry at ± max_norm. That turns the gradient and does not bound its length;
        scale all entries by one factor instead."""
        return [g.clamp(-max_norm, max_norm) for g in grads]

    def each_tensor_on_its_own(grads, max_norm):
        """You clipped tensor by tensor. All tensors together are one gradient with one length;
        different factors turn it."""
        return [g * (max_norm / g.norm()).clamp(max=1.0) for g in grads]

    def always_scaled(grads, max_norm):
        """You also stretch short gradients to max_norm, so training never settles. Scale by at most
        1."""
        return [g * (max_norm / _norm_of(grads)) for g in grads]

    def missing_square_root(grads, max_norm):
        """You divide by the *squared* length. Take the root of the sum of squares."""
        return [g * (max_norm / _norm_of(grads).square()).clamp(max=1.0) for g in grads]

    @named("sum of the tensors' norms")
    def sum_of_the_tensors_norms(grads, max_norm):
        """You added the lengths of the tensors. Lengths at right angles add by squares: sqrt(a² +
        b²)."""
        return [g * (max_norm / sum(k.norm() for k in grads)).clamp(max=1.0) for g in grads]

    def largest_entry_for_the_length(grads, max_norm):
        """You measured the largest entry. The length is the root of the sum of all squares."""
        return [g * (max_norm / max(k.abs().max() for k in grads)).clamp(max=1.0) for g in grads]

    def unit_length(grads, max_norm):
        """You shorten to length 1, whatever max_norm is. Multiply by max_norm."""
        return [g / _norm_of(grads) if _norm_of(grads) > max_norm else g for g in grads]

    def dropped_instead_of_shortened(grads, max_norm):
        """You set long gradients to zero. Keep their direction and shorten them."""
        return [g * (_norm_of(grads) <= max_norm).to(g.dtype) for g in grads]
