import torch


def right_topk(x, base, pick, u, k):
    order = torch.cdist(x, x).topk(k + 1, largest=False).indices[:, 1:]
    there = x[order[base, pick]]
    return torch.lerp(x[base], there, u[:, None])


def right_loop(x, base, pick, u, k):
    rows = []
    for b, p, s in zip(base.tolist(), pick.tolist(), u, strict=True):
        far = (x - x[b]).square().sum(1)
        others = [i for i in far.argsort().tolist() if i != b]
        rows.append((1 - s) * x[b] + s * x[others[p]])
    return torch.stack(rows)


def right_square(x, base, pick, u, k):
    gap = (x[:, None] - x[None]).square().sum(-1) + torch.eye(len(x), dtype=x.dtype) * 1e12
    nearest = gap.sort(1).indices
    return x[base] * (1 - u).unsqueeze(1) + x[nearest[base, pick]] * u.unsqueeze(1)


def wrong_itself(x, base, pick, u, k):
    order = torch.cdist(x, x).argsort(1)
    return x[base] + u[:, None] * (x[order[base, pick]] - x[base])


def wrong_end(x, base, pick, u, k):
    order = torch.cdist(x, x).argsort(1)[:, 1:]
    return x[base] * u[:, None] + x[order[base, pick]] * (1 - u)[:, None]


def wrong_any(x, base, pick, u, k):
    return x[base] + u[:, None] * (x[pick] - x[base])


def wrong_one_share(x, base, pick, u, k):
    order = torch.cdist(x, x).argsort(1)[:, 1:]
    return x[base] + u[0] * (x[order[base, pick]] - x[base])


def wrong_nearest_only(x, base, pick, u, k):
    order = torch.cdist(x, x).argsort(1)[:, 1:]
    return x[base] + u[:, None] * (x[order[base, 0]] - x[base])


def wrong_beyond(x, base, pick, u, k):
    order = torch.cdist(x, x).argsort(1)[:, 1:]
    return x[base] - u[:, None] * (x[order[base, pick]] - x[base])


def wrong_mean_of_neighbours(x, base, pick, u, k):
    order = torch.cdist(x, x).argsort(1)[:, 1 : k + 1]
    return x[base] + u[:, None] * (x[order[base]].mean(1) - x[base])
