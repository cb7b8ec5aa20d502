import torch
import torch.nn.functional as F

bce = F.binary_cross_entropy_with_logits


def right_labels(gen, disc, opt_gen, opt_disc, x, z):
    ones = torch.ones(len(x), dtype=x.dtype)
    zeros = torch.zeros(len(x), dtype=x.dtype)
    fake = gen(z)
    opt_disc.zero_grad()
    loss_d = bce(disc(x), ones) + bce(disc(fake.detach()), zeros)
    loss_d.backward()
    opt_disc.step()
    opt_gen.zero_grad()
    loss_g = bce(disc(fake), ones)
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def right_no_grad(gen, disc, opt_gen, opt_disc, x, z):
    with torch.no_grad():
        fake = gen(z)
    loss_d = -F.logsigmoid(disc(x)).mean() - F.logsigmoid(-disc(fake)).mean()
    opt_disc.zero_grad(set_to_none=True)
    loss_d.backward()
    opt_disc.step()
    loss_g = -F.logsigmoid(disc(gen(z))).mean()
    opt_gen.zero_grad(set_to_none=True)
    loss_g.backward()
    opt_gen.step()
    return loss_d.item(), loss_g.item()


def right_frozen(gen, disc, opt_gen, opt_disc, x, z):
    fake = gen(z)
    both = disc(torch.cat([x, fake.detach()]))
    real, bad = both[: len(x)], both[len(x) :]
    d_loss = F.softplus(-real).mean() + F.softplus(bad).mean()
    opt_disc.zero_grad()
    d_loss.backward()
    opt_disc.step()
    for p in disc.parameters():
        p.requires_grad_(False)
    g_loss = F.softplus(-disc(fake)).mean()
    opt_gen.zero_grad()
    g_loss.backward()
    opt_gen.step()
    for p in disc.parameters():
        p.requires_grad_(True)
    return d_loss.detach(), g_loss.detach()


def right_zero_at_the_end(gen, disc, opt_gen, opt_disc, x, z):
    loss_real = F.softplus(-disc(x)).mean()
    loss_real.backward()
    loss_fake = F.softplus(disc(gen(z).detach())).mean()
    loss_fake.backward()
    opt_disc.step()
    loss_g = F.softplus(-disc(gen(z))).mean()
    loss_g.backward()
    opt_gen.step()
    opt_disc.zero_grad()
    opt_gen.zero_grad()
    return (loss_real + loss_fake).detach(), loss_g.detach()


def wrong_same_graph_twice(gen, disc, opt_gen, opt_disc, x, z):
    # RuntimeError: backward a second time
    fake = gen(z)
    loss_d = F.softplus(-disc(x)).mean() + F.softplus(disc(fake)).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = F.softplus(-disc(fake)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_not_detached(gen, disc, opt_gen, opt_disc, x, z):
    loss_d = F.softplus(-disc(x)).mean() + F.softplus(disc(gen(z))).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = F.softplus(-disc(gen(z))).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_not_detached_and_zero_grad_first(gen, disc, opt_gen, opt_disc, x, z):
    opt_gen.zero_grad()
    opt_disc.zero_grad()
    loss_d = F.softplus(-disc(x)).mean() + F.softplus(disc(gen(z))).mean()
    loss_d.backward()
    opt_disc.step()
    loss_g = F.softplus(-disc(gen(z))).mean()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_no_zero_grad(gen, disc, opt_gen, opt_disc, x, z):
    fake = gen(z)
    loss_d = bce(disc(x), torch.ones_like(disc(x)))
    loss_d = loss_d + bce(disc(fake.detach()), torch.zeros_like(disc(x)))
    loss_d.backward()
    opt_disc.step()
    loss_g = bce(disc(fake), torch.ones_like(disc(fake)))
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_both_step(gen, disc, opt_gen, opt_disc, x, z):
    fake = gen(z)
    loss_d = F.softplus(-disc(x)).mean() + F.softplus(disc(fake.detach())).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    opt_disc.zero_grad()
    opt_gen.zero_grad()
    loss_g = F.softplus(-disc(fake)).mean()
    loss_g.backward()
    opt_gen.step()
    opt_disc.step()
    return loss_d.detach(), loss_g.detach()


def wrong_old_d(gen, disc, opt_gen, opt_disc, x, z):
    fake = gen(z)
    loss_g = F.softplus(-disc(fake)).mean()
    grads = torch.autograd.grad(loss_g, list(gen.parameters()))
    loss_d = F.softplus(-disc(x)).mean() + F.softplus(disc(fake.detach())).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    for p, g in zip(gen.parameters(), grads, strict=True):
        p.grad = g
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_losses_before_steps(gen, disc, opt_gen, opt_disc, x, z):
    # RuntimeError: a weight was changed in place before backward
    fake = gen(z)
    loss_d = F.softplus(-disc(x)).mean() + F.softplus(disc(fake.detach())).mean()
    loss_g = F.softplus(-disc(fake)).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_label_0(gen, disc, opt_gen, opt_disc, x, z):
    labels = torch.ones_like(disc(x))
    fake = gen(z)
    loss_d = bce(disc(x), labels)
    labels = torch.zeros_like(labels)
    loss_d = loss_d + bce(disc(fake.detach()), labels)
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = bce(disc(fake), labels)
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_generator_detached(gen, disc, opt_gen, opt_disc, x, z):
    # the gradient never reaches gen: it stands still
    fake = gen(z).detach()
    loss_d = F.softplus(-disc(x)).mean() + F.softplus(disc(fake)).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = F.softplus(-disc(fake)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_losses_with_graph(gen, disc, opt_gen, opt_disc, x, z):
    fake = gen(z)
    loss_d = F.softplus(-disc(x)).mean() + F.softplus(disc(fake.detach())).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = F.softplus(-disc(fake)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d, loss_g


def wrong_saturating(gen, disc, opt_gen, opt_disc, x, z):
    fake = gen(z)
    loss_d = F.softplus(-disc(x)).mean() + F.softplus(disc(fake.detach())).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = -F.softplus(disc(fake)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_left_frozen(gen, disc, opt_gen, opt_disc, x, z):
    # D stays frozen: from the second round on it does not learn
    for p in disc.parameters():
        p.requires_grad_(True)
    fake = gen(z)
    loss_d = F.softplus(-disc(x)).mean() + F.softplus(disc(fake.detach())).mean()
    opt_disc.zero_grad()
    loss_d.backward()
    for p in disc.parameters():
        p.requires_grad_(False)
    opt_disc.zero_grad()
    opt_disc.step()
    loss_g = F.softplus(-disc(fake)).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()
