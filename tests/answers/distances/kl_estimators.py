import torch

DTYPE = "float64"


def right_stack(log_q, log_p):
    log_r = log_p - log_q
    k1, k2, k3 = -log_r, 0.5 * log_r**2, (log_r.exp() - 1) - log_r
    return torch.stack([k1.mean(), k2.mean(), k3.mean()])


def right_loop(log_q, log_p):
    sums = torch.zeros(3, dtype=log_q.dtype)
    for lq, lp in zip(log_q.split(100), log_p.split(100), strict=True):
        d = lq - lp
        sums = sums + torch.stack([d.sum(), (d * d / 2).sum(), (torch.expm1(-d) + d).sum()])
    return sums / len(log_q)


def right_rows(log_q, log_p):
    log_r = torch.sub(input=log_p, other=log_q)
    return torch.stack([-log_r, log_r.square() / 2, torch.special.expm1(log_r) - log_r]).mean(1)


def right_cat_of_means(log_q, log_p):
    half = torch.tensor(0.5)
    d = (log_q - log_p).clone()
    k1 = d.mean()
    k2 = (half * d.pow(2)).mean()
    k3 = torch.exp(-d).mean() - 1 + k1
    return torch.cat([k1.view(1), k2.view(1), k3.view(1)])


def wrong_ratio_inverted(log_q, log_p):
    log_r = log_q - log_p
    return torch.stack([-log_r, 0.5 * log_r**2, log_r.exp() - 1 - log_r]).mean(1)


def wrong_k2_no_half(log_q, log_p):
    log_r = log_p - log_q
    return torch.stack([-log_r, log_r**2, log_r.exp() - 1 - log_r]).mean(1)


def wrong_k2_square_of_mean(log_q, log_p):
    log_r = log_p - log_q
    k3 = log_r.exp() - 1 - log_r
    return torch.stack([-log_r.mean(), 0.5 * log_r.mean() ** 2, k3.mean()])


def wrong_k3_sign(log_q, log_p):
    log_r = log_p - log_q
    return torch.stack([-log_r, 0.5 * log_r**2, log_r.exp() - 1 + log_r]).mean(1)


def wrong_k3_no_one(log_q, log_p):
    log_r = log_p - log_q
    return torch.stack([-log_r, 0.5 * log_r**2, log_r.exp() - log_r]).mean(1)


def wrong_k3_exp_of_mean(log_q, log_p):
    log_r = log_p - log_q
    m = log_r.mean()
    return torch.stack([-m, 0.5 * log_r.square().mean(), m.exp() - 1 - m])


def wrong_sums(log_q, log_p):
    log_r = log_p - log_q
    return torch.stack([-log_r, 0.5 * log_r**2, log_r.exp() - 1 - log_r]).sum(1)


def wrong_weighted_by_q(log_q, log_p):
    log_r = log_p - log_q
    return (log_q.exp() * torch.stack([-log_r, 0.5 * log_r**2, log_r.exp() - 1 - log_r])).sum(1)


def wrong_ratio_of_exps(log_q, log_p):
    # float32: log probabilities near -1000 give 0 / 0
    r = log_p.exp() / log_q.exp()
    return torch.stack([-r.log(), 0.5 * r.log() ** 2, r - 1 - r.log()]).mean(1)


def wrong_no_mean(log_q, log_p):
    # shape: (3, N)
    log_r = log_p - log_q
    return torch.stack([-log_r, 0.5 * log_r**2, log_r.exp() - 1 - log_r])


def wrong_edits_log_p(log_q, log_p):
    # in place
    log_p -= log_q
    return torch.stack([-log_p, 0.5 * log_p**2, log_p.exp() - 1 - log_p]).mean(1)
