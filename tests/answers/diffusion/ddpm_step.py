import torch
import torch.nn.functional as F


def right_textbook(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].reshape(len(t), *[1] * (x_0.dim() - 1))
    x_t = torch.sqrt(a) * x_0 + torch.sqrt(1 - a) * eps
    opt.zero_grad()
    loss = F.mse_loss(net(x_t, t), eps)
    loss.backward()
    opt.step()
    return loss.detach()


def right_zero_at_the_end(net, opt, x_0, t, eps, alpha_bars):
    rows = []
    for k in range(len(t)):
        left = alpha_bars[t[k]]
        rows.append(left**0.5 * x_0[k] + (1 - left) ** 0.5 * eps[k])
    loss = (net(torch.stack(rows), t) - eps).pow(2).mean()
    loss.backward()
    opt.step()
    opt.zero_grad()
    return loss.item()


def right_gradients_by_hand(net, opt, x_0, t, eps, alpha_bars):
    signal = torch.einsum("b,b...->b...", alpha_bars[t].sqrt(), x_0)
    noise = torch.einsum("b,b...->b...", (1 - alpha_bars[t]).sqrt(), eps)
    loss = torch.nn.MSELoss()(net(signal + noise, t), eps)
    moving = [p for p in net.parameters() if p.requires_grad]
    for p, g in zip(moving, torch.autograd.grad(loss, moving), strict=True):
        p.grad = g
    opt.step()
    return loss.detach().clone()


def right_mean_of_means(net, opt, x_0, t, eps, alpha_bars):
    shape = (-1,) + (1,) * (x_0.ndim - 1)
    with torch.no_grad():
        x_t = alpha_bars.sqrt()[t].view(shape) * x_0
        x_t = x_t + (1 - alpha_bars).sqrt()[t].view(shape) * eps
    error = (eps - net(x_t, t)).flatten(1).square().mean(1)
    opt.zero_grad(set_to_none=False)
    loss = error.mean()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_no_zero_grad(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    loss = F.mse_loss(net(a.sqrt() * x_0 + (1 - a).sqrt() * eps, t), eps)
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_no_step(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    loss = F.mse_loss(net(a.sqrt() * x_0 + (1 - a).sqrt() * eps, t), eps)
    opt.zero_grad()
    loss.backward()
    return loss.detach()


def wrong_zero_grad_after_backward(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    loss = F.mse_loss(net(a.sqrt() * x_0 + (1 - a).sqrt() * eps, t), eps)
    loss.backward()
    opt.zero_grad()
    opt.step()
    return loss.detach()


def wrong_twice(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    loss = F.mse_loss(net(a.sqrt() * x_0 + (1 - a).sqrt() * eps, t), eps)
    opt.zero_grad()
    loss.backward()
    opt.step()
    opt.step()
    return loss.detach()


def wrong_graph_kept(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    loss = F.mse_loss(net(a.sqrt() * x_0 + (1 - a).sqrt() * eps, t), eps)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss


def wrong_nothing_returned(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    loss = F.mse_loss(net(a.sqrt() * x_0 + (1 - a).sqrt() * eps, t), eps)
    opt.zero_grad()
    loss.backward()
    opt.step()


def wrong_clean_input(net, opt, x_0, t, eps, alpha_bars):
    loss = F.mse_loss(net(x_0, t), eps)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_target_data(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    loss = F.mse_loss(net(a.sqrt() * x_0 + (1 - a).sqrt() * eps, t), x_0)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_no_roots(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    loss = F.mse_loss(net(a * x_0 + (1 - a) * eps, t), eps)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_sum(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    loss = ((net(a.sqrt() * x_0 + (1 - a).sqrt() * eps, t) - eps) ** 2).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_broadcast_over_features(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t]
    loss = F.mse_loss(net(a.sqrt() * x_0 + (1 - a).sqrt() * eps, t), eps)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_new_noise_as_target(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    x_t = a.sqrt() * x_0 + (1 - a).sqrt() * eps
    loss = F.mse_loss(net(x_t, t), torch.randn_like(eps))
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_last_t_for_the_net(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    x_t = a.sqrt() * x_0 + (1 - a).sqrt() * eps
    loss = F.mse_loss(net(x_t, t * 0), eps)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_moves_frozen_weights(net, opt, x_0, t, eps, alpha_bars):
    for p in net.parameters():
        p.requires_grad_(True)
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    loss = F.mse_loss(net(a.sqrt() * x_0 + (1 - a).sqrt() * eps, t), eps)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_loss_after_the_step(net, opt, x_0, t, eps, alpha_bars):
    a = alpha_bars[t].view(-1, *[1] * (x_0.ndim - 1))
    x_t = a.sqrt() * x_0 + (1 - a).sqrt() * eps
    opt.zero_grad()
    F.mse_loss(net(x_t, t), eps).backward()
    opt.step()
    return F.mse_loss(net(x_t, t), eps).detach()
