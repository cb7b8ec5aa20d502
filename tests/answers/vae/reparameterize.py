import torch


def right_half_exp(mu, logvar, eps):
    return mu + torch.exp(0.5 * logvar) * eps


def right_loop(mu, logvar, eps):
    rows = []
    for m, lv, e in zip(mu, logvar, eps, strict=True):
        rows.append(m + (lv / 2).exp() * e)
    return torch.stack(rows)


def right_affine_transform(mu, logvar, eps):
    return torch.distributions.AffineTransform(loc=mu, scale=(logvar / 2).exp())(eps)


def right_power_of_e(mu, logvar, eps):
    e = torch.exp(torch.tensor(1.0, dtype=torch.float64)).item()
    return torch.addcmul(mu, torch.pow(e, logvar * torch.tensor(0.5)), eps)


def wrong_variance(mu, logvar, eps):
    return mu + torch.exp(logvar) * eps


def wrong_logvar_is_sigma(mu, logvar, eps):
    return mu + logvar * eps


def wrong_half_of_variance(mu, logvar, eps):
    return mu + 0.5 * logvar.exp() * eps


def wrong_precision(mu, logvar, eps):
    return mu + torch.exp(-0.5 * logvar) * eps


def wrong_root_of_logvar(mu, logvar, eps):
    # nan for logvar < 0
    return mu + torch.sqrt(logvar) * eps


def wrong_standardised(mu, logvar, eps):
    return (eps - mu) / torch.exp(0.5 * logvar)


def wrong_own_noise(mu, logvar, eps):
    return mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)


def wrong_root_of_exp(mu, logvar, eps):
    # float32: logvar = 100 overflows, logvar = -110 has a nan slope
    return mu + torch.sqrt(torch.exp(logvar)) * eps


def wrong_detached_sigma(mu, logvar, eps):
    # gradient
    return mu + torch.exp(0.5 * logvar).detach() * eps


def wrong_no_grad(mu, logvar, eps):
    # gradient
    with torch.no_grad():
        return mu + torch.exp(0.5 * logvar) * eps


def wrong_in_place(mu, logvar, eps):
    # in place
    eps *= torch.exp(0.5 * logvar)
    return mu + eps
