import torch
from torch.distributions import Normal


def right_mean(values, z, mu, logvar):
    return (values[:, None] * (z - mu) / logvar.exp()).mean(0)


def right_loop(values, z, mu, logvar):
    total = torch.zeros_like(mu)
    for f, draw in zip(values, z, strict=True):
        total = total + f * (draw - mu) * torch.exp(-logvar)
    return total / len(values)


def right_autograd(values, z, mu, logvar):
    m = mu.detach().clone().requires_grad_()
    log_q = Normal(m, (0.5 * logvar.detach()).exp()).log_prob(z.detach()).sum(1)
    (slope,) = torch.autograd.grad((values.detach() * log_q).mean(), m)
    return slope


def right_matmul(values, z, mu, logvar):
    sigma = torch.exp(logvar / torch.tensor(2.0))
    return values @ ((z - mu) / sigma / sigma) / z.shape[0]


def wrong_no_variance(values, z, mu, logvar):
    return (values[:, None] * (z - mu)).mean(0)


def wrong_sigma(values, z, mu, logvar):
    return (values[:, None] * (z - mu) / torch.exp(0.5 * logvar)).mean(0)


def wrong_logvar_not_exp(values, z, mu, logvar):
    return (values[:, None] * (z - mu) / logvar).mean(0)


def wrong_sign(values, z, mu, logvar):
    return (values[:, None] * (mu - z) / logvar.exp()).mean(0)


def wrong_sum(values, z, mu, logvar):
    return (values[:, None] * (z - mu) / logvar.exp()).sum(0)


def wrong_means_multiplied(values, z, mu, logvar):
    return values.mean() * ((z - mu) / logvar.exp()).mean(0)


def wrong_by_logvar(values, z, mu, logvar):
    return (values[:, None] * 0.5 * ((z - mu) ** 2 / logvar.exp() - 1)).mean(0)


def wrong_log_q_not_its_slope(values, z, mu, logvar):
    log_q = Normal(mu, (0.5 * logvar).exp()).log_prob(z)
    return (values[:, None] * log_q).mean(0)


def wrong_baseline_of_same_draws(values, z, mu, logvar):
    # always 0 for N = 1, too small by 1 - 1/N on average
    centred = values - values.mean()
    return (centred[:, None] * (z - mu) / logvar.exp()).mean(0)


def wrong_slope_of_density(values, z, mu, logvar):
    # float32: the density underflows for some 100 numbers in the code, 0 / 0
    m = mu.detach().clone().requires_grad_()
    q = Normal(m, (0.5 * logvar).exp()).log_prob(z).exp().prod(1)
    (slope,) = torch.autograd.grad((values * q / q.detach()).mean(), m)
    return slope


def wrong_in_place(values, z, mu, logvar):
    # in place
    z -= mu
    return (values[:, None] * z / logvar.exp()).mean(0)
