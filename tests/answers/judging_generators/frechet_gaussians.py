import numpy as np
import torch


def _root(c):
    values, vectors = torch.linalg.eigh(c)
    return vectors * values.clamp(min=0).sqrt() @ vectors.T


def right_nuclear_norm(mu_x, cov_x, mu_y, cov_y):
    a = _root(cov_x.double()) @ _root(cov_y.double())
    middle = torch.linalg.matrix_norm(a, "nuc")
    d2 = ((mu_x - mu_y) ** 2).sum() + cov_x.trace() + cov_y.trace() - 2 * middle
    return d2.to(mu_x.dtype)


def right_float_from_svdvals(mu_x, cov_x, mu_y, cov_y):
    mx, cx, my, cy = (t.detach().double() for t in (mu_x, cov_x, mu_y, cov_y))
    s = torch.linalg.svdvals(_root(cx) @ _root(cy))
    spread = torch.trace(cx) + torch.trace(cy) - 2 * s.sum()
    return (torch.dot(mx - my, mx - my) + spread).item()


def right_root_of_symmetric_product(mu_x, cov_x, mu_y, cov_y):
    root = _root(cov_x.double())
    inner = torch.linalg.eigvalsh(root @ cov_y.double() @ root)
    middle = sum(v.clamp(min=0).sqrt() for v in inner)
    diff = (mu_x - mu_y).double()
    return (diff @ diff + torch.trace(cov_x + cov_y) - 2 * middle).to(mu_x.dtype)


def right_numpy_factors(mu_x, cov_x, mu_y, cov_y):
    def factor(c):
        values, vectors = np.linalg.eigh(c.detach().double().numpy())
        return vectors * np.sqrt(np.maximum(values, 0))

    middle = np.linalg.norm(factor(cov_x).T @ factor(cov_y), "nuc")
    diff = (mu_x - mu_y).detach().double().numpy()
    d2 = np.sum(diff**2) + np.trace(cov_x.double()) + np.trace(cov_y.double()) - 2 * middle
    return torch.tensor(d2, dtype=mu_x.dtype)


def _means(mu_x, mu_y):
    return ((mu_x - mu_y) ** 2).sum()


def _middle(cov_x, cov_y):
    a = _root(cov_x.double()) @ _root(cov_y.double())
    return torch.linalg.matrix_norm(a, "nuc").to(cov_x.dtype)


def wrong_mean_not_squared(mu_x, cov_x, mu_y, cov_y):
    d = (mu_x - mu_y).norm()
    return d + cov_x.trace() + cov_y.trace() - 2 * _middle(cov_x, cov_y)


def wrong_no_two(mu_x, cov_x, mu_y, cov_y):
    return _means(mu_x, mu_y) + cov_x.trace() + cov_y.trace() - _middle(cov_x, cov_y)


def wrong_square_root(mu_x, cov_x, mu_y, cov_y):
    d2 = _means(mu_x, mu_y) + cov_x.trace() + cov_y.trace() - 2 * _middle(cov_x, cov_y)
    return d2.clamp(min=0).sqrt()


def wrong_trace_of_product_of_roots(mu_x, cov_x, mu_y, cov_y):
    # covariances that do not commute
    middle = (_root(cov_x) @ _root(cov_y)).trace()
    return _means(mu_x, mu_y) + cov_x.trace() + cov_y.trace() - 2 * middle


def wrong_diagonals(mu_x, cov_x, mu_y, cov_y):
    sx, sy = cov_x.diagonal().sqrt(), cov_y.diagonal().sqrt()
    return _means(mu_x, mu_y) + ((sx - sy) ** 2).sum()


def wrong_elementwise_root(mu_x, cov_x, mu_y, cov_y):
    middle = (cov_x @ cov_y).diagonal().clamp(min=0).sqrt().sum()
    return _means(mu_x, mu_y) + cov_x.trace() + cov_y.trace() - 2 * middle


def wrong_root_forgotten(mu_x, cov_x, mu_y, cov_y):
    middle = (cov_x @ cov_y).trace()
    return _means(mu_x, mu_y) + cov_x.trace() + cov_y.trace() - 2 * middle


def wrong_cholesky(mu_x, cov_x, mu_y, cov_y):
    # edge: singular covariances
    lx, ly = torch.linalg.cholesky(cov_x), torch.linalg.cholesky(cov_y)
    middle = torch.linalg.matrix_norm(lx.T @ ly, "nuc")
    return _means(mu_x, mu_y) + cov_x.trace() + cov_y.trace() - 2 * middle


def wrong_root_of_negative_noise(mu_x, cov_x, mu_y, cov_y):
    # edge: singular covariances, whose least eigenvalues come out at -1e-8: nan
    def root(c):
        values, vectors = torch.linalg.eigh(c)
        return vectors * values.sqrt() @ vectors.T

    middle = torch.linalg.svdvals(root(cov_x) @ root(cov_y)).sum()
    return _means(mu_x, mu_y) + cov_x.trace() + cov_y.trace() - 2 * middle


def wrong_product_taken_as_symmetric(mu_x, cov_x, mu_y, cov_y):
    # covariances that do not commute
    middle = torch.linalg.eigvalsh(cov_x @ cov_y).clamp(min=0).sqrt().sum()
    return _means(mu_x, mu_y) + cov_x.trace() + cov_y.trace() - 2 * middle


def wrong_mean_in_place(mu_x, cov_x, mu_y, cov_y):
    # in place
    mu_x -= mu_y
    return (mu_x**2).sum() + cov_x.trace() + cov_y.trace() - 2 * _middle(cov_x, cov_y)
