import math

import torch
from scipy import special


def right_cat(chunks):
    w = torch.cat(chunks)
    return torch.logsumexp(w, 0) - math.log(len(w))


def right_running(chunks):
    total = torch.full_like(chunks[0][0], -torch.inf)
    draws = 0
    for chunk in chunks:
        total = torch.logaddexp(total, chunk.logsumexp(0))
        draws += chunk.shape[0]
    return total - math.log(draws)


def right_scipy(chunks):
    w = torch.cat(list(chunks), dim=0)
    return torch.as_tensor(special.logsumexp(w.numpy(), axis=0, b=1 / w.shape[0])).to(w.dtype)


def right_largest_first(chunks):
    top = torch.stack([c.amax(dim=0) for c in chunks]).amax(dim=0)
    top = top.clamp(min=torch.finfo(top.dtype).min)
    sums = sum((c - top).exp().sum(dim=0) for c in chunks)
    return top + torch.log(sums / torch.tensor(float(sum(len(c) for c in chunks))))


def wrong_mean_of_bounds(chunks):
    return torch.stack([c.logsumexp(0) - math.log(len(c)) for c in chunks]).mean(0)


def wrong_bounds_unweighted(chunks):
    # chunks of different sizes
    bounds = torch.stack([c.logsumexp(0) - math.log(len(c)) for c in chunks])
    return bounds.logsumexp(0) - math.log(len(chunks))


def wrong_weighted_bounds(chunks):
    n = sum(len(c) for c in chunks)
    return sum(len(c) / n * (c.logsumexp(0) - math.log(len(c))) for c in chunks)


def wrong_no_log_k(chunks):
    return torch.cat(chunks).logsumexp(0)


def wrong_number_of_chunks(chunks):
    return torch.cat(chunks).logsumexp(0) - math.log(len(chunks))


def wrong_first_chunk_size(chunks):
    # chunks of different sizes
    return torch.cat(chunks).logsumexp(0) - math.log(len(chunks) * len(chunks[0]))


def wrong_mean_of_logs(chunks):
    return torch.cat(chunks).mean(0)


def wrong_divided_by_k(chunks):
    w = torch.cat(chunks)
    return w.logsumexp(0) / len(w)


def wrong_starts_at_zero(chunks):
    total = torch.zeros_like(chunks[0][0])  # a weight of 1 too many
    for c in chunks:
        total = torch.logaddexp(total, c.logsumexp(0))
    return total - math.log(sum(len(c) for c in chunks))


def wrong_log_k_added(chunks):
    w = torch.cat(chunks)
    return w.logsumexp(0) + math.log(len(w))


def wrong_best(chunks):
    return torch.cat(chunks).amax(0)


def wrong_over_pictures(chunks):
    w = torch.cat(chunks)
    return w.logsumexp(1) - math.log(w.shape[1])  # shape


def wrong_exp(chunks):
    return torch.cat(chunks).exp().mean(0).log()  # float32: weights of -100 nats and less


def wrong_one_top(chunks):
    w = torch.cat(chunks)
    top = w.max()  # float32: pictures far below the best one
    return (w - top).exp().mean(0).log() + top


def wrong_stacked(chunks):
    w = torch.stack(chunks).flatten(0, 1)  # edge: a last chunk that is shorter
    return w.logsumexp(0) - math.log(len(w))


def wrong_in_place(chunks):
    n = sum(len(c) for c in chunks)
    for c in chunks:
        c -= math.log(n)  # in place
    return torch.cat(chunks).logsumexp(0)
