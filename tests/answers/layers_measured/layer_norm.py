import math

import torch
import torch.nn.functional as F


def right_last_dim(x, weight, bias):
    m = x.mean(dim=-1, keepdim=True)
    v = x.var(dim=-1, keepdim=True, unbiased=False)
    return (x - m) / torch.sqrt(v + 1e-5) * weight + bias


def right_row_loop(x, weight, bias):
    rows = []
    for row in x.reshape(-1, x.shape[-1]):
        centred = row - row.sum() / len(row)
        v = (centred * centred).sum() / len(row)
        rows.append(centred / (v + 1e-5) ** 0.5 * weight + bias)
    return torch.stack(rows).reshape(x.shape)


def right_functional(x, weight, bias):
    return F.layer_norm(x, weight.shape, weight=weight, bias=bias, eps=1e-5)


def right_length_of_centred(x, weight, bias):
    c = x - x.mean(-1, keepdim=True)
    d = x.shape[-1]
    length = torch.hypot(c.norm(dim=-1, keepdim=True), torch.tensor(1e-5 * d).sqrt().to(c))
    return torch.addcmul(bias, c / length * math.sqrt(d), weight)


def wrong_n_minus_one(x, weight, bias):
    return (x - x.mean(-1, keepdim=True)) / (x.var(-1, keepdim=True) + 1e-5).sqrt() * weight + bias


def wrong_batch_axis(x, weight, bias):
    m, v = x.mean(0, keepdim=True), x.var(0, keepdim=True, correction=0)
    return (x - m) / (v + 1e-5).sqrt() * weight + bias


def wrong_all_but_batch(x, weight, bias):
    # (B, T, D) with T > 1
    dims = tuple(range(1, x.dim())) or (0,)
    m, v = x.mean(dims, keepdim=True), x.var(dims, keepdim=True, correction=0)
    return (x - m) / (v + 1e-5).sqrt() * weight + bias


def wrong_dim_one(x, weight, bias):
    # (B, T, D): the wrong axis; (D,): an error
    m, v = x.mean(1, keepdim=True), x.var(1, keepdim=True, correction=0)
    return (x - m) / (v + 1e-5).sqrt() * weight + bias


def wrong_eps_outside(x, weight, bias):
    # edge: nearly equal features
    m, s = x.mean(-1, keepdim=True), x.std(-1, keepdim=True, correction=0)
    return (x - m) / (s + 1e-5) * weight + bias


def wrong_no_eps(x, weight, bias):
    # edge: equal features
    m, s = x.mean(-1, keepdim=True), x.std(-1, keepdim=True, correction=0)
    return (x - m) / s * weight + bias


def wrong_no_root(x, weight, bias):
    m, v = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, correction=0)
    return (x - m) / (v + 1e-5) * weight + bias


def wrong_no_mean(x, weight, bias):
    return x / ((x**2).mean(-1, keepdim=True) + 1e-5).sqrt() * weight + bias


def wrong_mean_of_squares(x, weight, bias):
    # float32: a mean far above the spread
    m = x.mean(-1, keepdim=True)
    v = (x * x).mean(-1, keepdim=True) - m * m
    return (x - m) / (v + 1e-5).sqrt() * weight + bias


def wrong_detached_statistics(x, weight, bias):
    # gradient
    with torch.no_grad():
        m, v = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, correction=0)
    return (x - m) / (v + 1e-5).sqrt() * weight + bias


def wrong_centres_in_place(x, weight, bias):
    # in place
    x -= x.mean(-1, keepdim=True)
    return x / ((x**2).mean(-1, keepdim=True) + 1e-5).sqrt() * weight + bias
