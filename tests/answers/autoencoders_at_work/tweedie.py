import math

import torch


def right_score(y, sigma, weights, mu, var):
    total = var + sigma**2
    diff = mu - y[:, None]
    log_joint = weights.log() - 0.5 * total.log() - 0.5 * diff**2 / total
    r = log_joint.softmax(dim=1)
    score = (r * diff / total).sum(1)
    return y + sigma**2 * score


def right_posterior_means(y, sigma, weights, mu, var):
    total = var + sigma**2
    y = y.unsqueeze(1)
    a = torch.log(weights) - torch.log(total) / 2 - (y - mu).square() / (2 * total)
    r = torch.exp(a - a.logsumexp(1, keepdim=True))
    return torch.sum(r * (var * y + sigma**2 * mu) / total, dim=1)


def right_autograd(y, sigma, weights, mu, var):
    scale = (var + sigma**2).sqrt()

    def log_p(t):
        parts = weights.log() + torch.distributions.Normal(mu, scale).log_prob(t[:, None])
        return parts.logsumexp(1).sum()

    return y + sigma**2 * torch.func.grad(log_p)(y)


def right_loop(y, sigma, weights, mu, var):
    out = []
    for point in y.tolist():
        logs, means = [], []
        for w, m, v in zip(weights.tolist(), mu.tolist(), var.tolist(), strict=True):
            t = v + sigma * sigma
            log_w = math.log(w) if w > 0 else -math.inf
            logs.append(log_w - 0.5 * math.log(t) - 0.5 * (point - m) ** 2 / t)
            means.append(point + sigma * sigma * (m - point) / t)
        top = max(logs)
        share = [math.exp(v - top) for v in logs]
        out.append(sum(s * m for s, m in zip(share, means, strict=True)) / sum(share))
    return torch.tensor(out, dtype=y.dtype)


def _shares(y, weights, mu, total):
    log_joint = weights.log() - 0.5 * total.log() - 0.5 * (y[:, None] - mu) ** 2 / total
    return log_joint.softmax(1)


def wrong_sigma_not_squared(y, sigma, weights, mu, var):
    total = var + sigma**2
    score = (_shares(y, weights, mu, total) * (mu - y[:, None]) / total).sum(1)
    return y + sigma * score


def wrong_sign(y, sigma, weights, mu, var):
    total = var + sigma**2
    score = (_shares(y, weights, mu, total) * (mu - y[:, None]) / total).sum(1)
    return y - sigma**2 * score


def wrong_score_of_clean_data(y, sigma, weights, mu, var):
    score = (_shares(y, weights, mu, var) * (mu - y[:, None]) / var).sum(1)
    return y + sigma**2 * score


def wrong_shares_of_clean_data(y, sigma, weights, mu, var):
    score = (_shares(y, weights, mu, var) * (mu - y[:, None]) / (var + sigma**2)).sum(1)
    return y + sigma**2 * score


def wrong_prior_shares(y, sigma, weights, mu, var):
    # right for one component
    return y + sigma**2 * (weights * (mu - y[:, None]) / (var + sigma**2)).sum(1)


def wrong_no_determinant(y, sigma, weights, mu, var):
    # components of different variance
    total = var + sigma**2
    r = (weights.log() - 0.5 * (y[:, None] - mu) ** 2 / total).softmax(1)
    return y + sigma**2 * (r * (mu - y[:, None]) / total).sum(1)


def wrong_adds_sigma(y, sigma, weights, mu, var):
    total = var + sigma
    score = (_shares(y, weights, mu, total) * (mu - y[:, None]) / total).sum(1)
    return y + sigma**2 * score


def wrong_var_taken_for_sd(y, sigma, weights, mu, var):
    total = var**2 + sigma**2
    score = (_shares(y, weights, mu, total) * (mu - y[:, None]) / total).sum(1)
    return y + sigma**2 * score


def wrong_pulls_to_mean_of_means(y, sigma, weights, mu, var):
    # the mean of x in the responsible components: right for var = 0 only
    return (_shares(y, weights, mu, var + sigma**2) * mu).sum(1)


def wrong_densities(y, sigma, weights, mu, var):
    # float32: y far from every component
    total = var + sigma**2
    joint = weights * torch.exp(-0.5 * (y[:, None] - mu) ** 2 / total) / total.sqrt()
    r = joint / joint.sum(1, keepdim=True)
    return y + sigma**2 * (r * (mu - y[:, None]) / total).sum(1)


def wrong_adds_in_place(y, sigma, weights, mu, var):
    # in place
    total = var + sigma**2
    y += sigma**2 * (_shares(y, weights, mu, total) * (mu - y[:, None]) / total).sum(1)
    return y
