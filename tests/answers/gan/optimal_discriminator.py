import math

import torch


def right_sigmoid(log_p, log_q):
    return torch.sigmoid(log_p - log_q)


def right_loop(log_p, log_q):
    out = torch.zeros_like(log_p)
    for i in range(len(log_p)):
        gap = float(log_p[i]) - float(log_q[i])
        if gap >= 0:
            out[i] = 1 / (1 + math.exp(-gap))
        else:
            out[i] = math.exp(gap) / (1 + math.exp(gap))
    return out


def right_softmax(log_p, log_q):
    return torch.softmax(torch.stack([log_p, log_q]), dim=0)[0]


def right_logaddexp(log_p, log_q):
    return torch.exp(log_p - torch.logaddexp(input=log_p, other=log_q))


def wrong_swapped(log_p, log_q):
    return torch.sigmoid(log_q - log_p)


def wrong_logs_as_densities(log_p, log_q):
    return log_p / (log_p + log_q)


def wrong_exp_first(log_p, log_q):
    # float32: log_p = log_q = -200 gives 0 / 0
    p, q = log_p.exp(), log_q.exp()
    return p / (p + q)


def wrong_eps_in_denominator(log_p, log_q):
    # float32: log_p = log_q = -30, 1e-8 is larger than both
    p, q = log_p.exp(), log_q.exp()
    return p / (p + q + 1e-8)


def wrong_logit(log_p, log_q):
    return log_p - log_q


def wrong_log_probability(log_p, log_q):
    return log_p - torch.logaddexp(log_p, log_q)


def wrong_mixture_with_half(log_p, log_q):
    log_m = torch.logaddexp(log_p, log_q) - math.log(2)
    return torch.exp(log_p - log_m)


def wrong_hard_decision(log_p, log_q):
    return (log_p > log_q).to(log_p.dtype)


def wrong_softmax_over_batch(log_p, log_q):
    return torch.softmax(log_p - log_q, dim=0)


def wrong_in_place(log_p, log_q):
    # in place
    log_p -= log_q
    return torch.sigmoid(log_p)


def wrong_clipped(log_p, log_q):
    # edge: |log_p - log_q| > 5
    return torch.sigmoid(log_p - log_q).clamp(0.01, 0.99)
