import torch
import torch.nn.functional as F
from torch.distributions import Normal, kl_divergence


def right_torch_kl(y, y_hat, mu, logvar):
    q = Normal(mu, (0.5 * logvar).exp())
    kl = kl_divergence(q, Normal(torch.zeros_like(mu), torch.ones_like(mu))).sum(-1)
    return ((y - y_hat).abs().sum((1, 2, 3)) + kl).mean()


def right_l1_loss(y, y_hat, mu, logvar):
    error = F.l1_loss(y_hat, y, reduction="sum") / len(y)
    kl = -0.5 * (1 + logvar - mu**2 - torch.exp(logvar)).sum() / len(y)
    return error + kl


def right_loop(y, y_hat, mu, logvar):
    total = 0
    for a, b, m, s in zip(y, y_hat, mu, logvar, strict=True):
        total = total + torch.abs(a - b).sum() + 0.5 * (m * m + s.exp() - s - 1).sum()
    return total / y.shape[0]


def right_expm1(y, y_hat, mu, logvar):
    kl = (mu.square() + torch.expm1(logvar) - logvar).sum(1).div(2)
    return (y_hat - y).abs().flatten(1).sum(1).add(kl).mean()


def wrong_mean_error(y, y_hat, mu, logvar):
    return (y - y_hat).abs().mean() + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1).mean()


def wrong_mean_kl(y, y_hat, mu, logvar):
    error = (y - y_hat).abs().sum((1, 2, 3)).mean()
    return error + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean()


def wrong_everything_summed(y, y_hat, mu, logvar):
    # a batch of more than one
    return (y - y_hat).abs().sum() + 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum()


def wrong_no_half(y, y_hat, mu, logvar):
    kl = (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return ((y - y_hat).abs().sum((1, 2, 3)) + kl).mean()


def wrong_sign_of_kl(y, y_hat, mu, logvar):
    kl = 0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(1)
    return ((y - y_hat).abs().sum((1, 2, 3)) + kl).mean()


def wrong_sigma(y, y_hat, mu, logvar):
    kl = 0.5 * (mu**2 + (0.5 * logvar).exp() - 1 - 0.5 * logvar).sum(1)
    return ((y - y_hat).abs().sum((1, 2, 3)) + kl).mean()


def wrong_logvar_is_log_sigma(y, y_hat, mu, logvar):
    kl = 0.5 * (mu**2 + (2 * logvar).exp() - 1 - 2 * logvar).sum(1)
    return ((y - y_hat).abs().sum((1, 2, 3)) + kl).mean()


def wrong_no_minus_one(y, y_hat, mu, logvar):
    kl = 0.5 * (mu**2 + logvar.exp() - logvar).sum(1)
    return ((y - y_hat).abs().sum((1, 2, 3)) + kl).mean()


def wrong_squared(y, y_hat, mu, logvar):
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return ((y - y_hat).square().sum((1, 2, 3)) + kl).mean()


def wrong_one_per_picture(y, y_hat, mu, logvar):
    # a tensor of losses, not their mean
    kl = 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(1)
    return (y - y_hat).abs().sum((1, 2, 3)) + kl


def wrong_no_kl(y, y_hat, mu, logvar):
    return (y - y_hat).abs().sum((1, 2, 3)).mean()


def wrong_no_mu(y, y_hat, mu, logvar):
    kl = 0.5 * (logvar.exp() - 1 - logvar).sum(1)
    return ((y - y_hat).abs().sum((1, 2, 3)) + kl).mean()
