import numpy as np
import torch
from scipy.stats import mannwhitneyu
from sklearn.neighbors import NearestNeighbors

_EXACT = "donot_use_mm_for_euclid_dist"


def right_cdist(samples, train, test):
    a = torch.cdist(samples, train, compute_mode=_EXACT).amin(1)
    b = torch.cdist(test, train, compute_mode=_EXACT).amin(1)
    nearer = (a[:, None] < b).float() + 0.5 * (a[:, None] == b).float()
    return nearer.mean()


def right_loop_float(samples, train, test):
    a = [((s - train) ** 2).sum(1).min().item() for s in samples]
    b = [((t - train) ** 2).sum(1).min().item() for t in test]
    points = 0.0
    for i in a:
        for j in b:
            if i < j:
                points += 1
            elif i == j:
                points += 0.5
    return points / (len(a) * len(b))


def right_mann_whitney(samples, train, test):
    def nearest(points):
        ours, theirs = points.double(), train.double()
        return np.array([(p - theirs).square().sum(-1).min().item() for p in ours])

    u = mannwhitneyu(nearest(test), nearest(samples)).statistic
    return torch.tensor(u / (len(samples) * len(test)))


def right_sorted(samples, train, test):
    both = torch.cat([samples, test])
    d = torch.stack([(p - train).norm(dim=1).min() for p in both])
    ours, theirs = d[: len(samples)].contiguous(), d[len(samples) :].sort().values
    below = torch.searchsorted(theirs, ours, side="left")
    not_above = torch.searchsorted(theirs, ours, side="right")
    return 1 - (below + not_above).double().mean() / (2 * len(theirs))


def _nearest(a, b):
    return torch.cdist(a, b, compute_mode=_EXACT).amin(1)


def _share(a, b):
    return (a[:, None] < b).float().mean() + 0.5 * (a[:, None] == b).float().mean()


def wrong_swapped(samples, train, test):
    return _share(_nearest(test, train), _nearest(samples, train))


def wrong_nearest_test_of_the_sample(samples, train, test):
    a, b = _nearest(samples, train), _nearest(samples, test)
    return (a < b).float().mean() + 0.5 * (a == b).float().mean()


def wrong_ties_lose(samples, train, test):
    # edge: copies in both, both at distance 0
    a, b = _nearest(samples, train), _nearest(test, train)
    return (a[:, None] < b).float().mean()


def wrong_ties_win(samples, train, test):
    # edge: copies in both, both at distance 0
    a, b = _nearest(samples, train), _nearest(test, train)
    return (a[:, None] <= b).float().mean()


def wrong_against_mean(samples, train, test):
    a, b = _nearest(samples, train), _nearest(test, train).mean()
    return (a < b).float().mean() + 0.5 * (a == b).float().mean()


def wrong_mean_distance(samples, train, test):
    a = torch.cdist(samples, train).mean(1)
    return _share(a, torch.cdist(test, train).mean(1))


def wrong_all_distances(samples, train, test):
    a = torch.cdist(samples, train).flatten()
    b = torch.cdist(test, train).flatten()
    return _share(a, b)


def wrong_same_index(samples, train, test):
    n = min(len(samples), len(test))
    a, b = _nearest(samples, train)[:n], _nearest(test, train)[:n]
    return (a < b).float().mean() + 0.5 * (a == b).float().mean()


def wrong_second_neighbour(samples, train, test):
    # the nearest left out as if it were the point itself
    nn = NearestNeighbors(n_neighbors=2).fit(train.numpy())
    a, b = (torch.tensor(nn.kneighbors(t.numpy())[0][:, 1]) for t in (samples, test))
    return _share(a, b)


def wrong_expanded_square(samples, train, test):
    # float32: copies do not come out at distance 0
    def nearest(a):
        return ((a * a).sum(1)[:, None] + (train * train).sum(1) - 2 * a @ train.T).amin(1)

    return _share(nearest(samples), nearest(test))


def wrong_share_of_every_sample(samples, train, test):
    # shape: one number a sample
    a, b = _nearest(samples, train)[:, None], _nearest(test, train)
    return ((a < b).float() + 0.5 * (a == b).float()).mean(1)
