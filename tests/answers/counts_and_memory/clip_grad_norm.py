import math

import torch


def right_vectorised(grads, max_norm):
    total = torch.cat([g.flatten() for g in grads]).norm()
    return [g * (max_norm / total).clamp(max=1) for g in grads]


def right_loop(grads, max_norm):
    squares = 0.0
    for g in grads:
        squares += (g**2).sum().item()
    norm = math.sqrt(squares)
    if norm <= max_norm:
        return [g.clone() for g in grads]
    return [g * (max_norm / norm) for g in grads]


def right_library(grads, max_norm):
    total = torch.nn.utils.get_total_norm(grads, norm_type=2.0)
    return [g * max_norm / torch.clamp(total, min=max_norm) for g in grads]


def right_norm_of_norms(grads, max_norm):
    norms = torch.stack([torch.linalg.vector_norm(g) for g in grads])
    length = torch.linalg.vector_norm(norms)
    out = list(grads)
    if length > max_norm:
        out = [g / length * max_norm for g in grads]
    return out


def wrong_each_tensor(grads, max_norm):
    return [g * (max_norm / g.norm()).clamp(max=1) for g in grads]


def wrong_always_scaled(grads, max_norm):
    # a short gradient is made longer
    total = torch.cat([g.flatten() for g in grads]).norm()
    return [g * max_norm / total for g in grads]


def wrong_no_root(grads, max_norm):
    total = sum((g**2).sum() for g in grads)
    return [g * min(1.0, max_norm / max(float(total), 1e-12)) for g in grads]


def wrong_sum_of_norms(grads, max_norm):
    total = sum(g.norm() for g in grads)
    return [g * (max_norm / total).clamp(max=1) for g in grads]


def wrong_clip_by_value(grads, max_norm):
    return [g.clamp(-max_norm, max_norm) for g in grads]


def wrong_largest_entry(grads, max_norm):
    total = max(g.abs().max() for g in grads)
    return [g * (max_norm / total).clamp(max=1) for g in grads]


def wrong_length_one(grads, max_norm):
    total = torch.cat([g.flatten() for g in grads]).norm()
    return [g / total if total > max_norm else g for g in grads]


def wrong_zero_gradient(grads, max_norm):
    # edge: 0 / 0 where all gradients are 0
    total = torch.cat([g.flatten() for g in grads]).norm()
    return [g / total * total.clamp(max=max_norm) for g in grads]


def wrong_half(grads, max_norm):
    # float32: overflow of the squares in half precision
    total = sum((g.half() ** 2).sum() for g in grads).sqrt()
    return [g * (max_norm / total).clamp(max=1).to(g.dtype) for g in grads]


def wrong_in_place(grads, max_norm):
    # in place
    total = torch.cat([g.flatten() for g in grads]).norm()
    for g in grads:
        g.mul_((max_norm / total).clamp(max=1))
    return grads


def wrong_flat(grads, max_norm):
    # shape
    flat = torch.cat([g.flatten() for g in grads])
    return [flat * (max_norm / flat.norm()).clamp(max=1)]
