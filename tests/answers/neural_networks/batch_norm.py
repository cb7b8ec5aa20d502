import torch
import torch.nn.functional as F


def right_var_mean(x, weight, bias, mean, var, momentum):
    m = x.mean(dim=(0, 2, 3))
    v = x.var(dim=(0, 2, 3), unbiased=False)
    n = x.numel() / x.shape[1]
    out = (x - m[:, None, None]) / (v[:, None, None] + 1e-5).sqrt()
    out = out * weight[:, None, None] + bias[:, None, None]
    new_mean = (1 - momentum) * mean + momentum * m
    new_var = (1 - momentum) * var + momentum * v * n / (n - 1)
    return out, new_mean, new_var


def right_channel_loop(x, weight, bias, mean, var, momentum):
    outs, means, variances = [], [], []
    for c in range(x.shape[1]):
        part = x[:, c]
        m = part.sum() / part.numel()
        squares = ((part - m) ** 2).sum()
        v = squares / part.numel()
        outs.append((part - m) * torch.rsqrt(v + 1e-5) * weight[c] + bias[c])
        means.append(mean[c] + momentum * (m - mean[c]))
        variances.append(var[c] + momentum * (squares / (part.numel() - 1) - var[c]))
    return torch.stack(outs, 1), torch.stack(means), torch.stack(variances)


def right_functional(x, weight, bias, mean, var, momentum):
    new_mean, new_var = mean.clone(), var.clone()
    out = F.batch_norm(x, new_mean, new_var, weight, bias, True, momentum, 1e-5)
    return out, new_mean, new_var


def right_flattened(x, weight, bias, mean, var, momentum):
    flat = x.transpose(0, 1).flatten(1)
    v, m = torch.var_mean(flat, dim=1, correction=0)
    scale = weight / torch.sqrt(v + torch.tensor(1e-5))
    out = (x - m.view(1, -1, 1, 1)) * scale.view(1, -1, 1, 1) + bias.view(1, -1, 1, 1)
    new_mean = torch.lerp(mean, m.detach(), momentum)
    new_var = torch.lerp(var, flat.detach().var(dim=1), momentum)
    return out, new_mean, new_var


def _stats(x, correction=0):
    return x.mean((0, 2, 3)), x.var((0, 2, 3), correction=correction)


def _apply(x, m, v, weight, bias):
    m, v, weight, bias = (t.view(1, -1, 1, 1) for t in (m, v, weight, bias))
    return (x - m) / (v + 1e-5).sqrt() * weight + bias


def wrong_output_by_n_minus_one(x, weight, bias, mean, var, momentum):
    m, v = _stats(x, 1)
    out = _apply(x, m, v, weight, bias)
    return out, mean + momentum * (m - mean), var + momentum * (v - var)


def wrong_running_by_n(x, weight, bias, mean, var, momentum):
    m, v = _stats(x)
    out = _apply(x, m, v, weight, bias)
    return out, mean + momentum * (m - mean), var + momentum * (v - var)


def wrong_momentum_swapped(x, weight, bias, mean, var, momentum):
    m, v = _stats(x)
    new_mean = momentum * mean + (1 - momentum) * m
    new_var = momentum * var + (1 - momentum) * _stats(x, 1)[1]
    return _apply(x, m, v, weight, bias), new_mean, new_var


def wrong_uses_running(x, weight, bias, mean, var, momentum):
    m, v = _stats(x, 1)
    out = _apply(x, mean, var, weight, bias)
    return out, mean + momentum * (m - mean), var + momentum * (v - var)


def wrong_eps_outside_root(x, weight, bias, mean, var, momentum):
    # a channel of small variance
    m, v = _stats(x)
    z = (x - m.view(1, -1, 1, 1)) / (v.sqrt() + 1e-5).view(1, -1, 1, 1)
    out = z * weight.view(1, -1, 1, 1) + bias.view(1, -1, 1, 1)
    v = _stats(x, 1)[1]
    return out, mean + momentum * (m - mean), var + momentum * (v - var)


def wrong_no_root(x, weight, bias, mean, var, momentum):
    m, v = (t.view(1, -1, 1, 1) for t in _stats(x))
    out = (x - m) / (v + 1e-5) * weight.view(1, -1, 1, 1) + bias.view(1, -1, 1, 1)
    m, v = _stats(x, 1)
    return out, mean + momentum * (m - mean), var + momentum * (v - var)


def wrong_batch_axis_only(x, weight, bias, mean, var, momentum):
    m, v = x.mean(0, keepdim=True), x.var(0, correction=0, keepdim=True)
    out = (x - m) / (v + 1e-5).sqrt() * weight[:, None, None] + bias[:, None, None]
    m, v = _stats(x, 1)
    return out, mean + momentum * (m - mean), var + momentum * (v - var)


def wrong_per_image(x, weight, bias, mean, var, momentum):
    m, v = x.mean((2, 3), keepdim=True), x.var((2, 3), correction=0, keepdim=True)
    out = (x - m) / (v + 1e-5).sqrt() * weight[:, None, None] + bias[:, None, None]
    m, v = _stats(x, 1)
    return out, mean + momentum * (m - mean), var + momentum * (v - var)


def wrong_mean_of_squares(x, weight, bias, mean, var, momentum):
    # float32: a channel with a mean far above its spread
    n = x.numel() / x.shape[1]
    m = x.mean((0, 2, 3))
    v = (x**2).mean((0, 2, 3)) - m**2
    out = _apply(x, m, v, weight, bias)
    return out, mean + momentum * (m - mean), var + momentum * (v * n / (n - 1) - var)


def wrong_detached_statistics(x, weight, bias, mean, var, momentum):
    # gradient
    m, v = _stats(x.detach())
    out = _apply(x, m, v, weight, bias)
    v = _stats(x.detach(), 1)[1]
    return out, mean + momentum * (m - mean), var + momentum * (v - var)


def wrong_updates_buffers(x, weight, bias, mean, var, momentum):
    # in place
    out = F.batch_norm(x, mean, var, weight, bias, True, momentum, 1e-5)
    return out, mean, var
