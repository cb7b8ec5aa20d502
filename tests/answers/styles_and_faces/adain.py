import torch
import torch.nn.functional as F


def right_instance_norm(h, scale, shift):
    return scale[..., None, None] * F.instance_norm(h, eps=1e-5) + shift[..., None, None]


def right_flat(h, scale, shift):
    flat = h.flatten(2)
    flat = flat - flat.mean(-1, keepdim=True)
    flat = flat / (flat.square().mean(-1, keepdim=True) + 1e-5).sqrt()
    return (flat * scale[..., None] + shift[..., None]).view_as(h)


def right_one_line(h, scale, shift):
    m, v = h.mean(dim=(-2, -1)), h.var(dim=(-2, -1), unbiased=False)
    a = scale / torch.sqrt(v + 1e-5)
    return a[:, :, None, None] * h + (shift - a * m)[:, :, None, None]


def right_group_norm(h, scale, shift):
    normed = F.group_norm(h, h.shape[1], eps=1e-5)
    return torch.einsum("bchw,bc->bchw", normed, scale) + shift.unsqueeze(-1).unsqueeze(-1)


def wrong_batch_norm(h, scale, shift):
    normed = F.batch_norm(h, None, None, training=True)
    return scale[..., None, None] * normed + shift[..., None, None]


def wrong_layer_norm(h, scale, shift):
    normed = F.layer_norm(h, h.shape[1:])
    return scale[..., None, None] * normed + shift[..., None, None]


def wrong_no_norm(h, scale, shift):
    return scale[..., None, None] * h + shift[..., None, None]


def wrong_mean_only(h, scale, shift):
    h = h - h.mean((2, 3), keepdim=True)
    return scale[..., None, None] * h + shift[..., None, None]


def wrong_variance(h, scale, shift):
    normed = (h - h.mean((2, 3), keepdim=True)) / (h.var((2, 3), keepdim=True) + 1e-5)
    return scale[..., None, None] * normed + shift[..., None, None]


def wrong_one_axis(h, scale, shift):
    normed = (h - h.mean(3, keepdim=True)) / (h.std(3, keepdim=True) + 1e-5)
    return scale[..., None, None] * normed + shift[..., None, None]


def wrong_exchanged(h, scale, shift):
    return shift[..., None, None] * F.instance_norm(h) + scale[..., None, None]


def wrong_no_shift(h, scale, shift):
    return scale[..., None, None] * F.instance_norm(h)


def wrong_one_plus_scale(h, scale, shift):
    return (1 + scale)[..., None, None] * F.instance_norm(h) + shift[..., None, None]


def wrong_clamped(h, scale, shift):
    out = scale[..., None, None] * F.instance_norm(h) + shift[..., None, None]
    return out.clamp(min=0)


def wrong_shift_first(h, scale, shift):
    return scale[..., None, None] * (F.instance_norm(h) + shift[..., None, None])
