import torch
import torch.nn.functional as F


def right_repeat(small, large, alpha):
    up = small.repeat_interleave(2, dim=-1).repeat_interleave(2, dim=-2)
    return torch.lerp(up, large, alpha)


def right_upsample(small, large, alpha):
    up = torch.nn.Upsample(scale_factor=2)(small)
    return up + alpha * (large - up)


def right_kron(small, large, alpha):
    up = torch.kron(small, torch.ones(1, 1, 2, 2, dtype=small.dtype))
    return alpha * large + (1 - alpha) * up


def wrong_exchanged(small, large, alpha):
    return alpha * F.interpolate(small, scale_factor=2) + (1 - alpha) * large


def wrong_bilinear(small, large, alpha):
    up = F.interpolate(small, scale_factor=2, mode="bilinear")
    return (1 - alpha) * up + alpha * large


def wrong_corners(small, large, alpha):
    up = F.interpolate(small, scale_factor=2, mode="bilinear", align_corners=True)
    return (1 - alpha) * up + alpha * large


def wrong_tiled(small, large, alpha):
    return (1 - alpha) * torch.tile(small, (1, 1, 2, 2)) + alpha * large


def wrong_residual(small, large, alpha):
    return F.interpolate(small, scale_factor=2) + alpha * large


def wrong_one_axis(small, large, alpha):
    # a shape that does not fit
    return (1 - alpha) * small.repeat_interleave(2, -1) + alpha * large


def wrong_switch(small, large, alpha):
    up = F.interpolate(small, scale_factor=2)
    return large if alpha >= 0.5 else up


def wrong_small_size(small, large, alpha):
    return (1 - alpha) * small + alpha * F.avg_pool2d(large, 2)


def wrong_detached(small, large, alpha):
    up = F.interpolate(small, scale_factor=2).detach()
    return (1 - alpha) * up + alpha * large


def wrong_squared(small, large, alpha):
    up = F.interpolate(small, scale_factor=2)
    return (1 - alpha) ** 2 * up + alpha**2 * large


def wrong_summed(small, large, alpha):
    up = torch.kron(small, torch.ones(1, 1, 2, 2, dtype=small.dtype)) / 4
    return alpha * large + (1 - alpha) * up


def wrong_pooled_large(small, large, alpha):
    enlarged = F.interpolate(F.avg_pool2d(large, 2), scale_factor=2, mode="nearest")
    return (1 - alpha) * enlarged + alpha * large
