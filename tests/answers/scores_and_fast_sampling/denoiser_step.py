import torch
import torch.nn.functional as F


def right_textbook(net, opt, x_0, y, sigma, eps, sd):
    level = sigma.reshape(len(sigma), *[1] * (x_0.dim() - 1))
    x = x_0 + level * eps
    opt.zero_grad()
    weight = level**-2 + sd**-2
    loss = (weight * (x_0 - net(x, sigma, y)).square()).mean()
    loss.backward()
    opt.step()
    return loss.detach()


def right_example_by_example(net, opt, x_0, y, sigma, eps, sd):
    x = torch.stack([x_0[k] + sigma[k] * eps[k] for k in range(len(x_0))])
    error = F.mse_loss(net(x, sigma, y), x_0, reduction="none").flatten(1).mean(1)
    loss = (error * (sigma**2 + sd**2) / (sigma * sd) ** 2).mean()
    loss.backward()
    opt.step()
    opt.zero_grad()
    return loss.item()


def right_roots(net, opt, x_0, y, sigma, eps, sd):
    noise = torch.einsum("b,b...->b...", sigma, eps)
    off = net(x_0 + noise, sigma, y) - x_0
    scaled = torch.einsum("b,b...->b...", (1 / sigma**2 + 1 / sd**2).sqrt(), off)
    loss = F.mse_loss(scaled, torch.zeros_like(scaled))
    params = list(net.parameters())
    for p, g in zip(params, torch.autograd.grad(loss, params), strict=True):
        p.grad = g
    opt.step()
    return loss.detach().clone()


def right_two_sums(net, opt, x_0, y, sigma, eps, sd):
    shape = (-1,) + (1,) * (x_0.ndim - 1)
    with torch.no_grad():
        x = torch.addcmul(x_0, sigma.view(shape).expand_as(eps), eps)
    error = (net(x, sigma, y) - x_0).pow(2)
    opt.zero_grad(set_to_none=False)
    loss = (error / sigma.view(shape) ** 2).mean() + error.mean() / sd**2
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_no_zero_grad(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    loss = ((1 / s**2 + 1 / sd**2) * (net(x_0 + s * eps, sigma, y) - x_0) ** 2).mean()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_no_step(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    loss = ((1 / s**2 + 1 / sd**2) * (net(x_0 + s * eps, sigma, y) - x_0) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    return loss.detach()


def wrong_zero_grad_after_backward(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    loss = ((1 / s**2 + 1 / sd**2) * (net(x_0 + s * eps, sigma, y) - x_0) ** 2).mean()
    loss.backward()
    opt.zero_grad()
    opt.step()
    return loss.detach()


def wrong_graph_kept(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    loss = ((1 / s**2 + 1 / sd**2) * (net(x_0 + s * eps, sigma, y) - x_0) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss


def wrong_target_is_the_noise(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    loss = ((1 / s**2 + 1 / sd**2) * (net(x_0 + s * eps, sigma, y) - eps) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_no_weight(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    loss = F.mse_loss(net(x_0 + s * eps, sigma, y), x_0)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_only_one_over_sigma_squared(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    loss = ((net(x_0 + s * eps, sigma, y) - x_0) ** 2 / s**2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_weight_upside_down(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    loss = ((s**2 + sd**2) * (net(x_0 + s * eps, sigma, y) - x_0) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_clean_input(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    loss = ((1 / s**2 + 1 / sd**2) * (net(x_0, sigma, y) - x_0) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_sum(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    loss = ((1 / s**2 + 1 / sd**2) * (net(x_0 + s * eps, sigma, y) - x_0) ** 2).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_sum_over_an_example(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    error = ((net(x_0 + s * eps, sigma, y) - x_0) ** 2).flatten(1).sum(1)
    loss = ((1 / sigma**2 + 1 / sd**2) * error).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_variance_in_place_of_sigma(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    loss = ((1 / s**2 + 1 / sd**2) * (net(x_0 + s**2 * eps, sigma, y) - x_0) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_broadcast_over_features(net, opt, x_0, y, sigma, eps, sd):
    x = x_0 + sigma * eps
    loss = ((1 / sigma**2 + 1 / sd**2) * (net(x, sigma, y) - x_0) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_mixture_of_lesson_41(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    x = (x_0 + s * eps) / (1 + s**2) ** 0.5
    loss = ((1 / s**2 + 1 / sd**2) * (net(x, sigma, y) - x_0) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_new_noise(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    x = x_0 + s * torch.randn_like(x_0)
    loss = ((1 / s**2 + 1 / sd**2) * (net(x, sigma, y) - x_0) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_labels_ignored(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    guess = net(x_0 + s * eps, sigma, torch.zeros_like(y))
    loss = ((1 / s**2 + 1 / sd**2) * (guess - x_0) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_loss_after_the_step(net, opt, x_0, y, sigma, eps, sd):
    s = sigma.view(-1, *[1] * (x_0.ndim - 1))
    x, weight = x_0 + s * eps, 1 / s**2 + 1 / sd**2
    opt.zero_grad()
    (weight * (net(x, sigma, y) - x_0) ** 2).mean().backward()
    opt.step()
    return (weight * (net(x, sigma, y) - x_0) ** 2).mean().detach()
