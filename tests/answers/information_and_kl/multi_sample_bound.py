import math

import torch

DTYPE = "float64"


def right_logsumexp(log_w):
    return log_w.logsumexp(0) - math.log(log_w.shape[0])


def right_loop(log_w):
    total = log_w[0]
    for row in log_w[1:]:
        total = torch.logaddexp(total, row)
    return total - math.log(len(log_w))


def right_shift(log_w):
    top = log_w.max(0).values.detach()
    top = torch.where(top.isfinite(), top, 0.0)
    return top + (log_w - top).exp().mean(0).log()


def right_weights_first(log_w):
    k = torch.tensor(float(log_w.size(0)), dtype=log_w.dtype)
    return torch.logsumexp(input=log_w - k.log(), dim=0)


def wrong_mean_of_logs(log_w):
    return log_w.mean(0)


def wrong_no_log_k(log_w):
    return log_w.logsumexp(0)


def wrong_plus_log_k(log_w):
    return log_w.logsumexp(0) + math.log(len(log_w))


def wrong_divided_by_k(log_w):
    return log_w.logsumexp(0) / len(log_w)


def wrong_underflow(log_w):
    # float32: log weights near -1000
    return log_w.exp().mean(0).log()


def wrong_maximum(log_w):
    return log_w.max(0).values


def wrong_log_of_batch_size(log_w):
    # edge: K and B differ
    return log_w.logsumexp(0) - math.log(log_w.shape[1])


def wrong_shift_not_added_back(log_w):
    top = log_w.max(0).values
    return (log_w - top).exp().mean(0).log()


def wrong_axis(log_w):
    # shape: (K,)
    return log_w.logsumexp(1) - math.log(log_w.shape[1])


def wrong_detached(log_w):
    # gradient
    return log_w.detach().logsumexp(0) - math.log(log_w.shape[0])


def wrong_edits_log_w(log_w):
    # in place
    top = log_w.max(0).values
    log_w -= top
    return top + log_w.exp().mean(0).log()
