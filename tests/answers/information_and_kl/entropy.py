import math

import torch
import torch.distributions as td

DTYPE = "float64"


def right_where(p):
    safe = torch.where(p > 0, p, 1.0)
    return -(p * safe.log()).sum(-1)


def right_loop(p):
    total = torch.zeros(p.shape[:-1], dtype=p.dtype)
    for k in range(p.shape[-1]):
        total = total - torch.xlogy(p[..., k], p[..., k])
    return total


def right_distribution(p):
    return td.Categorical(probs=p).entropy()


def right_entr(p):
    return torch.special.entr(p).sum(dim=-1)


def wrong_zeros_give_nan(p):
    # edge: p = 0
    return -(p * p.log()).sum(-1)


def wrong_sign(p):
    return torch.special.xlogy(p, p).sum(-1)


def wrong_bits(p):
    safe = torch.where(p > 0, p, 1.0)
    return -(p * safe.log2()).sum(-1)


def wrong_mean(p):
    return torch.special.entr(p).mean(-1)


def wrong_first_axis(p):
    # edge: more than one axis
    return torch.special.entr(p).sum(0)


def wrong_all_rows_together(p):
    # edge: more than one axis
    p = p[p > 0]
    return -(p * p.log()).sum()


def wrong_not_weighted(p):
    safe = torch.where(p > 0, p, 1.0)
    return -safe.log().mean(-1)


def wrong_epsilon(p):
    # wrong in the sixth digit; negative for a one-hot p
    return -(p * (p + 1e-6).log()).sum(-1)


def wrong_softmax_again(p):
    return td.Categorical(logits=p).entropy()


def wrong_normalised(p):
    return torch.special.entr(p).sum(-1) / math.log(p.shape[-1])


def wrong_edits_p(p):
    # in place, where p = 0
    p[p == 0] = 1e-30
    return -(p * p.log()).sum(-1)
