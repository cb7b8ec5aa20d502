import torch


def right_loop(p):
    m = len(p)
    out, largest = torch.zeros_like(p), 0.0
    for rank, k in enumerate(sorted(range(m), key=lambda i: p[i].item())):
        largest = max(largest, (m - rank) * p[k].item())
        out[k] = min(1.0, largest)
    return out


def right_scatter(p):
    values, order = torch.sort(p)
    scaled = values * torch.arange(p.numel(), 0, -1, dtype=p.dtype)
    running = torch.cummax(scaled, dim=0)[0]
    return torch.zeros_like(p).scatter(0, order, torch.minimum(running, torch.ones_like(running)))


def right_ranks(p):
    order = torch.argsort(p)
    inverse = torch.argsort(order)
    m = p.shape[0]
    steps = (m - torch.arange(m)).to(p.dtype) * p[order]
    return torch.clamp(torch.cummax(steps, 0).values, max=1.0)[inverse]


def wrong_bonferroni(p):
    return torch.clamp(len(p) * p, max=1.0)


def wrong_no_maximum(p):
    order = p.argsort()
    out = torch.empty_like(p)
    out[order] = (p[order] * torch.arange(len(p), 0, -1).to(p)).clamp(max=1)
    return out


def wrong_left_sorted(p):
    s = p.sort().values
    return (s * torch.arange(len(p), 0, -1).to(p)).cummax(0).values.clamp(max=1)


def wrong_factors_up(p):
    order = p.argsort()
    out = torch.empty_like(p)
    out[order] = (p[order] * torch.arange(1, len(p) + 1).to(p)).cummax(0).values.clamp(max=1)
    return out


def wrong_above_one(p):
    order = p.argsort()
    out = torch.empty_like(p)
    out[order] = (p[order] * torch.arange(len(p), 0, -1).to(p)).cummax(0).values
    return out


def wrong_benjamini_hochberg(p):
    m = len(p)
    order = p.argsort(descending=True)
    ranks = torch.arange(m, 0, -1).to(p)
    out = torch.empty_like(p)
    out[order] = (p[order] * m / ranks).cummin(0).values.clamp(max=1)
    return out


def wrong_index_as_inverse(p):
    order = p.argsort()
    values = (p[order] * torch.arange(len(p), 0, -1).to(p)).cummax(0).values.clamp(max=1)
    return values[order]


def wrong_unsorted_factors(p):
    return (p * torch.arange(len(p), 0, -1).to(p)).cummax(0).values.clamp(max=1)


def wrong_descending(p):
    order = p.argsort(descending=True)
    out = torch.empty_like(p)
    out[order] = (p[order] * torch.arange(len(p), 0, -1).to(p)).cummax(0).values.clamp(max=1)
    return out


def wrong_sidak(p):
    order = p.argsort()
    m = torch.arange(len(p), 0, -1).to(p)
    out = torch.empty_like(p)
    out[order] = (1 - (1 - p[order]) ** m).cummax(0).values
    return out


def wrong_m_minus_one(p):
    order = p.argsort()
    factors = torch.arange(len(p) - 1, -1, -1).to(p)
    out = torch.empty_like(p)
    out[order] = (p[order] * factors).cummax(0).values.clamp(max=1)
    return out


def wrong_from_above(p):
    order = p.argsort()
    scaled = p[order] * torch.arange(len(p), 0, -1)
    adjusted = torch.empty_like(p)
    adjusted[order] = scaled.flip(0).cummin(0).values.flip(0).clamp(max=1)
    return adjusted
