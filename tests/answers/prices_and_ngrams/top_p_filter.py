import torch


def right_sort_scatter(p, mass):
    s, order = p.sort(dim=-1, descending=True)
    before = s.cumsum(-1) - s
    s = torch.where(before < mass, s, 0.0)
    out = torch.zeros_like(p).scatter(-1, order, s)
    return out / out.sum(-1, keepdim=True)


def right_loop(p, mass):
    v = p.shape[-1]
    out = torch.zeros_like(p).reshape(-1, v)
    for row, (q, m) in enumerate(zip(p.reshape(-1, v), mass.reshape(-1), strict=True)):
        held = 0.0
        for j in q.argsort(descending=True):
            out[row, j] = q[j]
            held = held + q[j]
            if held >= m:
                break
        out[row] /= out[row].sum()
    return out.reshape(p.shape)


def right_rank(p, mass):
    order = torch.argsort(p, dim=-1, descending=True)
    total = p.gather(-1, order).cumsum(dim=-1)
    keep = (total < mass).sum(-1, keepdim=True) + 1
    rank = order.argsort(dim=-1)
    kept = p * (rank < keep)
    return kept / kept.sum(-1, keepdim=True)


def right_softmax_of_logs(p, mass):
    s, order = torch.sort(input=p, dim=-1, descending=True)
    total = s.cumsum(-1)
    drop = torch.zeros_like(p, dtype=torch.bool)
    drop[..., 1:] = total[..., :-1] >= mass
    back = torch.empty_like(drop).scatter(-1, order, drop)
    return p.log().masked_fill(back, float("-inf")).softmax(-1)


def wrong_reaching_one_dropped(p, mass):
    s, order = p.sort(dim=-1, descending=True)
    s = torch.where(s.cumsum(-1) < mass, s, 0.0)
    out = torch.zeros_like(p).scatter(-1, order, s)
    return out / out.sum(-1, keepdim=True).clamp(min=1e-12)


def wrong_one_too_many(p, mass):
    s, order = p.sort(dim=-1, descending=True)
    before = s.cumsum(-1) - s
    before[..., 1:] = before[..., :-1].clone()
    s = torch.where(before < mass, s, 0.0)
    out = torch.zeros_like(p).scatter(-1, order, s)
    return out / out.sum(-1, keepdim=True)


def wrong_mass_exactly_reached(p, mass):
    # edge: p = (0.5, 0.25, 0.25) and mass 0.5
    s, order = p.sort(dim=-1, descending=True)
    s = torch.where(s.cumsum(-1) - s <= mass, s, 0.0)
    out = torch.zeros_like(p).scatter(-1, order, s)
    return out / out.sum(-1, keepdim=True)


def wrong_not_normalised(p, mass):
    s, order = p.sort(dim=-1, descending=True)
    s = torch.where(s.cumsum(-1) - s < mass, s, 0.0)
    return torch.zeros_like(p).scatter(-1, order, s)


def wrong_left_sorted(p, mass):
    s = p.sort(dim=-1, descending=True).values
    s = torch.where(s.cumsum(-1) - s < mass, s, 0.0)
    return s / s.sum(-1, keepdim=True)


def wrong_gather_for_scatter(p, mass):
    # differs if the order is not its own inverse
    s, order = p.sort(dim=-1, descending=True)
    s = torch.where(s.cumsum(-1) - s < mass, s, 0.0)
    out = s.gather(-1, order)
    return out / out.sum(-1, keepdim=True)


def wrong_not_sorted(p, mass):
    out = torch.where(p.cumsum(-1) - p < mass, p, 0.0)
    return out / out.sum(-1, keepdim=True)


def wrong_first_mass_for_all(p, mass):
    # differs if the rows have different masses
    s, order = p.sort(dim=-1, descending=True)
    s = torch.where(s.cumsum(-1) - s < mass.flatten()[0], s, 0.0)
    out = torch.zeros_like(p).scatter(-1, order, s)
    return out / out.sum(-1, keepdim=True)


def wrong_ties_kept(p, mass):
    # edge: of equal tokens all are kept
    s = p.sort(dim=-1, descending=True).values
    least = torch.where(s.cumsum(-1) - s < mass, s, 1.0).amin(-1, keepdim=True)
    out = torch.where(p >= least, p, 0.0)
    return out / out.sum(-1, keepdim=True)


def wrong_half_precision(p, mass):
    # float32: the running sum in half precision
    s, order = p.half().sort(dim=-1, descending=True)
    keep = torch.zeros_like(p, dtype=torch.bool).scatter(-1, order, s.cumsum(-1) - s < mass)
    out = p * keep
    return out / out.sum(-1, keepdim=True)


def wrong_in_place(p, mass):
    # in place
    s, order = p.sort(dim=-1, descending=True)
    drop = torch.zeros_like(p, dtype=torch.bool).scatter(-1, order, s.cumsum(-1) - s >= mass)
    p[drop] = 0.0
    return p / p.sum(-1, keepdim=True)
