import math

import torch
import torch.nn.functional as F


def right_loops(x, centres, radius):
    counts = [0] * len(centres)
    for point in x:
        gaps = [((point - c) ** 2).sum().sqrt().item() for c in centres]
        best = min(range(len(gaps)), key=gaps.__getitem__)
        if gaps[best] < radius:
            counts[best] += 1
    n_good = sum(counts)
    fair = len(x) / len(centres)
    found = sum(c >= fair / 4 for c in counts)
    kl = math.log(len(centres))
    if n_good:
        kl += sum(c / n_good * math.log(c / n_good) for c in counts if c)
    return torch.tensor([found, n_good / len(x), kl], dtype=x.dtype)


def right_one_hot(x, centres, radius):
    gaps = (x[:, None] - centres[None]).norm(dim=-1)
    near = gaps.argmin(1)
    good = gaps.gather(1, near[:, None])[:, 0] < radius
    hits = F.one_hot(near, len(centres)) * good[:, None]
    counts = hits.sum(0).to(x.dtype)
    q = counts / max(counts.sum().item(), 1)
    terms = torch.where(q > 0, q * (q * len(centres)).clamp(min=1e-30).log(), torch.zeros_like(q))
    kl = terms.sum() if counts.sum() > 0 else torch.tensor(math.log(len(centres)), dtype=x.dtype)
    found = (4 * len(centres) * counts >= len(x)).sum()
    return torch.stack([found.to(x.dtype), good.to(x.dtype).mean(), kl])


def right_entropy(x, centres, radius):
    d, k = torch.cdist(x, centres).min(dim=1)
    ok = d < radius
    counts = torch.bincount(k[ok], minlength=centres.shape[0]).double()
    kl = torch.tensor(math.log(centres.shape[0]), dtype=torch.double)
    if ok.any():
        kl = kl - torch.distributions.Categorical(probs=counts / counts.sum()).entropy()
    found = (counts >= x.shape[0] / (4 * centres.shape[0])).sum()
    return torch.tensor([found, ok.double().mean(), kl], dtype=x.dtype)


def wrong_all_points(x, centres, radius):
    d, k = torch.cdist(x, centres).min(1)
    counts = torch.bincount(k, minlength=len(centres)).to(x)
    q = counts / counts.sum()
    kl = torch.xlogy(q, q).sum() + math.log(len(centres))
    found = (counts >= len(x) / (4 * len(centres))).sum()
    return torch.stack([found.to(x), (d < radius).to(x).mean(), kl])


def wrong_any_point(x, centres, radius):
    d, k = torch.cdist(x, centres).min(1)
    counts = torch.bincount(k[d < radius], minlength=len(centres)).to(x)
    q = counts / counts.sum().clamp(min=1)
    kl = torch.xlogy(q, q).sum() + math.log(len(centres))
    return torch.stack([(counts > 0).sum().to(x), (d < radius).to(x).mean(), kl])


def wrong_no_minlength(x, centres, radius):
    d, k = torch.cdist(x, centres).min(1)
    counts = torch.bincount(k[d < radius]).to(x)
    q = counts / counts.sum()
    kl = (q * q.log()).sum() + math.log(len(centres))
    found = (counts >= len(x) / (4 * len(centres))).sum()
    return torch.stack([found.to(x), (d < radius).to(x).mean(), kl])


def wrong_zero_log_zero(x, centres, radius):
    d, k = torch.cdist(x, centres).min(1)
    counts = torch.bincount(k[d < radius], minlength=len(centres)).to(x)
    q = counts / counts.sum()
    kl = (q * (q * len(centres)).log()).sum()
    found = (counts >= len(x) / (4 * len(centres))).sum()
    return torch.stack([found.to(x), (d < radius).to(x).mean(), kl])


def wrong_reverse_kl(x, centres, radius):
    d, k = torch.cdist(x, centres).min(1)
    counts = torch.bincount(k[d < radius], minlength=len(centres)).to(x)
    q = counts / counts.sum()
    kl = -(q.log().mean()) - math.log(len(centres))
    found = (counts >= len(x) / (4 * len(centres))).sum()
    return torch.stack([found.to(x), (d < radius).to(x).mean(), kl])


def wrong_fair_share(x, centres, radius):
    d, k = torch.cdist(x, centres).min(1)
    counts = torch.bincount(k[d < radius], minlength=len(centres)).to(x)
    q = counts / counts.sum().clamp(min=1)
    kl = torch.xlogy(q, q).sum() + math.log(len(centres))
    found = (counts >= len(x) / len(centres)).sum()
    return torch.stack([found.to(x), (d < radius).to(x).mean(), kl])


def wrong_squared_distance(x, centres, radius):
    d, k = ((x[:, None] - centres) ** 2).sum(-1).min(1)
    counts = torch.bincount(k[d < radius], minlength=len(centres)).to(x)
    q = counts / counts.sum().clamp(min=1)
    kl = torch.xlogy(q, q).sum() + math.log(len(centres))
    found = (counts >= len(x) / (4 * len(centres))).sum()
    return torch.stack([found.to(x), (d < radius).to(x).mean(), kl])


def wrong_bits(x, centres, radius):
    d, k = torch.cdist(x, centres).min(1)
    counts = torch.bincount(k[d < radius], minlength=len(centres)).to(x)
    q = counts / counts.sum().clamp(min=1)
    kl = (torch.xlogy(q, q).sum() + math.log(len(centres))) / math.log(2)
    found = (counts >= len(x) / (4 * len(centres))).sum()
    return torch.stack([found.to(x), (d < radius).to(x).mean(), kl])


def wrong_share_of_all(x, centres, radius):
    d, k = torch.cdist(x, centres).min(1)
    counts = torch.bincount(k[d < radius], minlength=len(centres)).to(x)
    q = counts / len(x)
    kl = torch.xlogy(q, q).sum() + math.log(len(centres))
    found = (counts >= len(x) / (4 * len(centres))).sum()
    return torch.stack([found.to(x), (d < radius).to(x).mean(), kl])
