import torch
from scipy.stats import mannwhitneyu


def right_all_pairs(normal, anomalous):
    wins = anomalous[:, None] > normal[None, :]
    ties = anomalous[:, None] == normal[None, :]
    return (wins.float() + 0.5 * ties.float()).mean()


def right_loop_float(normal, anomalous):
    points = 0.0
    for a in anomalous.tolist():
        for n in normal.tolist():
            points += 1 if a > n else 0.5 if a == n else 0
    return points / (len(normal) * len(anomalous))


def right_sorted(normal, anomalous):
    ordered = normal.sort().values
    below = torch.searchsorted(ordered, anomalous)
    not_above = torch.searchsorted(ordered, anomalous, right=True)
    return (below + not_above).double().mean() / (2 * len(normal))


def right_mann_whitney(normal, anomalous):
    u = mannwhitneyu(anomalous.numpy(), normal.numpy()).statistic
    return torch.tensor(u / (normal.numel() * anomalous.numel()))


def wrong_ties_lose(normal, anomalous):
    return (anomalous[:, None] > normal).float().mean()


def wrong_ties_win(normal, anomalous):
    return (anomalous[:, None] >= normal).float().mean()


def wrong_swapped(normal, anomalous):
    d = normal[:, None] - anomalous
    return (d > 0).float().mean() + (d == 0).float().mean() / 2


def wrong_same_index_only(normal, anomalous):
    n = min(len(normal), len(anomalous))
    d = anomalous[:n] - normal[:n]
    return (d > 0).float().mean() + 0.5 * (d == 0).float().mean()


def wrong_above_mean(normal, anomalous):
    return (anomalous > normal.mean()).float().mean()


def wrong_sum(normal, anomalous):
    d = anomalous[:, None] - normal
    return (d > 0).float().sum() + 0.5 * (d == 0).float().sum()


def wrong_at_least_half(normal, anomalous):
    # a detector worse than chance
    d = anomalous[:, None] - normal
    value = (d > 0).float().mean() + 0.5 * (d == 0).float().mean()
    return torch.maximum(value, 1 - value)


def wrong_gini(normal, anomalous):
    return (anomalous[:, None] - normal).sign().mean()


def wrong_ranks_without_ties(normal, anomalous):
    # edge: ties get their order by position
    both = torch.cat([normal, anomalous])
    ranks = both.argsort(stable=True).argsort().float() + 1
    m = len(anomalous)
    u = ranks[len(normal) :].sum() - m * (m + 1) / 2
    return u / (m * len(normal))


def wrong_per_anomaly(normal, anomalous):
    # shape: (M,)
    d = anomalous[:, None] - normal
    return (d > 0).float().mean(1) + 0.5 * (d == 0).float().mean(1)


def wrong_sorts_in_place(normal, anomalous):
    # in place
    normal.copy_(normal.sort().values)
    below = torch.searchsorted(normal, anomalous)
    not_above = torch.searchsorted(normal, anomalous, right=True)
    return (below + not_above).float().mean() / (2 * len(normal))
