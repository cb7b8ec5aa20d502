import itertools

import numpy as np
import torch
from scipy.spatial.distance import pdist


def right_pdist(fake, real):
    return torch.pdist(fake.reshape(len(fake), -1)).mean() / (
        torch.pdist(real.reshape(len(real), -1)).mean()
    )


def _mean_distance(x):
    pairs = list(itertools.combinations(range(len(x)), 2))
    return sum((x[i] - x[j]).square().sum().sqrt() for i, j in pairs) / len(pairs)


def right_loop(fake, real):
    return _mean_distance(fake) / _mean_distance(real)


def right_scipy(fake, real):
    f = np.asarray(fake.double().reshape(len(fake), -1))
    r = np.asarray(real.double().reshape(len(real), -1))
    return float(pdist(f).mean() / pdist(r).mean())


def right_cdist(fake, real):
    means = []
    for x in (fake, real):
        flat = x.reshape(x.shape[0], -1)
        d = torch.cdist(flat, flat, compute_mode="donot_use_mm_for_euclid_dist")
        means.append(d.sum() / (len(d) * (len(d) - 1)))
    return torch.div(means[0], means[1])


def wrong_with_itself(fake, real):
    f, r = (x.reshape(len(x), -1) for x in (fake, real))
    # N != M: the zeros on the diagonal count
    d = "donot_use_mm_for_euclid_dist"
    return torch.cdist(f, f, compute_mode=d).mean() / torch.cdist(r, r, compute_mode=d).mean()


def wrong_squared(fake, real):
    f, r = (torch.pdist(x.reshape(len(x), -1)) for x in (fake, real))
    return f.square().mean() / r.square().mean()


def wrong_root_mean_square(fake, real):
    f, r = (torch.pdist(x.reshape(len(x), -1)) for x in (fake, real))
    return (f.square().mean() / r.square().mean()).sqrt()


def wrong_manhattan(fake, real):
    f, r = (torch.pdist(x.reshape(len(x), -1), p=1) for x in (fake, real))
    return f.mean() / r.mean()


def wrong_upside_down(fake, real):
    f, r = (torch.pdist(x.reshape(len(x), -1)) for x in (fake, real))
    return r.mean() / f.mean()


def wrong_sums(fake, real):
    f, r = (torch.pdist(x.reshape(len(x), -1)) for x in (fake, real))
    return f.sum() / r.sum()


def wrong_fake_to_real(fake, real):
    f, r = (x.reshape(len(x), -1) for x in (fake, real))
    return torch.cdist(f, r).mean() / torch.pdist(r).mean()


def wrong_pixel_std(fake, real):
    return fake.std(0).mean() / real.std(0).mean()


def wrong_all_pixels_std(fake, real):
    return fake.std() / real.std()


def wrong_median(fake, real):
    f, r = (torch.pdist(x.reshape(len(x), -1)) for x in (fake, real))
    return f.median() / r.median()


def wrong_neighbours(fake, real):
    f, r = (x.reshape(len(x), -1).diff(dim=0).norm(dim=1) for x in (fake, real))
    return f.mean() / r.mean()


def wrong_different_only(fake, real):
    f, r = (torch.pdist(x.reshape(len(x), -1)) for x in (fake, real))
    return f[f > 0].mean() / r[r > 0].mean()  # edge: the same picture in two places


def wrong_one_pixel_axis(fake, real):
    f, r = (torch.cdist(x, x) for x in (fake, real))
    return f.mean() / r.mean()


def wrong_products(fake, real):
    means = []
    for x in (fake, real):
        f = x.reshape(len(x), -1)
        sq = f.square().sum(1)
        d = (sq[:, None] + sq - 2 * f @ f.T).sqrt()  # float32: nan, or no 0 where all are alike
        means.append(d.sum() / (len(d) * (len(d) - 1)))
    return means[0] / means[1]


def wrong_in_place(fake, real):
    real -= real.mean(0)  # in place
    f, r = (torch.pdist(x.reshape(len(x), -1)) for x in (fake, real))
    return f.mean() / r.mean()


def wrong_each_fake(fake, real):
    f, r = (x.reshape(len(x), -1) for x in (fake, real))
    return torch.cdist(f, f).sum(1) / (len(f) - 1) / torch.pdist(r).mean()  # shape
