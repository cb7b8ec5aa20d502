import math

import torch


def right_one_norm(grads, loss_scale, max_norm):
    unscaled = [g / loss_scale for g in grads]
    norm = torch.cat([g.flatten() for g in unscaled]).norm()
    factor = (max_norm / norm).clamp(max=1.0)
    return [g * factor for g in unscaled]


def right_loop(grads, loss_scale, max_norm):
    total = 0.0
    for g in grads:
        total += float(((g.double() / loss_scale) ** 2).sum())
    norm = math.sqrt(total)
    factor = max_norm / norm if norm > max_norm else 1.0
    return [g / loss_scale * factor for g in grads]


def right_total_norm(grads, loss_scale, max_norm):
    unscaled = [g.clone().div_(loss_scale) for g in grads]
    norm = torch.nn.utils.get_total_norm(unscaled)
    if norm <= max_norm:
        return unscaled
    return [g * (max_norm / norm) for g in unscaled]


def right_scaled_bound(grads, loss_scale, max_norm):
    norms = torch.stack([torch.linalg.vector_norm(g) for g in grads])
    norm = torch.linalg.vector_norm(norms)
    bound = max_norm * loss_scale
    return [g / torch.maximum(norm / bound, norm.new_tensor(1.0)) / loss_scale for g in grads]


def wrong_clip_first(grads, loss_scale, max_norm):
    norm = torch.cat([g.flatten() for g in grads]).norm()
    factor = (max_norm / norm).clamp(max=1.0)
    return [g * factor / loss_scale for g in grads]


def wrong_still_scaled(grads, loss_scale, max_norm):
    norm = torch.cat([g.flatten() for g in grads]).norm() / loss_scale
    factor = (max_norm / norm).clamp(max=1.0)
    return [g * factor for g in grads]


def wrong_norm_of_each(grads, loss_scale, max_norm):
    unscaled = [g / loss_scale for g in grads]
    return [g * (max_norm / g.norm()).clamp(max=1.0) for g in unscaled]


def wrong_sum_of_norms(grads, loss_scale, max_norm):
    unscaled = [g / loss_scale for g in grads]
    norm = sum(g.norm() for g in unscaled)
    return [g * (max_norm / norm).clamp(max=1.0) for g in unscaled]


def wrong_squared_norm(grads, loss_scale, max_norm):
    unscaled = [g / loss_scale for g in grads]
    norm = sum(g.square().sum() for g in unscaled)
    return [g * (max_norm / norm).clamp(max=1.0) for g in unscaled]


def wrong_always_rescaled(grads, loss_scale, max_norm):
    unscaled = [g / loss_scale for g in grads]
    norm = torch.cat([g.flatten() for g in unscaled]).norm()
    return [g * max_norm / norm for g in unscaled]  # lengthens short gradients


def wrong_by_value(grads, loss_scale, max_norm):
    return [(g / loss_scale).clamp(-max_norm, max_norm) for g in grads]


def wrong_multiplied(grads, loss_scale, max_norm):
    unscaled = [g * loss_scale for g in grads]
    norm = torch.cat([g.flatten() for g in unscaled]).norm()
    return [g * (max_norm / norm).clamp(max=1.0) for g in unscaled]


def wrong_root_mean_square(grads, loss_scale, max_norm):
    unscaled = [g / loss_scale for g in grads]
    norm = torch.cat([g.flatten() for g in unscaled]).square().mean().sqrt()
    return [g * (max_norm / norm).clamp(max=1.0) for g in unscaled]


def wrong_zero_gradient(grads, loss_scale, max_norm):
    unscaled = [g / loss_scale for g in grads]
    norm = torch.cat([g.flatten() for g in unscaled]).norm().item()
    return [g * min(1.0, max_norm / norm) for g in unscaled]  # edge: a gradient of zeros


def wrong_half_precision(grads, loss_scale, max_norm):
    # float32: a loss scale of 65536 overflows
    unscaled = [(g.half() / loss_scale).to(g.dtype) for g in grads]
    norm = torch.cat([g.flatten() for g in unscaled]).norm()
    return [g * (max_norm / norm).clamp(max=1.0) for g in unscaled]


def wrong_one_vector(grads, loss_scale, max_norm):
    flat = torch.cat([g.flatten() for g in grads]) / loss_scale
    return flat * (max_norm / flat.norm()).clamp(max=1.0)  # shape


def wrong_in_place(grads, loss_scale, max_norm):
    for g in grads:
        g /= loss_scale  # in place
    norm = torch.cat([g.flatten() for g in grads]).norm()
    return [g * (max_norm / norm).clamp(max=1.0) for g in grads]
