import math

import torch


def right_formula(x, mu, sigma):
    sigma = torch.as_tensor(sigma, dtype=x.dtype)
    return -0.5 * ((x - mu) / sigma) ** 2 - sigma.log() - 0.5 * math.log(2 * math.pi)


def right_loop(x, mu, sigma):
    mu = torch.as_tensor(mu, dtype=x.dtype).expand_as(x)
    sigma = torch.as_tensor(sigma, dtype=x.dtype).expand_as(x)
    out = []
    for v, m, s in zip(x, mu, sigma, strict=True):
        out.append(-((v - m) ** 2) / (2 * s**2) - torch.log(s * math.sqrt(2 * math.pi)))
    return torch.stack(out)


def right_distribution(x, mu, sigma):
    return torch.distributions.Normal(loc=mu, scale=sigma).log_prob(x)


def right_variance_form(x, mu, sigma):
    var = torch.as_tensor(sigma, dtype=x.dtype).square()
    half = torch.tensor(0.5)
    return -half * (torch.log(2 * torch.pi * var) + (x - mu).square() / var)


def wrong_sigma_as_variance(x, mu, sigma):
    sigma = torch.as_tensor(sigma, dtype=x.dtype)
    return -0.5 * (x - mu) ** 2 / sigma - 0.5 * sigma.log() - 0.5 * math.log(2 * math.pi)


def wrong_no_half_in_square(x, mu, sigma):
    sigma = torch.as_tensor(sigma, dtype=x.dtype)
    return -(((x - mu) / sigma) ** 2) - sigma.log() - 0.5 * math.log(2 * math.pi)


def wrong_no_log_sigma(x, mu, sigma):
    # edge: sigma other than 1
    return -0.5 * ((x - mu) / sigma) ** 2 - 0.5 * math.log(2 * math.pi)


def wrong_half_log_sigma(x, mu, sigma):
    # edge: sigma other than 1
    sigma = torch.as_tensor(sigma, dtype=x.dtype)
    return -0.5 * ((x - mu) / sigma) ** 2 - 0.5 * (sigma * 2 * math.pi).log()


def wrong_plus_log_sigma(x, mu, sigma):
    # edge: sigma other than 1
    sigma = torch.as_tensor(sigma, dtype=x.dtype)
    return -0.5 * ((x - mu) / sigma) ** 2 + sigma.log() - 0.5 * math.log(2 * math.pi)


def wrong_constant_not_halved(x, mu, sigma):
    sigma = torch.as_tensor(sigma, dtype=x.dtype)
    return -0.5 * ((x - mu) / sigma) ** 2 - sigma.log() - math.log(2 * math.pi)


def wrong_density_not_log(x, mu, sigma):
    z = (x - mu) / sigma
    return torch.exp(-0.5 * z**2) / (sigma * math.sqrt(2 * math.pi))


def wrong_log_of_density(x, mu, sigma):
    # float32: x 20 sigma away gives -inf
    z = (x - mu) / sigma
    return torch.log(torch.exp(-0.5 * z**2) / (sigma * math.sqrt(2 * math.pi)))


def wrong_negative(x, mu, sigma):
    sigma = torch.as_tensor(sigma, dtype=x.dtype)
    return 0.5 * ((x - mu) / sigma) ** 2 + sigma.log() + 0.5 * math.log(2 * math.pi)


def wrong_summed(x, mu, sigma):
    # shape
    return torch.distributions.Normal(mu, sigma).log_prob(x).sum()


def wrong_edits_x(x, mu, sigma):
    # in place
    x -= mu
    x /= sigma
    sigma = torch.as_tensor(sigma, dtype=x.dtype)
    return -0.5 * x**2 - sigma.log() - 0.5 * math.log(2 * math.pi)
