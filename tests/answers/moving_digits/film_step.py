import torch
import torch.nn.functional as F


def _noised(x_0, t, eps, alpha_bars):
    a = alpha_bars[t][:, None, None, None]
    return torch.sqrt(a) * x_0 + torch.sqrt(1 - a) * eps


def right_mask_sum(net, opt, x_0, given, t, eps, alpha_bars):
    known = given[..., None, None]
    seen = known * x_0 + ~known * _noised(x_0, t, eps, alpha_bars)
    err = (net(seen, given, t) - x_0).square().mean(dim=(-1, -2))
    w = (1 - alpha_bars[t]) ** -0.5
    loss = (err * w[:, None] * ~given).sum() / (~given).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def right_clone(net, opt, x_0, given, t, eps, alpha_bars):
    seen = _noised(x_0, t, eps, alpha_bars)
    seen[given] = x_0[given]
    guess = net(seen, given, t)
    w = (1 / (1 - alpha_bars[t]).sqrt())[:, None].expand(given.shape)[~given]
    loss = (w * (guess[~given] - x_0[~given]).pow(2).flatten(1).mean(1)).mean()
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()
    return loss.item()


def right_zero_after(net, opt, x_0, given, t, eps, alpha_bars):
    a = alpha_bars[t].reshape(-1, 1, 1, 1)
    seen = torch.where(given[:, :, None, None], x_0, a.sqrt() * x_0 + (1 - a).sqrt() * eps)
    err = F.mse_loss(net(seen, given, t), x_0, reduction="none") / (1 - a).sqrt()
    loss = err.mean((2, 3))[given.logical_not()].mean()
    loss.backward()
    opt.step()
    opt.zero_grad()
    return loss.detach()


def right_pixels(net, opt, x_0, given, t, eps, alpha_bars):
    hidden = (~given)[:, :, None, None].expand_as(x_0)
    seen = torch.where(hidden, _noised(x_0, t, eps, alpha_bars), x_0)
    w = (1 - alpha_bars[t]).rsqrt().view(-1, 1, 1, 1)
    loss = (w * (net(seen, given, t) - x_0) ** 2)[hidden].mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def _finish(opt, loss):
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def _error(guess, x_0, t, alpha_bars):
    return ((guess - x_0) ** 2).mean((2, 3)) / (1 - alpha_bars[t]).sqrt()[:, None]


def wrong_all_noised(net, opt, x_0, given, t, eps, alpha_bars):
    guess = net(_noised(x_0, t, eps, alpha_bars), given, t)
    return _finish(opt, _error(guess, x_0, t, alpha_bars)[~given].mean())


def wrong_all_charged(net, opt, x_0, given, t, eps, alpha_bars):
    seen = torch.where(given[:, :, None, None], x_0, _noised(x_0, t, eps, alpha_bars))
    return _finish(opt, _error(net(seen, given, t), x_0, t, alpha_bars).mean())


def wrong_charged_for_given(net, opt, x_0, given, t, eps, alpha_bars):
    seen = torch.where(given[:, :, None, None], x_0, _noised(x_0, t, eps, alpha_bars))
    error = _error(net(seen, given, t), x_0, t, alpha_bars)
    return _finish(opt, (error * given).sum() / given.sum().clamp(min=1))


def wrong_exchanged(net, opt, x_0, given, t, eps, alpha_bars):
    seen = torch.where(given[:, :, None, None], _noised(x_0, t, eps, alpha_bars), x_0)
    return _finish(opt, _error(net(seen, given, t), x_0, t, alpha_bars)[~given].mean())


def wrong_eps(net, opt, x_0, given, t, eps, alpha_bars):
    seen = torch.where(given[:, :, None, None], x_0, _noised(x_0, t, eps, alpha_bars))
    return _finish(opt, _error(net(seen, given, t), eps, t, alpha_bars)[~given].mean())


def wrong_no_weight(net, opt, x_0, given, t, eps, alpha_bars):
    seen = torch.where(given[:, :, None, None], x_0, _noised(x_0, t, eps, alpha_bars))
    error = ((net(seen, given, t) - x_0) ** 2).mean((2, 3))
    return _finish(opt, error[~given].mean())


def wrong_no_zero_grad(net, opt, x_0, given, t, eps, alpha_bars):
    seen = torch.where(given[:, :, None, None], x_0, _noised(x_0, t, eps, alpha_bars))
    loss = _error(net(seen, given, t), x_0, t, alpha_bars)[~given].mean()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_attached(net, opt, x_0, given, t, eps, alpha_bars):
    seen = torch.where(given[:, :, None, None], x_0, _noised(x_0, t, eps, alpha_bars))
    loss = _error(net(seen, given, t), x_0, t, alpha_bars)[~given].mean()
    _finish(opt, loss)
    return loss


def wrong_zeros_where_given(net, opt, x_0, given, t, eps, alpha_bars):
    seen = _noised(x_0, t, eps, alpha_bars) * ~given[:, :, None, None]
    return _finish(opt, _error(net(seen, given, t), x_0, t, alpha_bars)[~given].mean())


def wrong_first_t(net, opt, x_0, given, t, eps, alpha_bars):
    t = t[:1].expand(len(t))
    seen = torch.where(given[:, :, None, None], x_0, _noised(x_0, t, eps, alpha_bars))
    return _finish(opt, _error(net(seen, given, t), x_0, t, alpha_bars)[~given].mean())


