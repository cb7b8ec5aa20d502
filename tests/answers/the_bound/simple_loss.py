import torch
import torch.nn.functional as F


def _noisy(x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.dim() - 1))
    return a.sqrt() * x_0 + (1 - a).sqrt() * eps


def right_mse(net, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].reshape(-1, *[1] * (x_0.dim() - 1))
    x_t = a.sqrt() * x_0 + (1 - a).sqrt() * eps
    return F.mse_loss(net(x_t, t), eps)


def right_loop(net, x_0, t, eps, alpha_bars):
    rows = []
    for x, s, e in zip(x_0, t, eps, strict=True):
        rows.append(alpha_bars[s] ** 0.5 * x + (1 - alpha_bars[s]) ** 0.5 * e)
    eps_hat = net(torch.stack(rows), t)
    total = 0
    for e, e_hat in zip(eps, eps_hat, strict=True):
        total = total + ((e - e_hat) ** 2).sum()
    return total / eps.numel()


def right_module(net, x_0, t, eps, alpha_bars):
    signal = torch.einsum("b,b...->b...", alpha_bars[t].sqrt(), x_0)
    noise = torch.einsum("b,b...->b...", (1 - alpha_bars[t]).sqrt(), eps)
    return torch.nn.MSELoss()(input=net(signal + noise, t), target=eps.clone())


def right_per_example(net, x_0, t, eps, alpha_bars):
    error = eps - net(_noisy(x_0, t, eps, alpha_bars), t)
    return error.reshape(len(error), -1).square().mean(1).mean()


def wrong_sum(net, x_0, t, eps, alpha_bars):
    return F.mse_loss(net(_noisy(x_0, t, eps, alpha_bars), t), eps, reduction="sum")


def wrong_sum_over_pixels(net, x_0, t, eps, alpha_bars):
    error = net(_noisy(x_0, t, eps, alpha_bars), t) - eps
    return error.reshape(len(error), -1).square().sum(1).mean()


def wrong_predicts_data(net, x_0, t, eps, alpha_bars):
    return F.mse_loss(net(_noisy(x_0, t, eps, alpha_bars), t), x_0)


def wrong_clean_input(net, x_0, t, eps, alpha_bars):
    return F.mse_loss(net(x_0, t), eps)


def wrong_no_roots(net, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.dim() - 1))
    return F.mse_loss(net(a * x_0 + (1 - a) * eps, t), eps)


def wrong_new_noise(net, x_0, t, eps, alpha_bars):
    noise = torch.randn_like(x_0)
    return F.mse_loss(net(_noisy(x_0, t, noise, alpha_bars), t), noise)


def wrong_absolute_error(net, x_0, t, eps, alpha_bars):
    return F.l1_loss(net(_noisy(x_0, t, eps, alpha_bars), t), eps)


def wrong_share_of_time(net, x_0, t, eps, alpha_bars):
    return F.mse_loss(net(_noisy(x_0, t, eps, alpha_bars), t / len(alpha_bars)), eps)


def wrong_half_precision(net, x_0, t, eps, alpha_bars):
    # float32: 0.9999 becomes 1, no noise at t = 0
    x_t = _noisy(x_0, t, eps, alpha_bars.half().to(x_0.dtype))
    return F.mse_loss(net(x_t, t), eps)


def wrong_no_grad(net, x_0, t, eps, alpha_bars):
    # gradient
    with torch.no_grad():
        eps_hat = net(_noisy(x_0, t, eps, alpha_bars), t)
    return F.mse_loss(eps_hat, eps)


def wrong_in_place(net, x_0, t, eps, alpha_bars):
    # in place
    a = alpha_bars[t].view(-1, *[1] * (x_0.dim() - 1))
    x_t = x_0.mul_(a.sqrt()).add_((1 - a).sqrt() * eps)
    return F.mse_loss(net(x_t, t), eps)
