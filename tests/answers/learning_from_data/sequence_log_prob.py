from itertools import pairwise

import torch
import torch.nn.functional as F


def right_indexing(idx, log_start, log_next):
    return log_start[idx[:, 0]] + log_next[idx[:, :-1], idx[:, 1:]].sum(1)


def right_loop(idx, log_start, log_next):
    out = []
    for row in idx.tolist():
        total = log_start[row[0]]
        for a, b in pairwise(row):
            total = total + log_next[a, b]
        out.append(total)
    return torch.stack(out)


def right_gather(idx, log_start, log_next):
    rows = F.embedding(idx[:, :-1], log_next)
    steps = torch.gather(rows, dim=2, index=idx[:, 1:, None]).squeeze(2)
    return log_start.gather(0, idx[:, 0]) + steps.sum(dim=1)


def right_flat_table(idx, log_start, log_next):
    flat = log_next.reshape(-1)
    total = log_start[idx[:, 0]].clone()
    for t in range(1, idx.shape[1]):
        total += flat[idx[:, t - 1] * log_next.shape[1] + idx[:, t]]
    return total


def wrong_next_previous(idx, log_start, log_next):
    return log_start[idx[:, 0]] + log_next[idx[:, 1:], idx[:, :-1]].sum(1)


def wrong_no_start(idx, log_start, log_next):
    return log_next[idx[:, :-1], idx[:, 1:]].sum(1)


def wrong_mean(idx, log_start, log_next):
    steps = log_next[idx[:, :-1], idx[:, 1:]]
    return torch.cat([log_start[idx[:, :1]], steps], 1).mean(1)


def wrong_last_step_missing(idx, log_start, log_next):
    return log_start[idx[:, 0]] + log_next[idx[:, :-2], idx[:, 1:-1]].sum(1)


def wrong_start_everywhere(idx, log_start, log_next):
    return log_start[idx].sum(1) + log_next[idx[:, :-1], idx[:, 1:]].sum(1)


def wrong_negative(idx, log_start, log_next):
    return -(log_start[idx[:, 0]] + log_next[idx[:, :-1], idx[:, 1:]].sum(1))


def wrong_wraps_around(idx, log_start, log_next):
    return log_start[idx[:, 0]] + log_next[idx, idx.roll(-1, dims=1)].sum(1)


def wrong_product(idx, log_start, log_next):
    # float32: long sequences, the product is 0
    p = log_start.exp()[idx[:, 0]] * log_next.exp()[idx[:, :-1], idx[:, 1:]].prod(1)
    return p.log()


def wrong_one_hot(idx, log_start, log_next):
    # edge: -inf in a table times 0 gives nan
    hot = F.one_hot(idx, len(log_start)).to(log_next.dtype)
    return hot[:, 0] @ log_start + (hot[:, :-1] @ log_next * hot[:, 1:]).sum((1, 2))


def wrong_stack_of_nothing(idx, log_start, log_next):
    # edge: T = 1 fails
    steps = [log_next[idx[:, t], idx[:, t + 1]] for t in range(idx.shape[1] - 1)]
    return log_start[idx[:, 0]] + torch.stack(steps).sum(0)


def wrong_total(idx, log_start, log_next):
    # shape
    return (log_start[idx[:, 0]] + log_next[idx[:, :-1], idx[:, 1:]].sum(1)).sum()
