import math

import torch
from scipy.spatial.distance import cdist, pdist

_EXACT = "donot_use_mm_for_euclid_dist"


def right_cdist(x, y, bandwidth):
    def kernel(a, b):
        return torch.exp(-(torch.cdist(a, b, compute_mode=_EXACT) ** 2) / (2 * bandwidth**2))

    n, m = len(x), len(y)
    xx = kernel(x, x).fill_diagonal_(0).sum() / (n * (n - 1))
    yy = kernel(y, y).fill_diagonal_(0).sum() / (m * (m - 1))
    return xx + yy - 2 * kernel(x, y).mean()


def right_pdist(x, y, bandwidth):
    gamma = 0.5 / bandwidth**2
    cross = torch.stack([((a - y) ** 2).sum(-1) for a in x])
    xx = torch.exp(-gamma * torch.pdist(x) ** 2).mean()
    yy = torch.exp(-gamma * torch.pdist(y) ** 2).mean()
    return xx + yy - torch.tensor(2.0) * torch.exp(-gamma * cross).mean()


def right_point_loop(x, y, bandwidth):
    def total(a, points):
        return torch.exp(-((points - a) ** 2).sum(1) / (2 * bandwidth**2)).sum().item()

    n, m = len(x), len(y)
    xx = sum(total(a, torch.cat([x[:i], x[i + 1 :]])) for i, a in enumerate(x)) / (n * (n - 1))
    yy = sum(total(b, torch.cat([y[:i], y[i + 1 :]])) for i, b in enumerate(y)) / (m * (m - 1))
    xy = sum(total(a, y) for a in x) / (n * m)
    return torch.tensor(xx + yy - 2 * xy)


def right_scipy_float(x, y, bandwidth):
    a, b = x.double().numpy() / bandwidth, y.double().numpy() / bandwidth
    within = torch.tensor(-pdist(a, "sqeuclidean") / 2).exp().mean()
    within = within + torch.tensor(-pdist(b, "sqeuclidean") / 2).exp().mean()
    return float(within - 2 * torch.tensor(-cdist(a, b, "sqeuclidean") / 2).exp().mean())


def _k(a, b, h):
    return (-((a[:, None] - b) ** 2).sum(-1) / (2 * h**2)).exp()


def _off(k):
    return (k.sum() - k.diagonal().sum()) / (len(k) * (len(k) - 1))


def wrong_biased(x, y, bandwidth):
    h = bandwidth
    return _k(x, x, h).mean() + _k(y, y, h).mean() - 2 * _k(x, y, h).mean()


def wrong_no_two_in_kernel(x, y, bandwidth):
    h = bandwidth / math.sqrt(2)
    return _off(_k(x, x, h)) + _off(_k(y, y, h)) - 2 * _k(x, y, h).mean()


def wrong_bandwidth_not_squared(x, y, bandwidth):
    h = math.sqrt(bandwidth)
    return _off(_k(x, x, h)) + _off(_k(y, y, h)) - 2 * _k(x, y, h).mean()


def wrong_distance_not_squared(x, y, bandwidth):
    def k(a, b):
        return (-(a[:, None] - b).norm(dim=-1) / (2 * bandwidth**2)).exp()

    return _off(k(x, x)) + _off(k(y, y)) - 2 * k(x, y).mean()


def wrong_cross_once(x, y, bandwidth):
    h = bandwidth
    return _off(_k(x, x, h)) + _off(_k(y, y, h)) - _k(x, y, h).mean()


def wrong_clamped(x, y, bandwidth):
    # edge: two samples of one distribution, where the estimate is negative
    h = bandwidth
    value = _off(_k(x, x, h)) + _off(_k(y, y, h)) - 2 * _k(x, y, h).mean()
    return value.clamp(min=0)


def wrong_diagonal_zero_but_n_squared(x, y, bandwidth):
    h = bandwidth
    xx = _k(x, x, h).fill_diagonal_(0).mean()
    yy = _k(y, y, h).fill_diagonal_(0).mean()
    return xx + yy - 2 * _k(x, y, h).mean()


def wrong_mean_over_dims(x, y, bandwidth):
    # D > 1
    def k(a, b):
        return (-((a[:, None] - b) ** 2).mean(-1) / (2 * bandwidth**2)).exp()

    return _off(k(x, x)) + _off(k(y, y)) - 2 * k(x, y).mean()


def wrong_expanded_square(x, y, bandwidth):
    # float32: points far from the origin
    def k(a, b):
        d2 = (a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * a @ b.T
        return (-d2 / (2 * bandwidth**2)).exp()

    return _off(k(x, x)) + _off(k(y, y)) - 2 * k(x, y).mean()


def wrong_n_for_both(x, y, bandwidth):
    # N != M
    h, n = bandwidth, len(x)
    xx = _k(x, x, h).fill_diagonal_(0).sum() / (n * (n - 1))
    yy = _k(y, y, h).fill_diagonal_(0).sum() / (n * (n - 1))
    return xx + yy - 2 * _k(x, y, h).mean()


def wrong_scales_in_place(x, y, bandwidth):
    # in place
    x /= bandwidth
    y /= bandwidth
    return _off(_k(x, x, 1)) + _off(_k(y, y, 1)) - 2 * _k(x, y, 1).mean()
