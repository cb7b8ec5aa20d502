import torch
import torch.nn.functional as F


def _loss_d(theta, w, x, z):
    return F.softplus(-(x @ w)).mean() + F.softplus((z + theta) @ w).mean()


def _loss_g(theta, w, z):
    return F.softplus(-((z + theta) @ w)).mean()


def _slope_d(theta, w, x, z):
    g = z + theta
    real = -torch.sigmoid(-(x @ w))[:, None] * x
    fake = torch.sigmoid(g @ w)[:, None] * g
    return real.mean(0) + fake.mean(0)


def right_by_hand(theta, w, x, z, lr):
    w_new = w - lr * _slope_d(theta, w, x, z)
    push = torch.sigmoid(-((z + theta) @ w_new)).mean()
    return theta + lr * push * w_new, w_new


def right_loop(theta, w, x, z, lr):
    n = len(x)
    slope = torch.zeros_like(w)
    for i in range(n):
        g = z[i] + theta
        slope = slope - torch.sigmoid(-x[i].dot(w)) * x[i] / n
        slope = slope + torch.sigmoid(g.dot(w)) * g / n
    w_new = w - lr * slope
    slope = torch.zeros_like(theta)
    for i in range(n):
        slope = slope - torch.sigmoid(-(z[i] + theta).dot(w_new)) * w_new / n
    return theta - lr * slope, w_new


def right_autograd(theta, w, x, z, lr):
    theta = theta.detach().clone().requires_grad_()
    w = w.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(_loss_d(theta.detach(), w, x, z), w)
    w = (w - lr * slope).detach()
    (slope,) = torch.autograd.grad(_loss_g(theta, w, z), theta)
    return (theta - lr * slope).detach(), w


def right_sgd(theta, w, x, z, lr):
    theta = torch.nn.Parameter(theta.clone())
    w = torch.nn.Parameter(w.clone())
    opt_g = torch.optim.SGD([theta], lr=lr)
    opt_d = torch.optim.SGD([w], lr=lr)
    bce = F.binary_cross_entropy_with_logits
    fake = (z + theta).detach()
    loss = bce(x @ w, torch.ones(len(x), dtype=x.dtype))
    loss = loss + bce(fake @ w, torch.zeros(len(z), dtype=z.dtype))
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    loss = bce((z + theta) @ w, torch.ones(len(z), dtype=z.dtype))
    opt_g.zero_grad()
    loss.backward()
    opt_g.step()
    return theta.detach(), w.detach()


def wrong_old_d(theta, w, x, z, lr):
    w_new = w - lr * _slope_d(theta, w, x, z)
    push = torch.sigmoid(-((z + theta) @ w)).mean()
    return theta + lr * push * w, w_new


def wrong_g_first(theta, w, x, z, lr):
    theta_new = theta + lr * torch.sigmoid(-((z + theta) @ w)).mean() * w
    return theta_new, w - lr * _slope_d(theta_new, w, x, z)


def wrong_g_runs_away(theta, w, x, z, lr):
    w_new = w - lr * _slope_d(theta, w, x, z)
    push = torch.sigmoid(-((z + theta) @ w_new)).mean()
    return theta - lr * push * w_new, w_new


def wrong_d_ascends_loss(theta, w, x, z, lr):
    w_new = w + lr * _slope_d(theta, w, x, z)
    push = torch.sigmoid(-((z + theta) @ w_new)).mean()
    return theta + lr * push * w_new, w_new


def wrong_saturating(theta, w, x, z, lr):
    w_new = w - lr * _slope_d(theta, w, x, z)
    push = torch.sigmoid((z + theta) @ w_new).mean()
    return theta + lr * push * w_new, w_new


def wrong_sums(theta, w, x, z, lr):
    w_new = w - lr * len(x) * _slope_d(theta, w, x, z)
    push = torch.sigmoid(-((z + theta) @ w_new)).sum()
    return theta + lr * push * w_new, w_new


def wrong_not_detached(theta, w, x, z, lr):
    # theta keeps the slope of D's loss too
    theta = theta.detach().clone().requires_grad_()
    w = w.detach().clone().requires_grad_()
    _loss_d(theta, w, x, z).backward()
    w_new = (w - lr * w.grad).detach()
    _loss_g(theta, w_new, z).backward()
    return (theta - lr * theta.grad).detach(), w_new


def wrong_d_moves_twice(theta, w, x, z, lr):
    # one optimiser for both
    theta = theta.detach().clone().requires_grad_()
    w = w.detach().clone().requires_grad_()
    opt = torch.optim.SGD([theta, w], lr=lr)
    _loss_d(theta.detach(), w, x, z).backward()
    opt.step()
    opt.zero_grad()
    _loss_g(theta, w, z).backward()
    opt.step()
    return theta.detach(), w.detach()


def wrong_log_exp(theta, w, x, z, lr):
    # float32: exp overflows where a logit is beyond 89
    theta = theta.detach().clone().requires_grad_()
    w = w.detach().clone().requires_grad_()
    g = (z + theta).detach()
    loss = torch.log(1 + torch.exp(-(x @ w))).mean() + torch.log(1 + torch.exp(g @ w)).mean()
    w_new = (w - lr * torch.autograd.grad(loss, w)[0]).detach()
    loss = torch.log(1 + torch.exp(-((z + theta) @ w_new))).mean()
    return (theta - lr * torch.autograd.grad(loss, theta)[0]).detach(), w_new


def wrong_in_place(theta, w, x, z, lr):
    # in place
    w -= lr * _slope_d(theta, w, x, z)
    theta += lr * torch.sigmoid(-((z + theta) @ w)).mean() * w
    return theta, w


def wrong_returned_order(theta, w, x, z, lr):
    w_new = w - lr * _slope_d(theta, w, x, z)
    push = torch.sigmoid(-((z + theta) @ w_new)).mean()
    return w_new, theta + lr * push * w_new
