import torch


def right_lists(a, b, k, n_layers):
    return torch.stack([a] * k + [b] * (n_layers - k))


def right_repeat(a, b, k, n_layers):
    return torch.cat([a.repeat(k, 1, 1), b.repeat(n_layers - k, 1, 1)])


def right_where(a, b, k, n_layers):
    first = torch.arange(n_layers)[:, None, None] < k
    return torch.where(first, a, b)


def right_fill(a, b, k, n_layers):
    out = a.new_empty(n_layers, *a.shape)
    out[:k], out[k:] = a, b
    return out


def wrong_late(a, b, k, n_layers):
    return torch.where(torch.arange(n_layers)[:, None, None] <= k, a, b)


def wrong_exchanged(a, b, k, n_layers):
    return torch.where(torch.arange(n_layers)[:, None, None] < k, b, a)


def wrong_from_the_end(a, b, k, n_layers):
    return torch.stack([a] * (n_layers - k) + [b] * k)


def wrong_single(a, b, k, n_layers):
    out = a.repeat(n_layers, 1, 1)
    if k < n_layers:
        out[k] = b
    return out


def wrong_cut_the_vector(a, b, k, n_layers):
    mixed = torch.cat([a[:, :k], b[:, k:]], dim=1)
    return mixed.repeat(n_layers, 1, 1)


def wrong_list(a, b, k, n_layers):
    return [a] * k + [b] * (n_layers - k)


def wrong_mean(a, b, k, n_layers):
    return ((a + b) / 2).repeat(n_layers, 1, 1)


def wrong_axis(a, b, k, n_layers):
    return torch.stack([a] * k + [b] * (n_layers - k), dim=1)


def wrong_all_b(a, b, k, n_layers):
    return b.repeat(n_layers, 1, 1)


def wrong_early(a, b, k, n_layers):
    return torch.where(torch.arange(n_layers)[:, None, None] < k - 1, a, b)


def wrong_ignores_k(a, b, k, n_layers):
    return torch.stack([a] * (n_layers // 2) + [b] * (n_layers - n_layers // 2))
