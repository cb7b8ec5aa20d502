import torch
import torch.nn.functional as F

DTYPE = "float64"


def right_sorted(x, y):
    return (x.sort().values - y.sort().values).abs().mean()


def right_loop(x, y):
    total = 0.0
    for a, b in zip(x.sort().values, y.sort().values, strict=True):
        total = total + torch.abs(a - b)
    return total / len(x)


def right_l1_loss(x, y):
    n = len(x)
    return F.l1_loss(input=x.topk(n).values, target=y.topk(n).values)


def right_area_between(x, y):
    both = torch.cat([x, y]).sort().values
    n = torch.tensor(float(len(x)))
    f_x = torch.searchsorted(x.sort().values, both[:-1].contiguous(), right=True) / n
    f_y = torch.searchsorted(y.sort().values, both[:-1].contiguous(), right=True) / n
    return ((f_x - f_y).abs().to(x.dtype) * both.diff()).sum()


def wrong_not_sorted(x, y):
    return (x - y).abs().mean()


def wrong_one_sorted(x, y):
    return (x.sort().values - y).abs().mean()


def wrong_opposite_orders(x, y):
    return (x.sort().values - y.sort(descending=True).values).abs().mean()


def wrong_squared(x, y):
    return (x.sort().values - y.sort().values).square().mean()


def wrong_root_mean_square(x, y):
    return (x.sort().values - y.sort().values).square().mean().sqrt()


def wrong_sum(x, y):
    return (x.sort().values - y.sort().values).abs().sum()


def wrong_no_abs(x, y):
    # edge: y below x, or two samples with the same mean
    return (y.sort().values - x.sort().values).mean()


def wrong_difference_of_means(x, y):
    # edge: two samples with the same mean
    return (x.mean() - y.mean()).abs()


def wrong_largest(x, y):
    return (x.sort().values - y.sort().values).abs().max()


def wrong_not_averaged(x, y):
    # shape
    return (x.sort().values - y.sort().values).abs()


def wrong_sorts_input(x, y):
    # in place
    x.copy_(x.sort().values)
    y.copy_(y.sort().values)
    return (x - y).abs().mean()
