import numpy as np
import torch


def right_svd(x, z, k):
    centred = x - x.mean(0)
    _, s, vt = torch.linalg.svd(centred, full_matrices=True)
    values = torch.zeros(x.shape[1], dtype=x.dtype)
    values[: len(s)] = s**2 / (len(x) - 1)
    v = vt[:k].T
    return x.mean(0) + z @ v @ torch.diag(values[:k].sqrt()) @ v.T


def right_loop(x, z, k):
    mu = x.mean(dim=0)
    c = (x - mu).T @ (x - mu) / (x.shape[0] - 1)
    lam, vec = torch.linalg.eigh(c)
    out = mu.repeat(len(z), 1)
    for j in range(x.shape[1] - k, x.shape[1]):
        v = vec[:, j]
        out = out + (z @ v)[:, None] * lam[j].clamp(min=0).sqrt() * v
    return out


def right_sorted_down(x, z, k):
    lam, vec = torch.linalg.eigh(torch.cov(x.T))
    order = lam.argsort(descending=True)[:k]
    half = vec[:, order] * lam[order].relu().sqrt()
    return (half @ vec[:, order].T @ z.T).T + x.mean(0)


def right_numpy(x, z, k):
    a = x.double().numpy()
    lam, vec = np.linalg.eigh(np.cov(a, rowvar=False))
    root = vec[:, -k:] @ np.diag(np.sqrt(np.maximum(lam[-k:], 0))) @ vec[:, -k:].T
    return torch.from_numpy(a.mean(0) + z.double().numpy() @ root).to(x.dtype)


def right_eigh_as_the_text(x, z, k):
    values, vectors = torch.linalg.eigh(torch.cov(x.T))
    values = values[-k:].clamp(min=0)
    v = vectors[:, -k:]
    return x.mean(0) + z @ v @ torch.diag(values.sqrt()) @ v.T


def right_svd_of_the_centred(x, z, k):
    mean = x.mean(0, keepdim=True)
    _, s, vt = torch.linalg.svd(x - mean, full_matrices=True)
    root = torch.zeros(x.shape[1], dtype=x.dtype)
    root[: len(s)] = s / (len(x) - 1) ** 0.5
    vt = vt[:k]
    return mean + (z @ vt.T * root[:k]) @ vt


def right_flipped_loop(x, z, k):
    mean = x.mean(dim=0)
    centred = x - mean
    cov = centred.T @ centred / (x.shape[0] - 1)
    values, vectors = torch.linalg.eigh(cov)
    values, vectors = values.flip(0), vectors.flip(1)
    out = mean.repeat(len(z), 1)
    for j in range(k):
        v = vectors[:, j]
        out = out + values[j].clamp(min=0).sqrt() * torch.outer(z @ v, v)
    return out


def right_square_root_matrix(x, z, k):
    values, vectors = torch.linalg.eigh(torch.cov(x.T))
    order = torch.argsort(values, descending=True)[:k]
    root = vectors[:, order] * values[order].clamp_min(0).sqrt() @ vectors[:, order].T
    return z @ root + x.mean(0)


def right_small_ones_set_to_zero(x, z, k):
    values, vectors = torch.linalg.eigh(torch.cov(x.T))
    kept = values.clone().clamp(min=0)
    kept[: len(kept) - k] = 0
    return x.mean(0) + (z @ vectors * kept.sqrt()) @ vectors.T


def wrong_first_columns(x, z, k):
    lam, vec = torch.linalg.eigh(torch.cov(x.T))
    v = vec[:, :k]
    return x.mean(0) + z @ v @ lam[:k].clamp(min=0).sqrt().diag() @ v.T


def wrong_values(x, z, k):
    lam, vec = torch.linalg.eigh(torch.cov(x.T))
    v = vec[:, -k:]
    return x.mean(0) + z @ v @ lam[-k:].diag() @ v.T


def wrong_no_mean(x, z, k):
    lam, vec = torch.linalg.eigh(torch.cov(x.T))
    v = vec[:, -k:]
    return z @ v @ lam[-k:].clamp(min=0).sqrt().diag() @ v.T


