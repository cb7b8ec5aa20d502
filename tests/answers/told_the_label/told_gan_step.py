import torch
import torch.nn.functional as F

bce = F.binary_cross_entropy_with_logits


def right_labels(gen, disc, opt_gen, opt_disc, x, y, z):
    fake = gen(z, y)
    real_logit, fake_logit = disc(x, y), disc(fake.detach(), y)
    loss_d = bce(real_logit, torch.ones_like(real_logit))
    loss_d = loss_d + bce(fake_logit, torch.zeros_like(fake_logit))
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    opt_gen.zero_grad()
    logit = disc(fake, y)
    loss_g = bce(logit, torch.ones_like(logit))
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def right_one_call(gen, disc, opt_gen, opt_disc, x, y, z):
    with torch.no_grad():
        fake = gen(z, y)
    real, bad = disc(torch.cat([x, fake]), torch.cat([y, y])).chunk(2)
    loss_d = -F.logsigmoid(real).mean() - F.logsigmoid(-bad).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = -F.logsigmoid(disc(gen(z, y), y)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.item(), loss_g.item()


def right_frozen(gen, disc, opt_gen, opt_disc, x, y, z):
    fake = gen(z, y)
    loss_d = F.softplus(-disc(x, y)).mean() + F.softplus(disc(fake.detach(), y)).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    disc.requires_grad_(False)
    loss_g = F.softplus(-disc(fake, y)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    disc.requires_grad_(True)
    return loss_d.detach(), loss_g.detach()


def wrong_other_label(gen, disc, opt_gen, opt_disc, x, y, z):
    wanted = (y + 1) % 4
    fake = gen(z, wanted)
    loss_d = F.softplus(-disc(x, y)).mean() + F.softplus(disc(fake.detach(), y)).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = F.softplus(-disc(fake, y)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_d_untold(gen, disc, opt_gen, opt_disc, x, y, z):
    zero = y * 0
    fake = gen(z, y)
    loss_d = F.softplus(-disc(x, zero)).mean() + F.softplus(disc(fake.detach(), zero)).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = F.softplus(-disc(fake, zero)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_g_untold(gen, disc, opt_gen, opt_disc, x, y, z):
    fake = gen(z, y * 0)
    loss_d = F.softplus(-disc(x, y)).mean() + F.softplus(disc(fake.detach(), y)).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = F.softplus(-disc(fake, y)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_fake_for_d_of_another_label(gen, disc, opt_gen, opt_disc, x, y, z):
    fake = gen(z, y)
    loss_d = F.softplus(-disc(x, y)).mean() + F.softplus(disc(fake.detach(), y.flip(0))).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = F.softplus(-disc(fake, y)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_not_detached(gen, disc, opt_gen, opt_disc, x, y, z):
    loss_d = F.softplus(-disc(x, y)).mean() + F.softplus(disc(gen(z, y), y)).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = F.softplus(-disc(gen(z, y), y)).mean()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_old_d(gen, disc, opt_gen, opt_disc, x, y, z):
    fake = gen(z, y)
    loss_g = F.softplus(-disc(fake, y)).mean()
    grads = torch.autograd.grad(loss_g, list(gen.parameters()))
    loss_d = F.softplus(-disc(x, y)).mean() + F.softplus(disc(fake.detach(), y)).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    for p, g in zip(gen.parameters(), grads, strict=True):
        p.grad = g
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_g_wants_fake(gen, disc, opt_gen, opt_disc, x, y, z):
    fake = gen(z, y)
    loss_d = F.softplus(-disc(x, y)).mean() + F.softplus(disc(fake.detach(), y)).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = F.softplus(disc(fake, y)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_d_steps_twice(gen, disc, opt_gen, opt_disc, x, y, z):
    fake = gen(z, y)
    loss_d = F.softplus(-disc(x, y)).mean() + F.softplus(disc(fake.detach(), y)).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = F.softplus(-disc(fake, y)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    opt_disc.step()
    return loss_d.detach(), loss_g.detach()


def wrong_graphs(gen, disc, opt_gen, opt_disc, x, y, z):
    fake = gen(z, y)
    loss_d = F.softplus(-disc(x, y)).mean() + F.softplus(disc(fake.detach(), y)).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = F.softplus(-disc(fake, y)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d, loss_g
