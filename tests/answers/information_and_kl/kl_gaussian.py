import torch
import torch.distributions as td

DTYPE = "float64"


def right_formula(mu_q, logvar_q, mu_p, logvar_p):
    square = ((mu_q - mu_p) / torch.exp(0.5 * logvar_p)) ** 2
    return 0.5 * (logvar_p - logvar_q + torch.exp(logvar_q - logvar_p) + square - 1).sum(-1)


def right_loop(mu_q, logvar_q, mu_p, logvar_p):
    total = 0.0
    for d in range(mu_q.shape[-1]):
        log_ratio = logvar_q[..., d] - logvar_p[..., d]
        z = (mu_q[..., d] - mu_p[..., d]) / torch.exp(logvar_p[..., d] / 2)
        total = total + (log_ratio.exp() - 1 - log_ratio + z**2) / 2
    return total


def right_distribution(mu_q, logvar_q, mu_p, logvar_p):
    q = td.Independent(td.Normal(mu_q, (logvar_q / 2).exp()), 1)
    p = td.Independent(td.Normal(mu_p, (logvar_p / 2).exp()), 1)
    return td.kl_divergence(q, p)


def right_expm1(mu_q, logvar_q, mu_p, logvar_p):
    half = torch.tensor(0.5)
    r = torch.sub(input=logvar_q, other=logvar_p)
    z = (mu_q - mu_p) * (-half * logvar_p).exp()
    return (half * (torch.expm1(r) - r + z.square())).sum(dim=-1)


def wrong_reverse(mu_q, logvar_q, mu_p, logvar_p):
    square = (mu_q - mu_p) ** 2 * torch.exp(-logvar_q)
    return 0.5 * (logvar_q - logvar_p + torch.exp(logvar_p - logvar_q) + square - 1).sum(-1)


def wrong_logvar_as_log_sigma(mu_q, logvar_q, mu_p, logvar_p):
    q, p = td.Normal(mu_q, logvar_q.exp()), td.Normal(mu_p, logvar_p.exp())
    return td.kl_divergence(q, p).sum(-1)


def wrong_no_half(mu_q, logvar_q, mu_p, logvar_p):
    square = (mu_q - mu_p) ** 2 * torch.exp(-logvar_p)
    return (logvar_p - logvar_q + torch.exp(logvar_q - logvar_p) + square - 1).sum(-1)


def wrong_mean(mu_q, logvar_q, mu_p, logvar_p):
    # edge: D > 1
    square = (mu_q - mu_p) ** 2 * torch.exp(-logvar_p)
    return 0.5 * (logvar_p - logvar_q + torch.exp(logvar_q - logvar_p) + square - 1).mean(-1)


def wrong_one_once(mu_q, logvar_q, mu_p, logvar_p):
    # edge: D > 1
    square = (mu_q - mu_p) ** 2 * torch.exp(-logvar_p)
    return 0.5 * ((logvar_p - logvar_q + torch.exp(logvar_q - logvar_p) + square).sum(-1) - 1)


def wrong_log_terms_swapped(mu_q, logvar_q, mu_p, logvar_p):
    square = (mu_q - mu_p) ** 2 * torch.exp(-logvar_p)
    return 0.5 * (logvar_q - logvar_p + torch.exp(logvar_q - logvar_p) + square - 1).sum(-1)


def wrong_mean_not_scaled(mu_q, logvar_q, mu_p, logvar_p):
    square = (mu_q - mu_p) ** 2
    return 0.5 * (logvar_p - logvar_q + torch.exp(logvar_q - logvar_p) + square - 1).sum(-1)


def wrong_scaled_by_q(mu_q, logvar_q, mu_p, logvar_p):
    square = (mu_q - mu_p) ** 2 * torch.exp(-logvar_q)
    return 0.5 * (logvar_p - logvar_q + torch.exp(logvar_q - logvar_p) + square - 1).sum(-1)


def wrong_ratio_of_exps(mu_q, logvar_q, mu_p, logvar_p):
    # float32: both logvars at 100 give inf / inf, at -120 0 / 0
    var_q, var_p = logvar_q.exp(), logvar_p.exp()
    ratio = (var_q + (mu_q - mu_p) ** 2) / var_p
    return 0.5 * (logvar_p - logvar_q + ratio - 1).sum(-1)


def wrong_p_frozen(mu_q, logvar_q, mu_p, logvar_p):
    # gradient: none to p
    mu_p, logvar_p = mu_p.detach(), logvar_p.detach()
    square = (mu_q - mu_p) ** 2 * torch.exp(-logvar_p)
    return 0.5 * (logvar_p - logvar_q + torch.exp(logvar_q - logvar_p) + square - 1).sum(-1)


def wrong_batch_mean(mu_q, logvar_q, mu_p, logvar_p):
    # shape: one number for a batch
    square = (mu_q - mu_p) ** 2 * torch.exp(-logvar_p)
    kl = 0.5 * (logvar_p - logvar_q + torch.exp(logvar_q - logvar_p) + square - 1)
    return kl.sum(-1).mean()
