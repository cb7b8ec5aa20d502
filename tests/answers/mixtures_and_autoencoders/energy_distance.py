import torch
from scipy.spatial.distance import cdist, pdist

_EXACT = "donot_use_mm_for_euclid_dist"


def right_cdist(x, y):
    n, m = len(x), len(y)
    xx = torch.cdist(x, x, compute_mode=_EXACT).fill_diagonal_(0).sum() / (n * (n - 1))
    yy = torch.cdist(y, y, compute_mode=_EXACT).fill_diagonal_(0).sum() / (m * (m - 1))
    return 2 * torch.cdist(x, y, compute_mode=_EXACT).mean() - xx - yy


def right_pdist(x, y):
    between = torch.stack([(y - a).norm(dim=-1) for a in x]).mean()
    within_x, within_y = torch.pdist(x).mean(), torch.pdist(y).mean()
    return torch.tensor(2.0) * between - within_x - within_y


def right_point_loop(x, y):
    xy = xx = yy = 0.0
    for a in x:
        xy = xy + (a - y).norm(dim=1).sum() / (len(x) * len(y))
        xx = xx + (a - x).norm(dim=1).sum() / (len(x) * (len(x) - 1))
    for b in y:
        yy = yy + (b - y).norm(dim=1).sum() / (len(y) * (len(y) - 1))
    return (xy - xx) + (xy - yy)


def right_scipy_float(x, y):
    a, b = x.double().numpy(), y.double().numpy()
    return float(2 * cdist(a, b).mean() - pdist(a).mean() - pdist(b).mean())


def _within(x):
    return torch.pdist(x).mean()


def _between(x, y):
    return (x[:, None] - y).norm(dim=-1).mean()


def wrong_counts_itself(x, y):
    return 2 * _between(x, y) - _between(x, x) - _between(y, y)


def wrong_no_factor_two(x, y):
    return _between(x, y) - _within(x) - _within(y)


def wrong_half(x, y):
    return _between(x, y) - (_within(x) + _within(y)) / 2


def wrong_root(x, y):
    return (2 * _between(x, y) - _within(x) - _within(y)).clamp(min=0).sqrt()


def wrong_clamped(x, y):
    # edge: two samples of one distribution, where the estimate is negative
    return (2 * _between(x, y) - _within(x) - _within(y)).clamp(min=0)


def wrong_squared_distances(x, y):
    xy = ((x[:, None] - y) ** 2).sum(-1).mean()
    return 2 * xy - (torch.pdist(x) ** 2).mean() - (torch.pdist(y) ** 2).mean()


def wrong_aligned_pairs(x, y):
    # N = M: only the pairs (i, i); else an error
    n = min(len(x), len(y))
    return 2 * (x[:n] - y[:n]).norm(dim=-1).mean() - _within(x) - _within(y)


def wrong_half_the_pairs(x, y):
    n, m = len(x), len(y)
    xx = torch.pdist(x).sum() / (n * (n - 1))
    yy = torch.pdist(y).sum() / (m * (m - 1))
    return 2 * _between(x, y) - xx - yy


def wrong_n_for_both(x, y):
    # N != M
    n = len(x)
    yy = torch.cdist(y, y).fill_diagonal_(0).sum() / (n * (n - 1))
    return 2 * _between(x, y) - _within(x) - yy


def wrong_expanded_square(x, y):
    # float32: points far from the origin
    def dist(a, b):
        return ((a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * a @ b.T).clamp(min=0).sqrt()

    n, m = len(x), len(y)
    xx = dist(x, x).fill_diagonal_(0).sum() / (n * (n - 1))
    yy = dist(y, y).fill_diagonal_(0).sum() / (m * (m - 1))
    return 2 * dist(x, y).mean() - xx - yy


def wrong_centres_in_place(x, y):
    # in place
    m = y.mean(0)
    x -= m
    y -= m
    return 2 * _between(x, y) - _within(x) - _within(y)