def wrong_no_step(net, opt, x_0, given, t, eps, alpha_bars):
    seen = torch.where(given[:, :, None, None], x_0, _noised(x_0, t, eps, alpha_bars))
    loss = _error(net(seen, given, t), x_0, t, alpha_bars)[~given].mean()
    opt.zero_grad()
    loss.backward()
    return loss.detach()


def _seen(x_0, given, t, eps, alpha_bars):
    return torch.where(given[:, :, None, None], x_0, _noised(x_0, t, eps, alpha_bars))


def wrong_weight_of_variance(net, opt, x_0, given, t, eps, alpha_bars):
    guess = net(_seen(x_0, given, t, eps, alpha_bars), given, t)
    error = ((guess - x_0) ** 2).mean((2, 3)) / (1 - alpha_bars[t])[:, None]
    return _finish(opt, error[~given].mean())


def wrong_weight_upside_down(net, opt, x_0, given, t, eps, alpha_bars):
    guess = net(_seen(x_0, given, t, eps, alpha_bars), given, t)
    error = ((guess - x_0) ** 2).mean((2, 3)) * (1 - alpha_bars[t]).sqrt()[:, None]
    return _finish(opt, error[~given].mean())


def wrong_every_clip_the_same(net, opt, x_0, given, t, eps, alpha_bars):
    # a mean within each clip first: a clip with one hidden frame counts as much as one with eight
    guess = net(_seen(x_0, given, t, eps, alpha_bars), given, t)
    error = _error(guess, x_0, t, alpha_bars) * ~given
    per_clip = error.sum(1) / (~given).sum(1).clamp(min=1)
    return _finish(opt, per_clip.mean())


def wrong_root_left_out(net, opt, x_0, given, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, 1, 1, 1)
    seen = torch.where(given[:, :, None, None], x_0, a * x_0 + (1 - a) * eps)
    return _finish(opt, _error(net(seen, given, t), x_0, t, alpha_bars)[~given].mean())


def right_level_one(net, opt, x_0, given, t, eps, alpha_bars):
    # given frames have alpha_bar 1
    a = torch.where(given, torch.ones_like(alpha_bars[t])[:, None], alpha_bars[t][:, None])
    a = a[:, :, None, None]
    guess = net(a.sqrt() * x_0 + (1 - a).sqrt() * eps, given, t)
    w = (~given) / (1 - alpha_bars[t]).sqrt()[:, None]
    loss = ((guess - x_0).square().mean((-1, -2)) * w).sum() / (~given).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def right_index(net, opt, x_0, given, t, eps, alpha_bars):
    bars = alpha_bars[t][:, None].expand(given.shape)  # (B, F)
    hidden = ~given
    a = bars[hidden][:, None, None]
    seen = x_0.clone()
    seen[hidden] = a.sqrt() * x_0[hidden] + (1 - a).sqrt() * eps[hidden]
    out = net(seen, given, t)
    loss = ((out[hidden] - x_0[hidden]) ** 2 / (1 - a).sqrt()).mean()
    loss.backward()
    opt.step()
    opt.zero_grad()
    return loss.detach()


def _go(opt, loss):
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def _view(t, k=3):
    return t.view(-1, *[1] * k)


def _parts(net, x_0, given, t, eps, alpha_bars, clean=True):
    bar = _view(alpha_bars[t])
    x_t = bar.sqrt() * x_0 + (1 - bar).sqrt() * eps
    seen = torch.where(given[:, :, None, None], x_0, x_t) if clean else x_t
    error = ((net(seen, given, t) - x_0) ** 2).mean((2, 3))
    return error / (1 - alpha_bars[t]).sqrt()[:, None]


def wrong_zeros_averaged(net, opt, x_0, given, t, eps, alpha_bars):
    # given frames count as zeros in the mean
    return _go(opt, (_parts(net, x_0, given, t, eps, alpha_bars) * ~given).mean())


def wrong_alias(net, opt, x_0, given, t, eps, alpha_bars):
    # seen = x_0 without clone: the target is noisy, too
    seen = x_0
    a = alpha_bars[t][:, None].expand(given.shape)[~given][:, None, None]
    seen[~given] = a.sqrt() * x_0[~given] + (1 - a).sqrt() * eps[~given]
    e = ((net(seen, given, t) - x_0) ** 2).mean((2, 3)) / (1 - alpha_bars[t]).sqrt()[:, None]
    return _go(opt, e[~given].mean())


def wrong_t_minus_one(net, opt, x_0, given, t, eps, alpha_bars):
    # one level off
    u = (t - 1).clamp(min=0)
    bar = _view(alpha_bars[u])
    x_t = bar.sqrt() * x_0 + (1 - bar).sqrt() * eps
    seen = torch.where(given[:, :, None, None], x_0, x_t)
    e = ((net(seen, given, t) - x_0) ** 2).mean((2, 3)) / (1 - bar.flatten()).sqrt()[:, None]
    return _go(opt, e[~given].mean())


def wrong_weight_normalised(net, opt, x_0, given, t, eps, alpha_bars):
    # divided by the sum of the weights
    w = (1 / (1 - alpha_bars[t]).sqrt())[:, None] * ~given
    e = _parts(net, x_0, given, t, eps, alpha_bars)
    return _go(opt, (e * ~given).sum() / w.sum())
