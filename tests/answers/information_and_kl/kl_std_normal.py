import math

import torch
import torch.distributions as td

DTYPE = "float64"


def right_formula(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)


def right_loop(mu, logvar):
    total = torch.zeros_like(mu[..., 0])
    for m, lv in zip(mu.unbind(-1), logvar.unbind(-1), strict=True):
        total = total + 0.5 * (m * m + torch.exp(lv) - 1.0 - lv)
    return total


def right_distribution(mu, logvar):
    q = td.Normal(loc=mu, scale=torch.exp(0.5 * logvar))
    cross_entropy = 0.5 * (q.mean**2 + q.variance + math.log(2 * math.pi))
    return (cross_entropy - q.entropy()).sum(dim=-1)


def right_kingma_sign(mu, logvar):
    minus_half = torch.tensor(-0.5)
    return torch.sum(minus_half * (1 + logvar - mu.pow(2) - logvar.exp()), dim=-1)


def wrong_sign(mu, logvar):
    return 0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(-1)


def wrong_no_half(mu, logvar):
    return (mu**2 + logvar.exp() - 1 - logvar).sum(-1)


def wrong_mean(mu, logvar):
    # edge: D > 1
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean(-1)


def wrong_log_sigma(mu, logvar):
    return 0.5 * (mu**2 + (2 * logvar).exp() - 1 - 2 * logvar).sum(-1)


def wrong_half_exponent(mu, logvar):
    return 0.5 * (mu**2 + (0.5 * logvar).exp() - 1 - logvar).sum(-1)


def wrong_one_once(mu, logvar):
    # edge: D > 1
    return 0.5 * ((mu**2 + logvar.exp() - logvar).sum(-1) - 1)


def wrong_reverse(mu, logvar):
    return 0.5 * ((1 + mu**2) * (-logvar).exp() - 1 + logvar).sum(-1)


def wrong_log_of_variance(mu, logvar):
    # float32: logvar = -120 gives log 0
    var = logvar.exp()
    return 0.5 * (mu**2 + var - 1 - var.log()).sum(-1)


def wrong_no_gradient(mu, logvar):
    # gradient
    with torch.no_grad():
        return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(-1)


def wrong_everything_summed(mu, logvar):
    # shape: one number for a batch
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


def wrong_edits_logvar(mu, logvar):
    # in place
    kl = mu**2 - 1 - logvar
    return 0.5 * (kl + logvar.exp_()).sum(-1)
