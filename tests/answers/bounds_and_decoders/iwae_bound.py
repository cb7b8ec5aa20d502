import math
from functools import reduce

import torch


def right_logsumexp(log_lik, log_prior, log_q):
    log_w = log_lik + log_prior - log_q
    return torch.logsumexp(log_w, dim=0) - math.log(log_w.shape[0])


def right_loop(log_lik, log_prior, log_q):
    columns = []
    k = log_lik.shape[0]
    for b in range(log_lik.shape[1]):
        log_w = log_lik[:, b] + log_prior[:, b] - log_q[:, b]
        top = log_w.max().detach()
        columns.append(top + torch.log(torch.exp(log_w - top).sum() / k))
    return torch.stack(columns)


def right_mixture(log_lik, log_prior, log_q):
    log_w = log_lik + log_prior - log_q
    return reduce(torch.logaddexp, log_w.unbind(0)) - torch.log(torch.tensor(float(len(log_w))))


def right_weights_in_log(log_lik, log_prior, log_q):
    log_share = torch.full_like(log_q, 1 / len(log_q)).log()
    terms = torch.stack([log_lik, log_prior, -log_q, log_share]).sum(dim=0)
    return torch.logcumsumexp(terms, dim=0)[-1]


def wrong_exp_first(log_lik, log_prior, log_q):
    # float32: exp(-110) is 0, its log -inf
    return torch.exp(log_lik + log_prior - log_q).mean(0).log()


def wrong_elbo(log_lik, log_prior, log_q):
    return (log_lik + log_prior - log_q).mean(0)


def wrong_no_log_k(log_lik, log_prior, log_q):
    return torch.logsumexp(log_lik + log_prior - log_q, dim=0)


def wrong_other_axis(log_lik, log_prior, log_q):
    # shape: (K,)
    log_w = log_lik + log_prior - log_q
    return torch.logsumexp(log_w, dim=1) - math.log(log_w.shape[1])


def wrong_log_b(log_lik, log_prior, log_q):
    # K != B
    log_w = log_lik + log_prior - log_q
    return torch.logsumexp(log_w, dim=0) - math.log(log_w.shape[1])


def wrong_sign_of_q(log_lik, log_prior, log_q):
    log_w = log_lik + log_prior + log_q
    return torch.logsumexp(log_w, dim=0) - math.log(log_w.shape[0])


def wrong_prior_forgotten(log_lik, log_prior, log_q):
    log_w = log_lik - log_q
    return torch.logsumexp(log_w, dim=0) - math.log(log_w.shape[0])


def wrong_divided_outside(log_lik, log_prior, log_q):
    log_w = log_lik + log_prior - log_q
    return torch.logsumexp(log_w, dim=0) / log_w.shape[0]


def wrong_one_shift_for_all(log_lik, log_prior, log_q):
    # float32: pictures whose weights differ by more than 100 nats
    log_w = log_lik + log_prior - log_q
    top = log_w.max()
    return top + torch.exp(log_w - top).mean(0).log()


def wrong_batch_mean(log_lik, log_prior, log_q):
    # shape
    log_w = log_lik + log_prior - log_q
    return (torch.logsumexp(log_w, dim=0) - math.log(log_w.shape[0])).mean()


def wrong_in_place(log_lik, log_prior, log_q):
    # in place
    log_lik += log_prior
    log_lik -= log_q
    return torch.logsumexp(log_lik, dim=0) - math.log(log_lik.shape[0])
