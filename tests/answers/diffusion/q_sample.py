import torch


def right_view(x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.dim() - 1))
    return a.sqrt() * x_0 + (1 - a).sqrt() * eps


def right_loop(x_0, t, eps, alpha_bars):
    out = []
    for i in range(len(x_0)):
        a = alpha_bars[t[i]]
        out.append(torch.sqrt(a) * x_0[i] + torch.sqrt(1 - a) * eps[i])
    return torch.stack(out)


def right_einsum(x_0, t, eps, alpha_bars):
    a = torch.gather(alpha_bars, 0, t)
    signal = torch.einsum("b,b...->b...", a.sqrt(), x_0)
    return signal + torch.einsum("b,b...->b...", (1 - a).sqrt(), eps)


def right_flattened(x_0, t, eps, alpha_bars):
    signal = torch.sqrt(alpha_bars).index_select(0, t)[:, None]
    noise = torch.sqrt(torch.tensor(1.0) - alpha_bars).index_select(0, t)[:, None]
    n = len(x_0)
    return (signal * x_0.reshape(n, -1) + noise * eps.reshape(n, -1)).reshape(x_0.shape)


def wrong_no_roots(x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.dim() - 1))
    return a * x_0 + (1 - a) * eps


def wrong_noise_without_root(x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.dim() - 1))
    return a.sqrt() * x_0 + (1 - a) * eps


def wrong_swapped(x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.dim() - 1))
    return (1 - a).sqrt() * x_0 + a.sqrt() * eps


def wrong_step_before(x_0, t, eps, alpha_bars):
    a = alpha_bars[t - 1].view(-1, *[1] * (x_0.dim() - 1))
    return a.sqrt() * x_0 + (1 - a).sqrt() * eps


def wrong_product_again(x_0, t, eps, alpha_bars):
    a = torch.cumprod(alpha_bars, 0)[t].view(-1, *[1] * (x_0.dim() - 1))
    return a.sqrt() * x_0 + (1 - a).sqrt() * eps


def wrong_not_shrunk(x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.dim() - 1))
    return x_0 + (1 - a).sqrt() * eps


def wrong_one_t_for_all(x_0, t, eps, alpha_bars):
    a = alpha_bars[t[0]]
    return a.sqrt() * x_0 + (1 - a).sqrt() * eps


def wrong_axis(x_0, t, eps, alpha_bars):
    # edge: the last axis is as long as the batch
    a = alpha_bars[t]
    if x_0.shape[-1] != len(t):
        a = a.view(-1, *[1] * (x_0.dim() - 1))
    return a.sqrt() * x_0 + (1 - a).sqrt() * eps


def wrong_only_images(x_0, t, eps, alpha_bars):
    # edge: x_0 is not (B, C, H, W)
    a = alpha_bars[t].view(-1, 1, 1, 1)
    return a.sqrt() * x_0 + (1 - a).sqrt() * eps


def wrong_half_precision(x_0, t, eps, alpha_bars):
    # float32: 0.9999 becomes 1, no noise at t = 0
    a = alpha_bars.half()[t].view(-1, *[1] * (x_0.dim() - 1)).to(x_0.dtype)
    return a.sqrt() * x_0 + (1 - a).sqrt() * eps


def wrong_in_place(x_0, t, eps, alpha_bars):
    # in place
    a = alpha_bars[t].view(-1, *[1] * (x_0.dim() - 1))
    x_0 *= a.sqrt()
    return x_0 + (1 - a).sqrt() * eps
