import math

import torch


def right_precisions(x, sigma, mu_0, tau):
    precision = len(x) / sigma**2 + 1 / tau**2
    mean = (x.sum() / sigma**2 + mu_0 / tau**2) / precision
    return mean, torch.as_tensor(precision, dtype=x.dtype) ** -0.5


def right_one_at_a_time(x, sigma, mu_0, tau):
    mean, var = float(mu_0), float(tau) ** 2
    for v in x.tolist():
        gain = var / (var + float(sigma) ** 2)
        mean = mean + gain * (v - mean)
        var = (1 - gain) * var
    return mean, math.sqrt(var)


def right_least_squares(x, sigma, mu_0, tau):
    a = torch.tensor([1 / float(sigma)] * len(x) + [1 / float(tau)], dtype=x.dtype)
    b = torch.cat([x / sigma, torch.tensor([float(mu_0) / float(tau)], dtype=x.dtype)])
    mean = torch.linalg.lstsq(a[:, None], b[:, None]).solution[0, 0]
    return mean, 1 / torch.linalg.vector_norm(a)


def right_shrinkage(x, sigma, mu_0, tau):
    n = x.numel()
    total = n * tau**2 + sigma**2
    mean = mu_0 + tau**2 * (x - mu_0).sum() / total
    return mean, tau * sigma / total**0.5


def wrong_mean_of_nothing(x, sigma, mu_0, tau):
    # edge: N = 0 gives nan
    data, prior = len(x) / sigma**2, 1 / tau**2
    mean = (data * x.mean() + prior * mu_0) / (data + prior)
    return mean, torch.tensor((data + prior) ** -0.5)


def wrong_variance(x, sigma, mu_0, tau):
    precision = len(x) / sigma**2 + 1 / tau**2
    return (x.sum() / sigma**2 + mu_0 / tau**2) / precision, torch.tensor(1 / precision)


def wrong_sigma_not_squared(x, sigma, mu_0, tau):
    precision = len(x) / sigma + 1 / tau
    return (x.sum() / sigma + mu_0 / tau) / precision, torch.tensor(precision**-0.5)


def wrong_one_observation(x, sigma, mu_0, tau):
    # edge: N > 1
    data, prior = min(len(x), 1) / sigma**2, 1 / tau**2
    mean = (data * x.sum() / max(len(x), 1) + prior * mu_0) / (data + prior)
    return mean, torch.tensor((data + prior) ** -0.5)


def wrong_weights_swapped(x, sigma, mu_0, tau):
    data, prior = len(x) / sigma**2, 1 / tau**2
    x_bar = x.sum() / max(len(x), 1)
    return (prior * x_bar + data * mu_0) / (data + prior), torch.tensor((data + prior) ** -0.5)


def wrong_predictive(x, sigma, mu_0, tau):
    precision = len(x) / sigma**2 + 1 / tau**2
    mean = (x.sum() / sigma**2 + mu_0 / tau**2) / precision
    return mean, torch.tensor((1 / precision + sigma**2) ** 0.5)


def wrong_no_prior_mean(x, sigma, mu_0, tau):
    # edge: mu_0 other than 0
    precision = len(x) / sigma**2 + 1 / tau**2
    return x.sum() / sigma**2 / precision, torch.tensor(precision**-0.5)


def wrong_data_only(x, sigma, mu_0, tau):
    if len(x) == 0:
        return torch.tensor(mu_0), torch.tensor(tau)
    return x.mean(), torch.tensor(sigma / math.sqrt(len(x)))


def wrong_grid(x, sigma, mu_0, tau):
    # float32: many x, the product of the likelihoods is 0 everywhere
    mu = torch.linspace(mu_0 - 6 * tau, mu_0 + 6 * tau, 20001, dtype=x.dtype)
    p = torch.exp(-0.5 * ((mu - mu_0) / tau) ** 2)
    for v in x:
        p = p * torch.exp(-0.5 * ((v - mu) / sigma) ** 2) / sigma
    p = p / p.sum()
    mean = (p * mu).sum()
    return mean, (p * (mu - mean) ** 2).sum().sqrt()


def wrong_zero_without_data(x, sigma, mu_0, tau):
    # edge: N = 0
    if len(x) == 0:
        return torch.tensor(0.0), torch.tensor(float(tau))
    precision = len(x) / sigma**2 + 1 / tau**2
    return (x.sum() / sigma**2 + mu_0 / tau**2) / precision, torch.tensor(precision**-0.5)


def wrong_edits_x(x, sigma, mu_0, tau):
    # in place
    total = len(x) * tau**2 + sigma**2
    x -= mu_0
    return mu_0 + tau**2 * x.sum() / total, torch.tensor(tau * sigma / total**0.5)
