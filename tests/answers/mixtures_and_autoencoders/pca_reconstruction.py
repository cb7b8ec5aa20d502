import torch


def right_svd(x, k):
    m = x.mean(0)
    _, _, vh = torch.linalg.svd(x - m, full_matrices=False)
    v = vh[:k]
    return m + (x - m) @ v.T @ v


def right_eigenvectors(x, k):
    m = x.mean(dim=0, keepdim=True)
    c = x - m
    _, vectors = torch.linalg.eigh(c.T @ c / len(x))
    top = vectors.flip(1)[:, :k]
    z = c @ top
    return z @ top.T + m


def right_truncated_svd(x, k):
    m = x.mean(0)
    u, s, vh = torch.linalg.svd(x - m, full_matrices=False)
    s = s.clone()
    s[k:] = 0
    return u * s @ vh + m


def right_one_direction_at_a_time(x, k):
    m = x.mean(0)
    c = (x - m).double()
    _, vectors = torch.linalg.eigh(c.T @ c)
    out = m.double().repeat(len(x), 1)
    for i in range(1, min(k, x.shape[1]) + 1):
        v = vectors[:, -i]
        for n in range(len(x)):
            out[n] = out[n] + torch.dot(c[n], v) * v
    return out.to(x.dtype)


def _svd(c):
    return torch.linalg.svd(c, full_matrices=False)


def wrong_not_centred(x, k):
    v = _svd(x)[2][:k]
    return x @ v.T @ v


def wrong_mean_not_added(x, k):
    c = x - x.mean(0)
    v = _svd(c)[2][:k]
    return c @ v.T @ v


def wrong_mean_not_subtracted(x, k):
    m = x.mean(0)
    v = _svd(x - m)[2][:k]
    return x @ v.T @ v + m


def wrong_smallest(x, k):
    m = x.mean(0)
    _, vec = torch.linalg.eigh((x - m).T @ (x - m))
    v = vec[:, :k]
    return m + (x - m) @ v @ v.T


def wrong_rows_of_eigenvectors(x, k):
    m = x.mean(0)
    _, vec = torch.linalg.eigh((x - m).T @ (x - m))
    v = vec[-k:]
    return m + (x - m) @ v.T @ v


def wrong_columns_of_vh(x, k):
    # k < D
    m = x.mean(0)
    vh = torch.linalg.svd(x - m)[2]
    v = vh[:, :k]
    return m + (x - m) @ v @ v.T


def wrong_scalar_mean(x, k):
    m = x.mean()
    v = _svd(x - m)[2][:k]
    return m + (x - m) @ v.T @ v


def wrong_standardised(x, k):
    m, s = x.mean(0), x.std(0) + 1e-8
    z = (x - m) / s
    v = _svd(z)[2][:k]
    return z @ v.T @ v * s + m


def wrong_one_fewer(x, k):
    m = x.mean(0)
    v = _svd(x - m)[2][: k - 1]
    return m + (x - m) @ v.T @ v


def wrong_codes(x, k):
    # shape: (N, k)
    c = x - x.mean(0)
    return c @ _svd(c)[2][:k].T


def wrong_centres_in_place(x, k):
    # in place
    m = x.mean(0)
    x -= m
    v = _svd(x)[2][:k]
    return x @ v.T @ v + m
