import math

import torch
from torch.distributions import AffineTransform, Independent, Normal, TransformedDistribution


def right_formula(x, shift, scale):
    z = (x - shift) / scale
    log_z = -0.5 * z**2 - 0.5 * math.log(2 * math.pi)
    return log_z.sum(-1) - scale.abs().log().sum()


def right_loop(x, shift, scale):
    out = torch.zeros(len(x), dtype=x.dtype)
    for d in range(x.shape[1]):
        z = (x[:, d] - shift[d]) / scale[d]
        out = out - z * z / 2 - math.log(2 * math.pi) / 2 - torch.log(torch.abs(scale[d]))
    return out


def right_transformed(x, shift, scale):
    base = Independent(Normal(torch.zeros_like(shift), torch.ones_like(shift)), 1)
    return TransformedDistribution(base, AffineTransform(shift, scale, event_dim=1)).log_prob(x)


def right_slogdet(x, shift, scale):
    z = (x - shift) / scale
    half = torch.tensor(0.5)
    log_det = torch.linalg.slogdet(torch.diag(scale)).logabsdet
    return -half * ((z * z).sum(dim=1) + x.size(1) * math.log(2 * math.pi)) - log_det


def wrong_no_abs(x, shift, scale):
    # edge: a negative scale gives nan
    z = (x - shift) / scale
    return (-0.5 * z**2 - 0.5 * math.log(2 * math.pi) - scale.log()).sum(-1)


def wrong_plus_log_scale(x, shift, scale):
    z = (x - shift) / scale
    return (-0.5 * z**2 - 0.5 * math.log(2 * math.pi) + scale.abs().log()).sum(-1)


def wrong_no_log_scale(x, shift, scale):
    z = (x - shift) / scale
    return (-0.5 * z**2 - 0.5 * math.log(2 * math.pi)).sum(-1)


def wrong_constant_once(x, shift, scale):
    # edge: D > 1
    z = (x - shift) / scale
    return -0.5 * (z**2).sum(-1) - 0.5 * math.log(2 * math.pi) - scale.abs().log().sum()


def wrong_mean_over_dimensions(x, shift, scale):
    # edge: D > 1
    return Normal(shift, scale.abs()).log_prob(x).mean(-1)


def wrong_forward_map(x, shift, scale):
    z = shift + scale * x
    return (-0.5 * z**2 - 0.5 * math.log(2 * math.pi) - scale.abs().log()).sum(-1)


def wrong_scale_as_variance(x, shift, scale):
    return Normal(shift, scale.abs().sqrt()).log_prob(x).sum(-1)


def wrong_abs_of_sum(x, shift, scale):
    # edge: scales on both sides of 1
    z = (x - shift) / scale
    log_det = scale.abs().log().abs().sum()
    return (-0.5 * z**2 - 0.5 * math.log(2 * math.pi)).sum(-1) - log_det


def wrong_log_of_product(x, shift, scale):
    # float32: 64 scales of 0.01 multiply to 0
    z = (x - shift) / scale
    return (-0.5 * z**2 - 0.5 * math.log(2 * math.pi)).sum(-1) - scale.prod().abs().log()


def wrong_sum_of_batch(x, shift, scale):
    # shape: (D,) instead of (B,)
    return Normal(shift, scale.abs()).log_prob(x).sum(0)


def wrong_edits_scale(x, shift, scale):
    # in place, with a negative scale
    scale.abs_()
    z = (x - shift) / scale
    return (-0.5 * z**2 - 0.5 * math.log(2 * math.pi) - scale.log()).sum(-1)
