import numpy as np
import torch


def right_weights(means, counts):
    return (counts.to(means.dtype) / counts.sum()) @ means


def right_loop(means, counts):
    total = torch.zeros(means.shape[1], dtype=means.dtype)
    rows = 0
    for mean, count in zip(means, counts, strict=True):
        total = total + mean * count
        rows += int(count)
    return total / rows


def right_numpy(means, counts):
    return torch.from_numpy(np.average(means.numpy(), axis=0, weights=counts.numpy())).to(means)


def right_broadcast(means, counts):
    sums = means.clone() * counts.unsqueeze(dim=-1)
    return torch.div(input=sums.sum(dim=0), other=counts.sum(dim=0))


def wrong_plain_mean(means, counts):
    return means.mean(0)


def wrong_sum(means, counts):
    return means.sum(0)


def wrong_not_divided(means, counts):
    return (means * counts[:, None]).sum(0)


def wrong_divided_by_processes(means, counts):
    return (means * counts[:, None]).sum(0) / len(counts)


def wrong_inverse_weights(means, counts):
    w = 1 / counts
    return (means * (w / w.sum())[:, None]).sum(0)


def wrong_equal_shares(means, counts):
    return (means * counts[:, None]).sum(0) / (counts[0] * len(counts))


def wrong_twice_divided(means, counts):
    return (means * (counts / counts.sum())[:, None]).mean(0)


def wrong_squared_weights(means, counts):
    w = counts.to(means.dtype).square()
    return w @ means / w.sum()


def wrong_pairs(means, counts):
    total = means[0]
    for mean in means[1:]:
        total = (total + mean) / 2
    return total


def wrong_columns(means, counts):
    return (means * counts[:, None]).sum(1) / counts.sum()  # shape


def wrong_half(means, counts):
    # float32: more than 65504 rows
    return (means * (counts.half() / counts.half().sum())[:, None]).sum(0)


def wrong_one_share_each(means, counts):
    means = means.repeat_interleave(counts // counts.min(), 0)
    return means.mean(0)  # edge: counts that are no multiples of the smallest


def wrong_in_place(means, counts):
    means *= counts[:, None]  # in place
    return means.sum(0) / counts.sum()
