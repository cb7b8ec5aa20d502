import math

import torch
import torch.nn.functional as F

DTYPE = "float64"


def _kl(p, q):
    on = p > 0
    return (p * (torch.where(on, p, 1.0).log() - torch.where(on, q, 1.0).log())).sum(-1)


def right_two_kl(p, q):
    m = 0.5 * (p + q)
    return 0.5 * _kl(p, m) + 0.5 * _kl(q, m)


def right_loop(p, q):
    out = []
    for pr, qr in zip(p.reshape(-1, p.shape[-1]), q.reshape(-1, q.shape[-1]), strict=True):
        js = p.new_zeros(())
        for a, b in zip(pr, qr, strict=True):
            m = (a + b) / 2
            if a > 0:
                js = js + a * torch.log(a / m) / 2
            if b > 0:
                js = js + b * torch.log(b / m) / 2
        out.append(js)
    return torch.stack(out).reshape(p.shape[:-1])


def right_entropies(p, q):
    half = torch.tensor(0.5)
    entr = torch.special.entr
    return (entr(half * (p + q)) - half * entr(p) - half * entr(q)).sum(dim=-1)


def right_kl_div(p, q):
    both = torch.stack([p, q])
    log_m = torch.where(p + q > 0, (p + q) / 2, 1.0).log().expand_as(both)
    return F.kl_div(input=log_m, target=both, reduction="none").sum(-1).mean(0)


def wrong_not_halved(p, q):
    m = 0.5 * (p + q)
    return _kl(p, m) + _kl(q, m)


def wrong_mixture_not_halved(p, q):
    m = p + q
    return 0.5 * _kl(p, m) + 0.5 * _kl(q, m)


def wrong_kl_reversed(p, q):
    # infinite for disjoint p and q
    m = 0.5 * (p + q)
    return 0.5 * _kl(m, p) + 0.5 * _kl(m, q)


def wrong_jeffreys(p, q):
    return 0.5 * _kl(p, q) + 0.5 * _kl(q, p)


def wrong_root(p, q):
    m = 0.5 * (p + q)
    return (0.5 * _kl(p, m) + 0.5 * _kl(q, m)).clamp_min(0).sqrt()


def wrong_bits(p, q):
    m = 0.5 * (p + q)
    return (0.5 * _kl(p, m) + 0.5 * _kl(q, m)) / math.log(2)


def wrong_one_side(p, q):
    return _kl(p, 0.5 * (p + q))


def wrong_zeros_give_nan(p, q):
    # edge: p = 0 or q = 0
    m = 0.5 * (p + q)
    return 0.5 * (p * (p / m).log() + q * (q / m).log()).sum(-1)


def wrong_epsilon(p, q):
    # wrong in the sixth digit for disjoint p and q
    m = 0.5 * (p + q) + 1e-6
    return 0.5 * (p * ((p + 1e-6) / m).log() + q * ((q + 1e-6) / m).log()).sum(-1)


def wrong_mean_of_rows(p, q):
    # shape: one number for many pairs
    m = 0.5 * (p + q)
    return (0.5 * _kl(p, m) + 0.5 * _kl(q, m)).mean()


def wrong_edits_p(p, q):
    # in place
    m = p
    m += q
    m /= 2
    p = 2 * m - q
    return 0.5 * _kl(p.clamp_min(0), m) + 0.5 * _kl(q, m)
