import torch
from torch.distributions import Normal, kl_divergence


def right_formula(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean(0)


def right_loop(mu, logvar):
    kl = torch.zeros(mu.shape[1], dtype=mu.dtype)
    for j in range(mu.shape[1]):
        for i in range(mu.shape[0]):
            m, lv = mu[i, j], logvar[i, j]
            kl[j] += (m * m + torch.exp(lv) - 1 - lv) / 2
    return kl / mu.shape[0]


def right_distributions(mu, logvar):
    return kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).mean(dim=0)


def right_expm1(mu, logvar):
    spread = torch.expm1(logvar) - logvar
    return torch.tensor(0.5) * (mu.pow(2).mean(dim=0) + spread.mean(dim=0))


def wrong_axis(mu, logvar):
    # shape: (B,), as long as (Z,) only for B = Z
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).mean(1)


def wrong_sum(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 - logvar).sum(0)


def wrong_no_half(mu, logvar):
    return (mu**2 + logvar.exp() - 1 - logvar).mean(0)


def wrong_sign(mu, logvar):
    return 0.5 * (1 + logvar - mu**2 - logvar.exp()).mean(0)


def wrong_sigma(mu, logvar):
    return 0.5 * (mu**2 + torch.exp(0.5 * logvar) - 1 - logvar).mean(0)


def wrong_averages_first(mu, logvar):
    m, lv = mu.mean(0), logvar.mean(0)
    return 0.5 * (m**2 + lv.exp() - 1 - lv)


def wrong_direction(mu, logvar):
    return 0.5 * ((mu**2 + 1) / logvar.exp() - 1 + logvar).mean(0)


def wrong_logvar_sign(mu, logvar):
    return 0.5 * (mu**2 + logvar.exp() - 1 + logvar).mean(0)


def wrong_mu_not_squared(mu, logvar):
    return 0.5 * (mu + logvar.exp() - 1 - logvar).mean(0)


def wrong_one_draw(mu, logvar):
    # right on average only
    z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
    log_q = Normal(mu, torch.exp(0.5 * logvar)).log_prob(z)
    return (log_q - Normal(0.0, 1.0).log_prob(z)).mean(0)


def wrong_in_place(mu, logvar):
    # in place
    return 0.5 * (mu.pow_(2) + logvar.exp() - 1 - logvar).mean(0)
