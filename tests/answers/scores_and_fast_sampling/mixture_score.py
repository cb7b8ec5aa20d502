import math

import torch


def right_loop(x, sigma, weights, mu, std):
    out = []
    for point in x:
        logs, scores = [], []
        for w, m, s in zip(weights, mu, std, strict=True):
            v = s * s + sigma * sigma
            logs.append(w.log() - 0.5 * len(m) * v.log() - ((point - m) ** 2).sum() / (2 * v))
            scores.append((m - point) / v)
        r = torch.softmax(torch.stack(logs), 0)
        out.append(sum(a * b for a, b in zip(r, scores, strict=True)))
    return torch.stack(out)


def right_autograd(x, sigma, weights, mu, std):
    x = x.detach().requires_grad_() if not x.requires_grad else x
    with torch.enable_grad():
        v = std**2 + sigma**2
        d2 = ((x[:, None] - mu) ** 2).sum(-1)
        log_p = torch.logsumexp(weights.log() - mu.shape[1] / 2 * v.log() - d2 / (2 * v), 1)
        return torch.autograd.grad(log_p.sum(), x, create_graph=True)[0]


def right_distribution(x, sigma, weights, mu, std):
    v = (std**2 + sigma**2)[:, None].expand_as(mu)
    dist = torch.distributions.Independent(torch.distributions.Normal(mu, v.sqrt()), 1)
    joint = dist.log_prob(x[:, None]) + torch.log(weights)
    r = (joint - joint.logsumexp(1, keepdim=True)).exp()
    return torch.einsum("bk,bkd->bd", r, (mu - x[:, None]) / v)


def right_mean_first(x, sigma, weights, mu, std):
    v = std.pow(2) + sigma**2
    d2 = (x[:, None] - mu).pow(2).sum(2)
    r = (weights.log() - x.size(1) * v.log() / 2 - d2 / v / 2).softmax(dim=-1) / v
    return r @ mu - r.sum(1, keepdim=True) * x


def wrong_underflow(x, sigma, weights, mu, std):
    # edge: far away every density is 0
    v = std**2 + sigma**2
    d2 = (x[:, None] - mu).pow(2).sum(2)
    p = weights * (2 * math.pi * v) ** (-x.shape[1] / 2) * torch.exp(-d2 / (2 * v))
    r = p / p.sum(1, keepdim=True)
    return (r[..., None] * (mu - x[:, None]) / v[:, None]).sum(1)


def wrong_sign(x, sigma, weights, mu, std):
    return -right_mean_first(x, sigma, weights, mu, std)


def wrong_sigma_not_squared(x, sigma, weights, mu, std):
    return right_mean_first(x, sigma**0.5, weights, mu, std)


def wrong_one_dimension(x, sigma, weights, mu, std):
    # edge: right for D = 1
    v = std**2 + sigma**2
    d2 = (x[:, None] - mu).pow(2).sum(2)
    r = (weights.log() - v.log() / 2 - d2 / (2 * v)).softmax(1) / v
    return r @ mu - r.sum(1, keepdim=True) * x


def wrong_no_weights(x, sigma, weights, mu, std):
    return right_mean_first(x, sigma, torch.ones_like(weights), mu, std)


def wrong_softmax_over_the_batch(x, sigma, weights, mu, std):
    v = std**2 + sigma**2
    d2 = (x[:, None] - mu).pow(2).sum(2)
    r = (weights.log() - x.shape[1] * v.log() / 2 - d2 / (2 * v)).softmax(0) / v
    return r @ mu - r.sum(1, keepdim=True) * x


def wrong_two_forgotten(x, sigma, weights, mu, std):
    v = std**2 + sigma**2
    d2 = (x[:, None] - mu).pow(2).sum(2)
    r = (weights.log() - x.shape[1] * v.log() / 2 - d2 / v).softmax(1) / v
    return r @ mu - r.sum(1, keepdim=True) * x


def wrong_std_as_variance(x, sigma, weights, mu, std):
    return right_mean_first(x, sigma, weights, mu, std.sqrt())


def wrong_nearest_only(x, sigma, weights, mu, std):
    k = (x[:, None] - mu).pow(2).sum(2).argmin(1)
    return (mu[k] - x) / (std[k] ** 2 + sigma**2)[:, None]


def wrong_density_gradient(x, sigma, weights, mu, std):
    v = std**2 + sigma**2
    d2 = (x[:, None] - mu).pow(2).sum(2)
    p = weights * (2 * math.pi * v) ** (-x.shape[1] / 2) * torch.exp(-d2 / (2 * v))
    return (p[..., None] * (mu - x[:, None]) / v[:, None]).sum(1)


def right_distributions(x, sigma, weights, mu, std):
    from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

    spread = (std**2 + sigma**2).sqrt()[:, None].expand_as(mu)
    mix = MixtureSameFamily(Categorical(weights), Independent(Normal(mu, spread), 1))
    with torch.enable_grad():
        y = x.detach().clone().requires_grad_()
        return torch.autograd.grad(mix.log_prob(y).sum(), y)[0]


def right_jacrev(x, sigma, weights, mu, std):
    def log_p(p):
        v = std**2 + sigma**2
        a = weights.log() - len(p) / 2 * v.log() - ((p - mu) ** 2).sum(-1) / (2 * v)
        return a.logsumexp(0)

    return torch.func.vmap(torch.func.grad(log_p))(x)


def wrong_height_2d(x, sigma, weights, mu, std):
    # height right only for D = 2
    v = std**2 + sigma**2
    d = mu - x[:, None]
    r = (weights.log() - v.log() - (d**2).sum(-1) / (2 * v)).softmax(1)
    return (r[..., None] * d / v[:, None]).sum(1)


def wrong_common_variance(x, sigma, weights, mu, std):
    # Tweedie by the heaps' centres: E[x_0|x] is not sum r mu
    v = std**2 + sigma**2
    d = mu - x[:, None]
    r = (weights.log() - x.shape[1] / 2 * v.log() - (d**2).sum(-1) / (2 * v)).softmax(1)
    return (r @ mu - x) / (sigma**2 if sigma > 0 else 1.0)


def wrong_nan_to_zero(x, sigma, weights, mu, std):
    # nan_to_num over the far points
    v = std**2 + sigma**2
    d = mu - x[:, None]
    p = weights * (-(d**2).sum(-1) / (2 * v)).exp() / v ** (x.shape[1] / 2)
    return ((p[..., None] * d / v[:, None]).sum(1) / p.sum(1, keepdim=True)).nan_to_num()
