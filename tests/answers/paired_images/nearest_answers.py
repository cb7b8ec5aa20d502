import numpy as np
import torch


def right_cumulative(values, probs):
    order = torch.argsort(values)
    reached = torch.cumsum(probs[order], 0) >= 0.5
    return torch.stack([torch.dot(values, probs), values[order][reached.nonzero()[0, 0]]])


def right_try_each(values, probs):
    expected = [((values - c).abs() * probs).sum() for c in values]
    return torch.stack([(values * probs).sum(), values[torch.stack(expected).argmin()]])


def right_searchsorted(values, probs):
    found, order = values.sort()
    k = torch.searchsorted(probs[order].cumsum(0), torch.tensor(0.5, dtype=probs.dtype))
    return torch.cat([(values @ probs)[None], found[k][None]])


def right_numpy(values, probs):
    v, p = values.numpy(), probs.numpy()
    order = np.argsort(v)
    k = int(np.searchsorted(np.cumsum(p[order]), 0.5))
    return torch.tensor([float((v * p).sum()), float(v[order][k])], dtype=values.dtype)


def wrong_plain_mean(values, probs):
    return torch.stack([values.mean(), right_try_each(values, probs)[1]])


def wrong_plain_median(values, probs):
    return torch.stack([(values * probs).sum(), values.median()])


def wrong_both_plain(values, probs):
    return torch.stack([values.mean(), values.median()])


def wrong_mode(values, probs):
    return torch.stack([(values * probs).sum(), values[probs.argmax()]])


def wrong_unsorted(values, probs):
    k = (probs.cumsum(0) < 0.5).sum()
    return torch.stack([(values * probs).sum(), values[k]])


def wrong_exchanged(values, probs):
    return right_cumulative(values, probs).flip(0)


def wrong_midrange(values, probs):
    return torch.stack([(values * probs).sum(), (values.min() + values.max()) / 2])


def wrong_mean_twice(values, probs):
    mean = (values * probs).sum()
    return torch.stack([mean, mean])


def wrong_below_half(values, probs):
    # the last value below one half in place of the first above
    order = values.argsort()
    k = ((probs[order].cumsum(0) < 0.5).sum() - 1).clamp(min=0)
    return torch.stack([(values * probs).sum(), values[order][k]])


def wrong_from_above(values, probs):
    # looks for one half in the falling order, one step too far
    order = values.argsort(descending=True)
    k = (probs[order].cumsum(0) < 0.5).sum()
    return torch.stack([(values * probs).sum(), values[order][(k + 1).clamp(max=len(values) - 1)]])
