import torch
import torch.nn.functional as F


def right_power_iteration(weight, u, n_steps):
    w = weight.flatten(1)
    for _ in range(n_steps):
        v = F.normalize(w.T @ u, dim=0)
        u = F.normalize(w @ v, dim=0)
    return u @ w @ v


def right_length_of_wv(weight, u, n_steps):
    w = weight.reshape(weight.shape[0], -1)
    for _ in range(n_steps):
        v = w.t().mv(u)
        v = v / v.norm().clamp(min=1e-12)
        wv = w.mv(v)
        u = wv / wv.norm().clamp(min=1e-12)
    return wv.norm()


def right_steps_without_gradient(weight, u, n_steps):
    w = weight.flatten(1)
    with torch.no_grad():
        for _ in range(n_steps):
            v = F.normalize(u @ w, dim=0)
            u = F.normalize(w @ v, dim=0)
    return torch.dot(u, torch.mv(w, v))


def right_element_loops(weight, u, n_steps):
    w = weight.flatten(start_dim=1)
    u = u.clone()
    for _ in range(n_steps):
        v = torch.zeros_like(w[0])
        for o in range(len(w)):
            v = v + u[o] * w[o]
        v = v / torch.sqrt((v**2).sum() + 1e-30)
        u = torch.stack([(row * v).sum() for row in w])
        sigma = torch.sqrt((u**2).sum() + 1e-30)
        u = u / sigma
    return sigma


def wrong_squared(weight, u, n_steps):
    w = weight.flatten(1)
    for _ in range(n_steps):
        v = F.normalize(w.T @ u, dim=0)
        u = F.normalize(w @ v, dim=0)
    return (w @ v).square().sum()


def wrong_frobenius(weight, u, n_steps):
    return weight.norm()


def wrong_smallest(weight, u, n_steps):
    return torch.linalg.svdvals(weight.flatten(1))[-1]


def wrong_exact_svd(weight, u, n_steps):
    # differs where the steps have not converged: n_steps = 1
    return torch.linalg.svdvals(weight.flatten(1))[0]


def wrong_one_step_always(weight, u, n_steps):
    w = weight.flatten(1)
    v = F.normalize(w.T @ u, dim=0)
    u = F.normalize(w @ v, dim=0)
    return u @ w @ v


def wrong_one_step_short(weight, u, n_steps):
    w = weight.flatten(1)
    v = F.normalize(w.T @ u, dim=0)
    for _ in range(n_steps - 1):
        u = F.normalize(w @ v, dim=0)
        v = F.normalize(w.T @ u, dim=0)
    return F.normalize(u, dim=0) @ w @ v


def wrong_matrix_only(weight, u, n_steps):
    # edge: (O, C, k, k) not flattened
    for _ in range(n_steps):
        v = F.normalize(weight.t() @ u, dim=0)
        u = F.normalize(weight @ v, dim=0)
    return u @ weight @ v


def wrong_never_normalised(weight, u, n_steps):
    # float32: 30 steps overflow
    w = weight.flatten(1)
    for _ in range(n_steps):
        v = w.T @ u
        u = w @ v
    return u.norm() / v.norm()


def wrong_returns_weight(weight, u, n_steps):
    # shape: the normalised weight
    w = weight.flatten(1)
    for _ in range(n_steps):
        v = F.normalize(w.T @ u, dim=0)
        u = F.normalize(w @ v, dim=0)
    return weight / (u @ w @ v)


def wrong_detached(weight, u, n_steps):
    # gradient
    w = weight.detach().flatten(1)
    for _ in range(n_steps):
        v = F.normalize(w.T @ u, dim=0)
        u = F.normalize(w @ v, dim=0)
    return u @ w @ v


def wrong_u_in_place(weight, u, n_steps):
    # in place
    w = weight.flatten(1)
    for _ in range(n_steps):
        v = F.normalize(w.T @ u, dim=0)
        u.copy_(F.normalize(w @ v, dim=0))
    return u @ w @ v
