import torch


def right_einsum(x, r):
    n = r.sum(0)
    mu = r.T @ x / n[:, None]
    diff = x[:, None] - mu
    cov = torch.einsum("nk,nki,nkj->kij", r, diff, diff) / n[:, None, None]
    return n / len(x), mu, cov


def right_loop(x, r):
    weights, mus, covs = [], [], []
    for k in range(r.shape[1]):
        n_k = r[:, k].sum()
        mu = (r[:, k, None] * x).sum(0) / n_k
        c = x - mu
        covs.append((r[:, k, None] * c).T @ c / n_k)
        mus.append(mu)
        weights.append(n_k / x.shape[0])
    return torch.stack(weights), torch.stack(mus), torch.stack(covs)


def right_torch_cov(x, r):
    columns = r.unbind(1)
    mu = torch.stack([torch.sum(w[:, None] * x, 0) / w.sum() for w in columns])
    cov = [torch.cov(x.T, correction=0, aweights=w).reshape(x.shape[1], -1) for w in columns]
    return r.mean(dim=0), mu, torch.stack(cov)


def right_shares_first(x, r):
    share = r / r.sum(dim=0, keepdim=True)
    mu = share.t() @ x
    scaled = share.sqrt().t().unsqueeze(2) * (x.unsqueeze(0) - mu.unsqueeze(1))
    return r.sum(0) / torch.tensor(float(len(r))), mu, scaled.mT @ scaled


def _mu(x, r):
    return r.T @ x / r.sum(0)[:, None]


def _cov(x, r, mu):
    d = x[:, None] - mu
    return torch.einsum("nk,nki,nkj->kij", r, d, d)


def wrong_counts_for_weights(x, r):
    n, mu = r.sum(0), _mu(x, r)
    return n, mu, _cov(x, r, mu) / n[:, None, None]


def wrong_mean_over_all(x, r):
    n, mu = r.sum(0), r.T @ x / len(x)
    return n / len(x), mu, _cov(x, r, mu) / n[:, None, None]


def wrong_cov_over_all(x, r):
    mu = _mu(x, r)
    return r.mean(0), mu, _cov(x, r, mu) / len(x)


def wrong_n_minus_one(x, r):
    n, mu = r.sum(0), _mu(x, r)
    return n / len(x), mu, _cov(x, r, mu) / (n - 1)[:, None, None]


def wrong_common_mean(x, r):
    n = r.sum(0)
    mu = x.mean(0).expand(r.shape[1], -1)
    return n / len(x), _mu(x, r), _cov(x, r, mu) / n[:, None, None]


def wrong_hard_assignment(x, r):
    r = torch.nn.functional.one_hot(r.argmax(1), r.shape[1]).to(x.dtype)
    n, mu = r.sum(0), _mu(x, r)
    return n / len(x), mu, _cov(x, r, mu) / n[:, None, None]


def wrong_diagonal(x, r):
    n, mu = r.sum(0), _mu(x, r)
    cov = _cov(x, r, mu) / n[:, None, None]
    return n / len(x), mu, cov * torch.eye(x.shape[1], dtype=x.dtype)


def wrong_squared_responsibility(x, r):
    n, mu = r.sum(0), _mu(x, r)
    return n / len(x), mu, _cov(x, r * r, mu) / n[:, None, None]


def wrong_shared_cov(x, r):
    n, mu = r.sum(0), _mu(x, r)
    cov = _cov(x, r, mu).sum(0, keepdim=True) / len(x)
    return n / len(x), mu, cov.repeat(len(n), 1, 1)


def wrong_second_moment_minus_square(x, r):
    # float32: data far from the origin
    n, mu = r.sum(0), _mu(x, r)
    second = torch.einsum("nk,ni,nj->kij", r, x, x) / n[:, None, None]
    return n / len(x), mu, second - mu[:, :, None] * mu[:, None, :]


def wrong_normalises_in_place(x, r):
    # in place
    weights = r.mean(0)
    r /= r.sum(0)
    mu = r.T @ x
    return weights, mu, _cov(x, r, mu)
