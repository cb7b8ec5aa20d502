import torch


def right_grad(f, x, z):
    x = x.clone().detach().requires_grad_(True)
    with torch.enable_grad():
        g = torch.autograd.grad((f(x) * z).sum(), x)[0]
    return (g * z).reshape(len(x), -1).sum(-1)


def right_jvp(f, x, z):
    _, moved = torch.func.jvp(f, (x.detach(),), (z,))
    return (moved * z).flatten(1).sum(1).detach()


def right_einsum(f, x, z):
    with torch.enable_grad():
        place = x.detach().requires_grad_()
        (row,) = torch.autograd.grad(f(place), place, grad_outputs=z)
    return torch.einsum("bi,bi->b", row.flatten(1), z.flatten(1))


def right_vjp(f, x, z):
    _, back = torch.func.vjp(f, x.detach())
    return (back(z)[0] * z).flatten(1).sum(1).detach()


def wrong_once(f, x, z):
    return right_jvp(f, x, z) * 0 + torch.func.vjp(f, x.detach())[1](z)[0].flatten(1).sum(1)


def wrong_ones(f, x, z):
    one = torch.ones_like(z)
    return right_jvp(f, x, one)


def wrong_mean(f, x, z):
    return right_jvp(f, x, z) / z[0].numel()


def wrong_total(f, x, z):
    return right_jvp(f, x, z).sum()


def wrong_finite_difference(f, x, z):
    # too rough a step
    moved = (f(x + 1e-2 * z) - f(x)) / 1e-2
    return (moved * z).flatten(1).sum(1)


def wrong_batch_only_vectors(f, x, z):
    # edge: pictures
    return (torch.func.jvp(f, (x.detach(),), (z,))[1] * z).sum(1)


def wrong_squared(f, x, z):
    return torch.func.vjp(f, x.detach())[1](z)[0].square().flatten(1).sum(1)


def wrong_sign(f, x, z):
    return -right_jvp(f, x, z)


def wrong_f_instead_of_j(f, x, z):
    return (f(x) * z).flatten(1).sum(1)


def wrong_fresh_signs(f, x, z):
    return right_jvp(f, x, torch.randn_like(z).sign())


def right_full_jacobian(f, x, z):
    # dear, but right
    j = torch.autograd.functional.jacobian(lambda y: f(y).sum(0), x)  # (..., B, ...)
    n = x[0].numel()
    j = j.reshape(n, len(x), n)
    zf = z.reshape(len(x), n)
    return torch.einsum("bi,ibj,bj->b", zf, j, zf)


def right_create_graph(f, x, z):
    with torch.enable_grad():
        y = x if x.requires_grad else x.detach().requires_grad_()
        g = torch.autograd.grad((f(y) * z).sum(), y, create_graph=True)[0]
    return (g * z).flatten(1).sum(1)


def wrong_requires_grad_of_input(f, x, z):
    # switches requires_grad of the caller's x
    x.requires_grad_(True)
    g = torch.autograd.grad((f(x) * z).sum(), x)[0]
    return (g * z).flatten(1).sum(1)


def wrong_backward_into_x(f, x, z):
    # leaves a gradient in the caller's x, and adds up
    x.requires_grad_(True)
    (f(x) * z).sum().backward()
    return (x.grad * z).flatten(1).sum(1)


def wrong_float32_central_differences(f, x, z):
    # central difference in float64, whatever comes in
    h = 1e-5
    y, w = x.double(), z.double()
    out = (w * (f(y + h * w) - f(y - h * w)) / (2 * h)).flatten(1).sum(1)
    return out.to(x.dtype)


def wrong_diagonal(f, x, z):
    # the exact trace: z is not used
    j = torch.autograd.functional.jacobian(lambda y: f(y).sum(0), x)
    n = x[0].numel()
    return j.reshape(n, len(x), n).permute(1, 0, 2).diagonal(dim1=1, dim2=2).sum(1)


def wrong_divided_by_z(f, x, z):
    # divides by z: the same for signs, not for other z
    y = x.detach().requires_grad_()
    g = torch.autograd.grad((f(y) * z).sum(), y)[0]
    return (g / z).flatten(1).sum(1)
