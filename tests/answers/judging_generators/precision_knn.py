import torch
from scipy.spatial.distance import cdist

_EXACT = "donot_use_mm_for_euclid_dist"


def right_cdist(real, fake, k):
    among = torch.cdist(real, real, compute_mode=_EXACT)
    among.fill_diagonal_(float("inf"))
    radius = among.kthvalue(k, dim=1).values
    inside = torch.cdist(fake, real, compute_mode=_EXACT) <= radius
    return inside.any(dim=1).float().mean()


def right_loop_float(real, fake, k):
    radii = []
    for i in range(len(real)):
        others = torch.cat([real[:i], real[i + 1 :]])
        radii.append(((others - real[i]) ** 2).sum(1).sort().values[k - 1])
    radii = torch.stack(radii)
    hits = 0
    for f in fake:
        hits += bool((((f - real) ** 2).sum(1) <= radii).any())
    return hits / len(fake)


def right_self_sorted_first(real, fake, k):
    a, b = real.double().numpy(), fake.double().numpy()
    radius = torch.from_numpy(cdist(a, a)).sort(dim=1).values[:, k]
    inside = torch.from_numpy(cdist(a, b)) <= radius[:, None]
    return inside.sum(0).clamp(max=1).double().mean()


def right_topk(real, fake, k):
    def squared(a):
        return torch.stack([((a - r) ** 2).sum(-1) for r in real])

    radius = squared(real).topk(k + 1, largest=False).values.amax(1, keepdim=True)
    return (squared(fake) <= radius).any(0).to(torch.float64).mean()


def _d(a, b):
    return torch.cdist(a, b, compute_mode=_EXACT)


def _radius(x, k):
    return _d(x, x).sort(1).values[:, k]


def wrong_own_neighbour(real, fake, k):
    return (_d(fake, real) <= _d(real, real).kthvalue(k, 1).values).any(1).float().mean()


def wrong_one_further(real, fake, k):
    # k + 1 < N
    radius = _d(real, real).sort(1).values[:, min(k + 1, len(real) - 1)]
    return (_d(fake, real) <= radius).any(1).float().mean()


def wrong_recall(real, fake, k):
    return (_d(real, fake) <= _radius(fake, min(k, len(fake) - 1))).any(1).float().mean()


def wrong_share_of_balls(real, fake, k):
    return (_d(fake, real) <= _radius(real, k)).any(0).float().mean()


def wrong_balls_round_fakes(real, fake, k):
    d = _d(fake, real)
    radius = d.kthvalue(k, dim=1).values
    return (_radius(real, k)[None] >= radius[:, None]).any(1).float().mean()


def wrong_nearest_ball_only(real, fake, k):
    # a fake outside the small ball of its nearest real point, inside a wide one
    d, i = _d(fake, real).min(1)
    return (d <= _radius(real, k)[i]).float().mean()


def wrong_one_radius(real, fake, k):
    return (_d(fake, real) <= _radius(real, k).mean()).any(1).float().mean()


def wrong_strictly_inside(real, fake, k):
    # edge: a fake on the edge of a ball, a copy in a ball of radius 0
    return (_d(fake, real) < _radius(real, k)).any(1).float().mean()


def wrong_zero_distances_dropped(real, fake, k):
    # edge: real points that stand twice
    among = _d(real, real)
    among[among == 0] = float("inf")
    return (_d(fake, real) <= among.kthvalue(k, 1).values).any(1).float().mean()


def wrong_expanded_square(real, fake, k):
    # float32: points far from the origin
    def squared(a, b):
        return (a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * a @ b.T

    among = squared(real, real).fill_diagonal_(float("inf"))
    return (squared(fake, real) <= among.kthvalue(k, 1).values).any(1).float().mean()


def wrong_mask_of_fakes(real, fake, k):
    # shape: (M,)
    return (_d(fake, real) <= _radius(real, k)).any(1).float()
