import torch
import torch.nn.functional as F


def right_textbook(net, opt, z, captions, silent, t, noise):
    s = t.view(-1, 1, 1, 1)
    z_t = s * z + (1 - s) * noise
    words = torch.where(silent[:, None], 0, captions)
    opt.zero_grad()
    loss = F.mse_loss(net(z_t, t, words), z - noise)
    loss.backward()
    opt.step()
    return loss.detach()


def right_lerp(net, opt, z, captions, silent, t, noise):
    z_t = torch.lerp(noise, z, t[:, None, None, None].expand_as(z))
    words = captions * (~silent).long()[:, None]
    loss = (net(z_t, t, words) + noise - z).square().mean()
    loss.backward()
    opt.step()
    opt.zero_grad()
    return loss.item()


def right_copy(net, opt, z, captions, silent, t, noise):
    told = captions.clone()
    told[silent] = 0
    points = torch.stack([(1 - a) * e + a * x for a, e, x in zip(t, noise, z, strict=True)])
    error = (net(points, t, told) - (z - noise)).flatten(1).pow(2).mean(1)
    opt.zero_grad(set_to_none=False)
    loss = error.mean()
    loss.backward()
    opt.step()
    return loss.detach().clone()


def right_gradients_by_hand(net, opt, z, captions, silent, t, noise):
    s = t.reshape(-1, 1, 1, 1)
    words = captions.masked_fill(silent.unsqueeze(1), 0)
    loss = F.mse_loss(net(noise + s * (z - noise), t, words), z - noise)
    weights = list(net.parameters())
    for weight, grad in zip(weights, torch.autograd.grad(loss, weights), strict=True):
        weight.grad = grad
    opt.step()
    return loss.detach()


def setting(z, captions, silent, t, noise):
    s = t[:, None, None, None]
    return (1 - s) * noise + s * z, captions.masked_fill(silent[:, None], 0)


def wrong_no_zero_grad(net, opt, z, captions, silent, t, noise):
    z_t, words = setting(z, captions, silent, t, noise)
    loss = F.mse_loss(net(z_t, t, words), z - noise)
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_no_step(net, opt, z, captions, silent, t, noise):
    z_t, words = setting(z, captions, silent, t, noise)
    loss = F.mse_loss(net(z_t, t, words), z - noise)
    opt.zero_grad()
    loss.backward()
    return loss.detach()


def wrong_never_silent(net, opt, z, captions, silent, t, noise):
    z_t, _ = setting(z, captions, silent, t, noise)
    loss = F.mse_loss(net(z_t, t, captions), z - noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_inverted(net, opt, z, captions, silent, t, noise):
    z_t, words = setting(z, captions, ~silent, t, noise)
    loss = F.mse_loss(net(z_t, t, words), z - noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_target_turned(net, opt, z, captions, silent, t, noise):
    z_t, words = setting(z, captions, silent, t, noise)
    loss = F.mse_loss(net(z_t, t, words), noise - z)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_target_picture(net, opt, z, captions, silent, t, noise):
    z_t, words = setting(z, captions, silent, t, noise)
    loss = F.mse_loss(net(z_t, t, words), z)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_line_turned(net, opt, z, captions, silent, t, noise):
    z_t, words = setting(noise, captions, silent, t, z)
    loss = F.mse_loss(net(z_t, t, words), z - noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_diffusion_roots(net, opt, z, captions, silent, t, noise):
    s = t[:, None, None, None]
    _, words = setting(z, captions, silent, t, noise)
    loss = F.mse_loss(net(s.sqrt() * z + (1 - s).sqrt() * noise, t, words), z - noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_sum(net, opt, z, captions, silent, t, noise):
    z_t, words = setting(z, captions, silent, t, noise)
    loss = (net(z_t, t, words) - (z - noise)).square().sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_captions_harmed(net, opt, z, captions, silent, t, noise):
    captions[silent] = 0
    z_t, _ = setting(z, captions, silent, t, noise)
    loss = F.mse_loss(net(z_t, t, captions), z - noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_graph_kept(net, opt, z, captions, silent, t, noise):
    z_t, words = setting(z, captions, silent, t, noise)
    loss = F.mse_loss(net(z_t, t, words), z - noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss


def wrong_one_t(net, opt, z, captions, silent, t, noise):
    z_t, words = setting(z, captions, silent, t[:1].expand(len(t)), noise)
    loss = F.mse_loss(net(z_t, t, words), z - noise)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_step_before_backward(net, opt, z, captions, silent, t, noise):
    z_t, words = setting(z, captions, silent, t, noise)
    loss = F.mse_loss(net(z_t, t, words), z - noise)
    opt.zero_grad()
    opt.step()
    loss.backward()
    return loss.detach()


def wrong_cleared_before_the_step(net, opt, z, captions, silent, t, noise):
    z_t, told = setting(z, captions, silent, t, noise)
    loss = ((net(z_t, t, told) - (z - noise)) ** 2).mean()
    loss.backward()
    opt.zero_grad()
    opt.step()
    return loss.detach()


def wrong_rest_of_the_way(net, opt, z, captions, silent, t, noise):
    z_t, told = setting(z, captions, silent, t, noise)
    loss = ((net(z_t, t, told) - (z - z_t)) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_silence_by_product(net, opt, z, captions, silent, t, noise):
    z_t, _ = setting(z, captions, silent, t, noise)
    told = captions * silent[:, None]
    loss = ((net(z_t, t, told) - (z - noise)) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_first_word_silenced(net, opt, z, captions, silent, t, noise):
    z_t, _ = setting(z, captions, silent, t, noise)
    told = captions.clone()
    told[silent, 0] = 0
    loss = ((net(z_t, t, told) - (z - noise)) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_absolute(net, opt, z, captions, silent, t, noise):
    z_t, told = setting(z, captions, silent, t, noise)
    loss = (net(z_t, t, told) - (z - noise)).abs().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def _mix(z, t, noise):
    s = t[:, None, None, None]
    return (1 - s) * noise + s * z


def _said(captions, silent):
    return captions.masked_fill(silent[:, None], 0)


def wrong_clipped(net, opt, z, captions, silent, t, noise):
    # gradients clipped, which nobody asked for
    loss = ((net(_mix(z, t, noise), t, _said(captions, silent)) - (z - noise)) ** 2).mean()
    opt.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 0.1)
    opt.step()
    return loss.detach()


def _go(opt, loss):
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def wrong_target_z_t(net, opt, z, captions, silent, t, noise):
    # z - z_t
    z_t = _mix(z, t, noise)
    return _go(opt, ((net(z_t, t, _said(captions, silent)) - (z - z_t)) ** 2).mean())


def wrong_minus_one(net, opt, z, captions, silent, t, noise):
    # silence is not told apart: captions shifted
    said = captions.masked_fill(silent[:, None], 1)
    return _go(opt, ((net(_mix(z, t, noise), t, said) - (z - noise)) ** 2).mean())
