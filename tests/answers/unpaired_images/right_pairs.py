import torch


def right_linalg(y, partner, radius):
    close = torch.linalg.vector_norm(y - partner, dim=-1) <= radius
    return close.to(y.dtype).mean()


def right_loop(y, partner, radius):
    count = 0
    for p, q in zip(y, partner, strict=True):
        if ((p - q) ** 2).sum().sqrt() <= radius:
            count += 1
    return torch.tensor(count / len(y), dtype=y.dtype)


def right_diagonal(y, partner, radius):
    own = torch.cdist(y, partner).diagonal()
    return (own <= radius).to(y.dtype).mean()


def right_python_number(y, partner, radius):
    hits = ((y - partner).pow(2).sum(1) <= radius**2).sum().item()
    return hits / y.shape[0]


def wrong_any_neighbour(y, partner, radius):
    return (torch.cdist(y, partner).min(1).values <= radius).to(y.dtype).mean()


def wrong_all_pairs(y, partner, radius):
    return (torch.cdist(y, partner) <= radius).to(y.dtype).mean()


def wrong_coordinates(y, partner, radius):
    return ((y - partner).abs() <= radius).all(dim=1).to(y.dtype).mean()


def wrong_numbers(y, partner, radius):
    return ((y - partner).abs() <= radius).to(y.dtype).mean()


def wrong_no_root(y, partner, radius):
    return (((y - partner) ** 2).sum(1) <= radius).to(y.dtype).mean()


def wrong_complement(y, partner, radius):
    return ((y - partner).norm(dim=1) > radius).to(y.dtype).mean()


def wrong_count(y, partner, radius):
    return ((y - partner).norm(dim=1) <= radius).to(y.dtype).sum()


def wrong_one_norm(y, partner, radius):
    return ((y - partner).norm(dim=1, p=1) <= radius).to(y.dtype).mean()


def wrong_norm_of_columns(y, partner, radius):
    return ((y - partner).norm(dim=0) <= radius).to(y.dtype).mean()


def wrong_mean_distance(y, partner, radius):
    return ((y - partner).norm(dim=1).mean() <= radius).to(y.dtype)
