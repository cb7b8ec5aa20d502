import torch

DTYPE = "float64"


def right_where(counts, lower):
    n = counts.sum(-1, keepdim=True)
    t = (counts > 0).sum(-1, keepdim=True)
    p = (counts + t * lower) / (n + t).clamp(min=1)
    return torch.where(n > 0, p, lower)


def right_loop(counts, lower):
    v = counts.shape[-1]
    rows = []
    for c, q in zip(counts.reshape(-1, v), lower.reshape(-1, v), strict=True):
        n = c.sum()
        t = torch.count_nonzero(c)
        rows.append(q.clone() if n == 0 else (c + t * q) / (n + t))
    return torch.stack(rows).reshape(lower.shape)


def right_mixture(counts, lower):
    c = counts.to(lower.dtype)
    n = c.sum(dim=-1, keepdim=True)
    t = c.count_nonzero(dim=-1).unsqueeze(-1)
    weight = torch.where(n == 0, torch.tensor(0.0), n / torch.clamp(n + t, min=1))
    return weight * c / n.clamp(min=1) + (1 - weight) * lower


def right_at_least_one_type(counts, lower):
    seen = torch.sign(counts).sum(-1, keepdim=True).clamp(min=1)
    return torch.div(counts + seen * lower, counts.sum(-1, keepdim=True) + seen)


def wrong_unseen_is_nan(counts, lower):
    # edge: a context never seen
    n = counts.sum(-1, keepdim=True)
    t = (counts > 0).sum(-1, keepdim=True)
    return (counts + t * lower) / (n + t)


def wrong_unseen_is_uniform(counts, lower):
    # edge: a context never seen
    n = counts.sum(-1, keepdim=True)
    t = (counts > 0).sum(-1, keepdim=True)
    p = (counts + t * lower) / (n + t).clamp(min=1)
    return torch.where(n > 0, p, torch.full_like(lower, 1 / lower.shape[-1]))


def wrong_unseen_is_zero(counts, lower):
    # edge: a context never seen
    n = counts.sum(-1, keepdim=True)
    t = (counts > 0).sum(-1, keepdim=True)
    return (counts + t * lower) / (n + t).clamp(min=1)


def wrong_t_is_vocabulary(counts, lower):
    v = counts.shape[-1]
    return (counts + v * lower) / (counts.sum(-1, keepdim=True) + v)


def wrong_t_is_one(counts, lower):
    return (counts + lower) / (counts.sum(-1, keepdim=True) + 1)


def wrong_lower_not_weighted(counts, lower):
    n = counts.sum(-1, keepdim=True)
    t = (counts > 0).sum(-1, keepdim=True)
    p = (counts + lower) / (n + t).clamp(min=1)
    return torch.where(n > 0, p, lower)


def wrong_t_counts_singletons(counts, lower):
    n = counts.sum(-1, keepdim=True)
    t = (counts == 1).sum(-1, keepdim=True)
    p = (counts + t * lower) / (n + t).clamp(min=1)
    return torch.where(n > 0, p, lower)


def wrong_denominator_n(counts, lower):
    n = counts.sum(-1, keepdim=True)
    t = (counts > 0).sum(-1, keepdim=True)
    return torch.where(n > 0, (counts + t * lower) / n.clamp(min=1), lower)


def wrong_whole_table(counts, lower):
    # one N and T for all contexts: differs with more than one context
    n = counts.sum()
    t = (counts > 0).sum()
    return (counts + t * lower) / (n + t) if n > 0 else lower


def wrong_backoff(counts, lower):
    n = counts.sum(-1, keepdim=True)
    return torch.where(counts > 0, counts / n.clamp(min=1), lower)


def wrong_in_place(counts, lower):
    # in place
    n = counts.sum(-1, keepdim=True)
    t = (counts > 0).sum(-1, keepdim=True).clamp(min=1)
    lower *= t
    lower += counts
    lower /= n + t
    return lower
