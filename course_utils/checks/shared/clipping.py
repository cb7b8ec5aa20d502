"""Clipping a gradient by its norm, in laboratories 51b and, with a loss scale, 81b."""

import torch

from course_utils.exercises.spec import close, d, normal


def gradients(rng):
    """Gradients as lists of tensors, each with the largest norm that is allowed."""
    yield [d(3.0, 4.0)], 1.0
    yield [d(0.3, -0.4), d(0.2)], 1.0  # short enough
    yield [d(3.0), d(4.0), d([0.0, 12.0])], 5.0
    yield [4 * normal(rng, 2, 3), normal(rng, 3), 0.1 * normal(rng, 1)], 1.5
    yield [normal(rng, 2, 4), normal(rng, 5)], 30.0
    yield [d(0.0, 0.0), d(0.0)], 1.0  # nothing to learn


def large_gradients(rng):
    """The same in float32, as many numbers as a small net has, and very small ones."""
    yield [normal(rng, 300, 200).float(), normal(rng, 500).float()], 0.5
    yield [1e-6 * normal(rng, 40, 30).float(), normal(rng, 7).float()], 0.1


def norm_of(grads):
    """The length of all tensors together."""
    return torch.cat([g.flatten() for g in grads]).norm()


def shortens_and_does_not_turn(clip, rng):
    """Ask for the length and the direction. clip(grads, max_norm) -> grads."""
    grads = [normal(rng, 3, 4), 9 * normal(rng, 6)]
    got, right = torch.cat([g.flatten() for g in clip(grads, 2.0)]), norm_of(grads)
    close(got.norm(), 2, "a gradient clipped to 2 has length {right}, yours {got}.")
    cosine = torch.cat([g.flatten() for g in grads]) @ got / (right * got.norm())
    close(cosine, 1, "clipping shortens and does not turn: the cosine is {right}, yours {got}.")


def clipped_by_value(grads, max_norm):
    """You cut every entry at ± max_norm. That turns the gradient and does not bound its length;
    scale all entries by one factor instead."""
    return [g.clamp(-max_norm, max_norm) for g in grads]


def each_tensor_on_its_own(grads, max_norm):
    """You clipped tensor by tensor. All tensors together are one gradient with one length;
    different factors turn it."""
    return [g * (max_norm / g.norm()).clamp(max=1) for g in grads]


def always_scaled(grads, max_norm):
    """You also stretch short gradients to max_norm, so training never settles (and 0 becomes NaN).
    The factor is at most 1."""
    return [g * max_norm / norm_of(grads) for g in grads]


def missing_square_root(grads, max_norm):
    """You divide by the *squared* length. Take the root of the sum of squares."""
    return [g * (max_norm / norm_of(grads).square()).clamp(max=1) for g in grads]


def sum_of_the_lengths(grads, max_norm):
    """You added the lengths of the tensors. Lengths at right angles add by squares: the root of
    a² + b²."""
    return [g * (max_norm / sum(k.norm() for k in grads)).clamp(max=1) for g in grads]