def wrong_all_components(x, z, k):
    lam, vec = torch.linalg.eigh(torch.cov(x.T))
    return x.mean(0) + z @ vec @ lam.clamp(min=0).sqrt().diag() @ vec.T


def wrong_not_back(x, z, k):
    # shape: stays in the components
    lam, vec = torch.linalg.eigh(torch.cov(x.T))
    return z @ vec[:, -k:] * lam[-k:].clamp(min=0).sqrt()


def wrong_transposed(x, z, k):
    lam, vec = torch.linalg.eigh(torch.cov(x.T))
    v = vec[-k:]
    return x.mean(0) + z @ v.T @ lam[-k:].clamp(min=0).sqrt().diag() @ v


def wrong_biased(x, z, k):
    c = (x - x.mean(0)).T @ (x - x.mean(0)) / len(x)
    lam, vec = torch.linalg.eigh(c)
    v = vec[:, -k:]
    return x.mean(0) + z @ v @ lam[-k:].clamp(min=0).sqrt().diag() @ v.T


def wrong_diagonal_only(x, z, k):
    return x.mean(0) + z * x.std(0)


def wrong_second_moment(x, z, k):
    lam, vec = torch.linalg.eigh(x.T @ x / (len(x) - 1))
    v = vec[:, -k:]
    return x.mean(0) + z @ v @ lam[-k:].clamp(min=0).sqrt().diag() @ v.T


def wrong_no_clamp(x, z, k):
    # NaN where a rounded eigenvalue lies below 0
    lam, vec = torch.linalg.eigh(torch.cov(x.T))
    lam = lam - 1e-9
    v = vec[:, -k:]
    return x.mean(0) + z @ v @ lam[-k:].sqrt().diag() @ v.T


def wrong_mean_over_dimensions(x, z, k):
    lam, vec = torch.linalg.eigh(torch.cov(x.T))
    v = vec[:, -k:]
    return x.mean() + z @ v @ lam[-k:].clamp(min=0).sqrt().diag() @ v.T


def wrong_noise_drawn_anew(x, z, k):
    lam, vec = torch.linalg.eigh(torch.cov(x.T))
    v = vec[:, -k:]
    noise = torch.randn(z.shape, dtype=z.dtype)
    return x.mean(0) + noise @ v @ lam[-k:].clamp(min=0).sqrt().diag() @ v.T


def wrong_rows_for_columns(x, z, k):
    values, vectors = torch.linalg.eigh(torch.cov(x.T))
    v = vectors[-k:].T
    return x.mean(0) + z @ v @ torch.diag(values[-k:].clamp(min=0).sqrt()) @ v.T


def wrong_covariance_of_examples(x, z, k):
    # a shape that does not fit
    values, vectors = torch.linalg.eigh(torch.cov(x))
    v = vectors[:, -k:]
    return x.mean(0) + z @ v @ torch.diag(values[-k:].clamp(min=0).sqrt()) @ v.T


def wrong_first_k_numbers_of_the_noise(x, z, k):
    values, vectors = torch.linalg.eigh(torch.cov(x.T))
    v = vectors[:, -k:]
    return x.mean(0) + z[:, :k] * values[-k:].clamp(min=0).sqrt() @ v.T


def wrong_cholesky_of_all(x, z, k):
    cov = torch.cov(x.T) + 1e-6 * torch.eye(x.shape[1], dtype=x.dtype)
    return x.mean(0) + z @ torch.linalg.cholesky(cov).T


def wrong_singular_values_unscaled(x, z, k):
    mean = x.mean(0)
    _, s, vt = torch.linalg.svd(x - mean, full_matrices=False)
    vt = vt[:k]
    return mean + z @ vt.T @ torch.diag(s[: len(vt)]) @ vt


def wrong_not_turned_back(x, z, k):
    values, vectors = torch.linalg.eigh(torch.cov(x.T))
    root = values.clamp(min=0).sqrt()
    root[:-k] = 0
    return x.mean(0) + z @ vectors * root
