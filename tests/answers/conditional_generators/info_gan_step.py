import torch
import torch.nn.functional as F

bce = F.binary_cross_entropy_with_logits


def half_d(gen, disc, opt_disc, x, z, c, code_loss):
    fake = gen(z, c)
    real = disc(x)[0]
    bad, read = disc(fake.detach())
    loss_d = F.softplus(-real).mean() + F.softplus(bad).mean()
    opt_disc.zero_grad()
    (loss_d + code_loss(read, c)).backward()
    opt_disc.step()
    return fake, loss_d


def half_g(disc, opt_gen, fake, c, code_loss, weight=1.0):
    logit, read = disc(fake)
    loss_g = F.softplus(-logit).mean()
    loss_c = code_loss(read, c)
    opt_gen.zero_grad()
    (loss_g + weight * loss_c).backward()
    opt_gen.step()
    return loss_g, loss_c


def right_plain(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake, loss_d = half_d(gen, disc, opt_disc, x, z, c, code_loss)
    loss_g, loss_c = half_g(disc, opt_gen, fake, c, code_loss)
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


def right_labels(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake = gen(z, c)
    real_logit, _ = disc(x)
    fake_logit, read = disc(fake.detach())
    loss_d = bce(real_logit, torch.ones_like(real_logit))
    loss_d = loss_d + bce(fake_logit, torch.zeros_like(fake_logit))
    total = loss_d + code_loss(read, c)
    opt_disc.zero_grad()
    total.backward()
    opt_disc.step()
    opt_gen.zero_grad()
    logit, read = disc(fake)
    loss_g = bce(logit, torch.ones_like(logit))
    loss_c = code_loss(read, c)
    loss_g.backward(retain_graph=True)
    loss_c.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


def right_no_grad(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    with torch.no_grad():
        fake = gen(z, c)
    bad, read = disc(fake)
    loss_d = -F.logsigmoid(disc(x)[0]).mean() - F.logsigmoid(-bad).mean()
    opt_disc.zero_grad()
    (loss_d + code_loss(read, c)).backward()
    opt_disc.step()
    loss_g, loss_c = half_g(disc, opt_gen, gen(z, c), c, code_loss)
    return loss_d.item(), loss_g.item(), loss_c.item()


def wrong_no_code_in_g(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake, loss_d = half_d(gen, disc, opt_disc, x, z, c, code_loss)
    loss_g, loss_c = half_g(disc, opt_gen, fake, c, code_loss, weight=0.0)
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


def wrong_half_weight(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake, loss_d = half_d(gen, disc, opt_disc, x, z, c, code_loss)
    loss_g, loss_c = half_g(disc, opt_gen, fake, c, code_loss, weight=0.5)
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


def wrong_sign(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake, loss_d = half_d(gen, disc, opt_disc, x, z, c, code_loss)
    loss_g, loss_c = half_g(disc, opt_gen, fake, c, code_loss, weight=-1.0)
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


def wrong_no_code_in_d(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake, loss_d = half_d(gen, disc, opt_disc, x, z, c, lambda read, c: 0 * read.sum())
    loss_g, loss_c = half_g(disc, opt_gen, fake, c, code_loss)
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


def wrong_code_of_reals(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake = gen(z, c)
    real, read = disc(x)
    loss_d = F.softplus(-real).mean() + F.softplus(disc(fake.detach())[0]).mean()
    opt_disc.zero_grad()
    (loss_d + code_loss(read, c)).backward()
    opt_disc.step()
    loss_g, loss_c = half_g(disc, opt_gen, fake, c, code_loss)
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


def wrong_fakes_detached_in_g(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake, loss_d = half_d(gen, disc, opt_disc, x, z, c, code_loss)
    loss_g = F.softplus(-disc(fake)[0]).mean()
    loss_c = code_loss(disc(fake.detach())[1], c)
    opt_gen.zero_grad()
    (loss_g + loss_c).backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


def wrong_d_steps_again(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake, loss_d = half_d(gen, disc, opt_disc, x, z, c, code_loss)
    loss_g, loss_c = half_g(disc, opt_gen, fake, c, code_loss)
    opt_disc.step()
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


def wrong_no_zero_grad(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake = gen(z, c)
    bad, read = disc(fake.detach())
    loss_d = F.softplus(-disc(x)[0]).mean() + F.softplus(bad).mean()
    (loss_d + code_loss(read, c)).backward()
    opt_disc.step()
    loss_g, loss_c = half_g(disc, opt_gen, fake, c, code_loss)
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


def wrong_totals_returned(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake, loss_d = half_d(gen, disc, opt_disc, x, z, c, code_loss)
    loss_g, loss_c = half_g(disc, opt_gen, fake, c, code_loss)
    return loss_d.detach(), (loss_g + loss_c).detach(), loss_c.detach()


def wrong_other_codes(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake, loss_d = half_d(gen, disc, opt_disc, x, z, c.flip(0), code_loss)
    loss_g, loss_c = half_g(disc, opt_gen, fake, c, code_loss)
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


def wrong_label_0(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake, loss_d = half_d(gen, disc, opt_disc, x, z, c, code_loss)
    logit, read = disc(fake)
    loss_g, loss_c = F.softplus(logit).mean(), code_loss(read, c)
    opt_gen.zero_grad()
    (loss_g + loss_c).backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach(), loss_c.detach()


def wrong_graphs(gen, disc, opt_gen, opt_disc, x, z, c, code_loss):
    fake, loss_d = half_d(gen, disc, opt_disc, x, z, c, code_loss)
    loss_g, loss_c = half_g(disc, opt_gen, fake, c, code_loss)
    return loss_d, loss_g, loss_c
