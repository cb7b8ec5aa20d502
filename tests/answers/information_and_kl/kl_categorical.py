import torch
import torch.nn.functional as F

DTYPE = "float64"


def right_where(p, q):
    on = p > 0
    log_ratio = torch.where(on, p, 1.0).log() - torch.where(on, q, 1.0).log()
    return (p * log_ratio).sum(-1)


def right_loop(p, q):
    out = []
    for pr, qr in zip(p.reshape(-1, p.shape[-1]), q.reshape(-1, q.shape[-1]), strict=True):
        total = p.new_zeros(())
        for a, b in zip(pr, qr, strict=True):
            if a > 0:
                total = total + a * (a.log() - b.log())
        out.append(total)
    return torch.stack(out).reshape(p.shape[:-1])


def right_kl_div(p, q):
    terms = F.kl_div(input=torch.log(q), target=p, reduction="none")
    return torch.where(p == 0, torch.tensor(0.0, dtype=p.dtype), terms).sum(-1)


def right_xlogy(p, q):
    return (torch.special.xlogy(p, p) - torch.special.xlogy(p, q)).sum(-1)


def wrong_reverse(p, q):
    on = q > 0
    log_ratio = torch.where(on, q, 1.0).log() - torch.where(on, p, 1.0).log()
    return (q * log_ratio).sum(-1)


def wrong_zeros_give_nan(p, q):
    # edge: p = 0
    return (p * (p / q).log()).sum(-1)


def wrong_kl_div_double_zero(p, q):
    # edge: p = q = 0 gives nan
    return F.kl_div(q.log(), p, reduction="none").sum(-1)


def wrong_sign(p, q):
    return (torch.special.xlogy(p, q) - torch.special.xlogy(p, p)).sum(-1)


def wrong_cross_entropy(p, q):
    return -torch.special.xlogy(p, q).sum(-1)


def wrong_mean(p, q):
    return (torch.special.xlogy(p, p) - torch.special.xlogy(p, q)).mean(-1)


def wrong_finite(p, q):
    # edge: q = 0 < p
    q = q.clamp_min(1e-12)
    return (torch.special.xlogy(p, p) - torch.special.xlogy(p, q)).sum(-1)


def wrong_skips_both_zeros(p, q):
    # edge: q = 0 < p
    on = (p > 0) & (q > 0)
    return torch.where(on, p * (torch.where(on, p, 1.0) / torch.where(on, q, 1.0)).log(), 0).sum(-1)


def wrong_batch_mean(p, q):
    # shape: one number for many pairs
    return (torch.special.xlogy(p, p) - torch.special.xlogy(p, q)).sum(-1).mean()


def wrong_first_axis(p, q):
    # edge: more than one axis
    return (torch.special.xlogy(p, p) - torch.special.xlogy(p, q)).sum(0)


def wrong_detached(p, q):
    # gradient
    p, q = p.detach(), q.detach()
    return (torch.special.xlogy(p, p) - torch.special.xlogy(p, q)).sum(-1)
