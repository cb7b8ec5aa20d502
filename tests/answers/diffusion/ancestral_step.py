import math

import torch


def right_formula(x_t, t, eps_hat, z, betas):
    alphas = 1 - betas
    ab = torch.cumprod(alphas, dim=0)
    mean = (x_t - betas[t] / (1 - ab[t]).sqrt() * eps_hat) / alphas[t].sqrt()
    if t == 0:
        return mean
    var = betas[t] * (1 - ab[t - 1]) / (1 - ab[t])
    return mean + var.sqrt() * z


def right_loop(x_t, t, eps_hat, z, betas):
    before = 1.0
    for beta in betas[:t].tolist():
        before *= 1 - beta
    beta = betas[t].item()
    now = before * (1 - beta)
    sigma = math.sqrt(beta * (1 - before) / (1 - now))
    return (x_t - beta / math.sqrt(1 - now) * eps_hat) / math.sqrt(1 - beta) + sigma * z


def right_padded(x_t, t, eps_hat, z, betas):
    ab = torch.cat([torch.ones_like(betas[:1]), (1 - betas).cumprod(0)])
    before, now = ab[t], ab[t + 1]
    share = (1 - before) / (torch.tensor(1.0) - now)
    mean = torch.rsqrt(1 - betas[t]) * (x_t - betas[t] * torch.rsqrt(1 - now) * eps_hat)
    return mean + torch.sqrt(share * betas[t]) * z


def right_precision(x_t, t, eps_hat, z, betas):
    alpha = 1 - betas[t]
    out = x_t.clone() - betas[t] * eps_hat / torch.sqrt(1 - torch.prod(1 - betas[: t + 1]))
    out = out / alpha.sqrt()
    if t > 0:
        precision = alpha / betas[t] + 1 / (1 - torch.prod(1 - betas[:t]))
        out = out + z / precision.sqrt()
    return out


def _mean(x_t, t, eps_hat, betas):
    ab = torch.cumprod(1 - betas, dim=0)
    return (x_t - betas[t] / (1 - ab[t]).sqrt() * eps_hat) / (1 - betas[t]).sqrt()


def _var(t, betas):
    ab = torch.cumprod(1 - betas, dim=0)
    return betas[t] * (1 - ab[t - 1]) / (1 - ab[t])


def wrong_minus_one(x_t, t, eps_hat, z, betas):
    # edge: noise at t = 0, by ab[-1]
    return _mean(x_t, t, eps_hat, betas) + _var(t, betas).sqrt() * z


def wrong_no_noise_at_one(x_t, t, eps_hat, z, betas):
    # edge: t = 1
    mean = _mean(x_t, t, eps_hat, betas)
    return mean + _var(t, betas).sqrt() * z if t > 1 else mean


def wrong_beta_as_variance(x_t, t, eps_hat, z, betas):
    mean = _mean(x_t, t, eps_hat, betas)
    return mean + betas[t].sqrt() * z if t > 0 else mean


def wrong_variance_as_sigma(x_t, t, eps_hat, z, betas):
    mean = _mean(x_t, t, eps_hat, betas)
    return mean + _var(t, betas) * z if t > 0 else mean


def wrong_alpha_bar_outside(x_t, t, eps_hat, z, betas):
    # t >= 1, where they differ
    ab = torch.cumprod(1 - betas, dim=0)
    mean = (x_t - betas[t] / (1 - ab[t]).sqrt() * eps_hat) / ab[t].sqrt()
    return mean + _var(t, betas).sqrt() * z if t > 0 else mean


def wrong_data_estimate(x_t, t, eps_hat, z, betas):
    ab = torch.cumprod(1 - betas, dim=0)
    mean = (x_t - (1 - ab[t]).sqrt() * eps_hat) / ab[t].sqrt()
    return mean + _var(t, betas).sqrt() * z if t > 0 else mean


def wrong_no_root_under_beta(x_t, t, eps_hat, z, betas):
    ab = torch.cumprod(1 - betas, dim=0)
    mean = (x_t - betas[t] / (1 - ab[t]) * eps_hat) / (1 - betas[t]).sqrt()
    return mean + _var(t, betas).sqrt() * z if t > 0 else mean


def wrong_not_grown_back(x_t, t, eps_hat, z, betas):
    ab = torch.cumprod(1 - betas, dim=0)
    mean = x_t - betas[t] / (1 - ab[t]).sqrt() * eps_hat
    return mean + _var(t, betas).sqrt() * z if t > 0 else mean


def wrong_own_noise(x_t, t, eps_hat, z, betas):
    mean = _mean(x_t, t, eps_hat, betas)
    return mean + _var(t, betas).sqrt() * torch.randn_like(x_t) if t > 0 else mean


def wrong_half_precision(x_t, t, eps_hat, z, betas):
    # float32: 1 - 1e-4 rounds to 1, so 1 - alpha_bar is 0 at t = 0
    ab = torch.cumprod((1 - betas).half(), dim=0).to(betas.dtype)
    mean = (x_t - betas[t] / (1 - ab[t]).sqrt() * eps_hat) / (1 - betas[t]).sqrt()
    if t == 0:
        return mean
    return mean + (betas[t] * (1 - ab[t - 1]) / (1 - ab[t])).sqrt() * z


def wrong_in_place(x_t, t, eps_hat, z, betas):
    # in place
    ab = torch.cumprod(1 - betas, dim=0)
    x_t -= betas[t] / (1 - ab[t]).sqrt() * eps_hat
    x_t /= (1 - betas[t]).sqrt()
    return x_t + _var(t, betas).sqrt() * z if t > 0 else x_t
