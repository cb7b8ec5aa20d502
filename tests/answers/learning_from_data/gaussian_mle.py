import math

import torch


def right_std(x):
    return x.mean(0), x.std(0, correction=0)


def right_loop(x):
    n, dims = x.shape
    mu, sigma = torch.zeros(dims, dtype=x.dtype), torch.zeros(dims, dtype=x.dtype)
    for d in range(dims):
        column = x[:, d].tolist()
        m = sum(column) / n
        mu[d] = m
        sigma[d] = math.sqrt(sum((v - m) ** 2 for v in column) / n)
    return mu, sigma


def right_cov(x):
    cov = torch.atleast_2d(torch.cov(x.T, correction=0))
    return x.mean(dim=0), cov.diagonal().sqrt()


def right_norm(x):
    n = torch.tensor(float(x.shape[0]))
    mu = torch.sum(x, dim=0) / n
    return mu, torch.linalg.vector_norm(x - mu, dim=0) / torch.sqrt(n)


def wrong_n_minus_one(x):
    # also nan for one row
    return x.mean(0), x.std(0)


def wrong_variance(x):
    return x.mean(0), x.var(0, correction=0)


def wrong_rows(x):
    # shape unless N = D
    return x.mean(1), x.std(1, correction=0)


def wrong_one_sigma_for_all(x):
    return x.mean(0), x.std(correction=0).expand(x.shape[1])


def wrong_absolute_deviation(x):
    mu = x.mean(0)
    return mu, (x - mu).abs().mean(0)


def wrong_sum_of_squares(x):
    mu = x.mean(0)
    return mu, (x - mu).square().sum(0).sqrt()


def wrong_around_zero(x):
    # edge: a mean other than 0
    return x.mean(0), x.square().mean(0).sqrt()


def wrong_mean_of_squares(x):
    # float32: a column around 10000 with a spread of 1
    mu = x.mean(0)
    return mu, ((x**2).mean(0) - mu**2).clamp_min(0).sqrt()


def wrong_swapped(x):
    return x.std(0, correction=0), x.mean(0)


def wrong_keepdim(x):
    # shape: (1, D)
    return x.mean(0, keepdim=True), x.std(0, correction=0, keepdim=True)


def wrong_edits_x(x):
    # in place
    mu = x.mean(0)
    x -= mu
    return mu, x.square().mean(0).sqrt()
