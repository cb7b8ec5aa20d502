import math

import torch
from torch.distributions import Normal


def right_formula(x, x_hat):
    v = (x - x_hat).square().mean()
    return 0.5 * x.shape[1] * (torch.log(2 * math.pi * v) + 1)


def right_loop(x, x_hat):
    b, d = x.shape
    v = 0
    for i in range(b):
        v = v + (x[i] - x_hat[i]).pow(2).sum() / (b * d)
    total = 0
    for i in range(b):
        error = (x[i] - x_hat[i]).pow(2).sum()
        total = total + d / 2 * torch.log(2 * math.pi * v) + error / (2 * v)
    return total / b


def right_normal(x, x_hat):
    sigma = torch.nn.functional.mse_loss(x_hat, x).sqrt()
    return -Normal(x_hat, sigma).log_prob(x).sum(dim=1).mean()


def right_parts(x, x_hat):
    log_v = torch.mean((x_hat - x) ** 2).log()
    constant = torch.log(torch.tensor(2 * math.pi, dtype=torch.float64)).item() + 1
    return x[0].numel() * (log_v + constant) / 2


def wrong_per_pixel(x, x_hat):
    v = (x - x_hat).square().mean()
    return 0.5 * (torch.log(2 * math.pi * v) + 1)


def wrong_sum_over_examples(x, x_hat):
    v = (x - x_hat).square().mean()
    return 0.5 * x.numel() * (torch.log(2 * math.pi * v) + 1)


def wrong_noise_per_example(x, x_hat):
    v = (x - x_hat).square().mean(1)
    return (0.5 * x.shape[1] * (torch.log(2 * math.pi * v) + 1)).mean()


def wrong_noise_per_pixel(x, x_hat):
    v = (x - x_hat).square().mean(0)
    return 0.5 * (torch.log(2 * math.pi * v) + 1).sum()


def wrong_no_plus_one(x, x_hat):
    v = (x - x_hat).square().mean()
    return 0.5 * x.shape[1] * torch.log(2 * math.pi * v)


def wrong_squared_length(x, x_hat):
    v = (x - x_hat).square().sum(1).mean()
    return 0.5 * x.shape[1] * (torch.log(2 * math.pi * v) + 1)


def wrong_sigma_for_variance(x, x_hat):
    sigma = (x - x_hat).square().mean().sqrt()
    return 0.5 * x.shape[1] * (torch.log(2 * math.pi * sigma) + 1)


def wrong_mean_error_removed(x, x_hat):
    v = (x - x_hat).var()
    return 0.5 * x.shape[1] * (torch.log(2 * math.pi * v) + 1)


def wrong_density_then_log(x, x_hat):
    # float32: a product of 256 densities
    v = (x - x_hat).square().mean()
    density = torch.exp(-((x - x_hat) ** 2) / (2 * v)) / torch.sqrt(2 * math.pi * v)
    return -density.prod(1).log().mean()


def wrong_noise_detached(x, x_hat):
    # gradient
    v = (x - x_hat).square().mean().detach()
    return 0.5 * x.shape[1] * (torch.log(2 * math.pi * v) + 1)


def wrong_in_place(x, x_hat):
    # in place
    with torch.no_grad():
        x -= x_hat
    return 0.5 * x.shape[1] * (torch.log(2 * math.pi * x.square().mean()) + 1)
