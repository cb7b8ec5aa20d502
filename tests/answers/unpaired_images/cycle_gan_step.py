import torch
import torch.nn.functional as F

bce = F.binary_cross_entropy_with_logits


def real(logits):
    return bce(logits, torch.ones_like(logits))


def fake(logits):
    return bce(logits, torch.zeros_like(logits))


def right_paper_order(to_a, to_b, disc_a, disc_b, opt_gen, opt_disc, a, b, lam, mu):
    fake_b, fake_a = to_b(a), to_a(b)
    loss_d = real(disc_a(a)) + fake(disc_a(fake_a.detach()))
    loss_d = loss_d + real(disc_b(b)) + fake(disc_b(fake_b.detach()))
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    for p in [*disc_a.parameters(), *disc_b.parameters()]:
        p.requires_grad_(False)
    loss = real(disc_a(fake_a)) + real(disc_b(fake_b))
    loss = loss + lam * (F.l1_loss(to_a(fake_b), a) + F.l1_loss(to_b(fake_a), b))
    loss = loss + mu * (F.l1_loss(to_a(a), a) + F.l1_loss(to_b(b), b))
    opt_gen.zero_grad()
    loss.backward()
    opt_gen.step()
    for p in [*disc_a.parameters(), *disc_b.parameters()]:
        p.requires_grad_(True)
    return loss_d.detach(), loss.detach()


def right_two_backwards(to_a, to_b, disc_a, disc_b, opt_gen, opt_disc, a, b, lam, mu):
    with torch.no_grad():
        old_a, old_b = to_a(b), to_b(a)
    opt_disc.zero_grad()
    part_a = F.softplus(-disc_a(a)).mean() + F.softplus(disc_a(old_a)).mean()
    part_b = F.softplus(-disc_b(b)).mean() + F.softplus(disc_b(old_b)).mean()
    part_a.backward()
    part_b.backward()
    opt_disc.step()
    opt_gen.zero_grad()
    losses = []
    for x, there, back, disc in ((a, to_b, to_a, disc_b), (b, to_a, to_b, disc_a)):
        y = there(x)
        loss = F.softplus(-disc(y)).mean() + lam * (back(y) - x).abs().mean()
        loss = loss + mu * (back(x) - x).abs().mean()
        loss.backward()
        losses.append(loss.detach())
    opt_gen.step()
    return (part_a + part_b).item(), sum(losses)


def right_skips_zero_weights(to_a, to_b, disc_a, disc_b, opt_gen, opt_disc, a, b, lam, mu):
    fake_a, fake_b = to_a(b), to_b(a)
    loss_d = -F.logsigmoid(disc_a(a)).mean() - F.logsigmoid(-disc_a(fake_a.detach())).mean()
    loss_d = loss_d - F.logsigmoid(disc_b(b)).mean()
    loss_d = loss_d - F.logsigmoid(-disc_b(fake_b.detach())).mean()
    opt_disc.zero_grad(set_to_none=True)
    loss_d.backward()
    opt_disc.step()
    loss_g = -F.logsigmoid(disc_a(fake_a)).mean() - F.logsigmoid(disc_b(fake_b)).mean()
    if lam:
        loss_g = loss_g + lam * F.l1_loss(to_a(fake_b), a) + lam * F.l1_loss(to_b(fake_a), b)
    if mu:
        loss_g = loss_g + mu * F.l1_loss(to_a(a), a) + mu * F.l1_loss(to_b(b), b)
    opt_gen.zero_grad(set_to_none=True)
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def right_anew(to_a, to_b, disc_a, disc_b, opt_gen, opt_disc, a, b, lam, mu):
    loss_d = real(disc_a(a)) + fake(disc_a(to_a(b).detach()))
    loss_d += real(disc_b(b)) + fake(disc_b(to_b(a).detach()))
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = real(disc_a(to_a(b))) + real(disc_b(to_b(a)))
    loss_g += lam * (to_a(to_b(a)) - a).abs().mean() + lam * (to_b(to_a(b)) - b).abs().mean()
    loss_g += mu * (to_a(a) - a).abs().mean() + mu * (to_b(b) - b).abs().mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def played(given, *, detach=True, cycle=None, identity=None, exchanged=False, graph=False):
    to_a, to_b, disc_a, disc_b, opt_gen, opt_disc, a, b, lam, mu = given
    fake_a, fake_b = to_a(b), to_b(a)
    shown_a, shown_b = (fake_b, fake_a) if exchanged else (fake_a, fake_b)
    cut = (lambda x: x.detach()) if detach else (lambda x: x)
    loss_d = real(disc_a(a)) + fake(disc_a(cut(shown_a)))
    loss_d = loss_d + real(disc_b(b)) + fake(disc_b(cut(shown_b)))
    opt_disc.zero_grad()
    loss_d.backward(retain_graph=not detach)
    opt_disc.step()
    cycle = cycle or (lambda: F.l1_loss(to_a(fake_b), a) + F.l1_loss(to_b(fake_a), b))
    identity = identity or (lambda: F.l1_loss(to_a(a), a) + F.l1_loss(to_b(b), b))
    loss_g = real(disc_a(shown_a)) + real(disc_b(shown_b)) + lam * cycle() + mu * identity()
    if detach:
        opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return (loss_d, loss_g) if graph else (loss_d.detach(), loss_g.detach())


def wrong_no_cycle(*given):
    return played(given, cycle=lambda: 0)


def wrong_no_identity(*given):
    # identity_weight > 0
    return played(given, identity=lambda: 0)


def wrong_identity_of_the_other(*given):
    to_a, to_b, a, b = *given[:2], *given[6:8]
    return played(given, identity=lambda: F.l1_loss(to_b(a), a) + F.l1_loss(to_a(b), b))


def wrong_half_a_cycle(*given):
    to_a, to_b, a = *given[:2], given[6]
    return played(given, cycle=lambda: F.l1_loss(to_a(to_b(a)), a))


def wrong_detached_cycle(*given):
    # only half of the way learns
    to_a, to_b, a, b = *given[:2], *given[6:8]

    def cycle():
        return F.l1_loss(to_a(to_b(a).detach()), a) + F.l1_loss(to_b(to_a(b).detach()), b)

    return played(given, cycle=cycle)


def wrong_discriminators(*given):
    return played(given, exchanged=True)


def wrong_gradients_of_d_in_g(*given):
    # fakes not detached, no zero_grad behind it
    return played(given, detach=False)


def wrong_with_graphs(*given):
    return played(given, graph=True)


def wrong_d_moves_twice(*given):
    losses = played(given)
    given[5].step()
    return losses


def wrong_only_one_discriminator(to_a, to_b, disc_a, disc_b, opt_gen, opt_disc, a, b, lam, mu):
    fake_a, fake_b = to_a(b), to_b(a)
    loss_d = real(disc_b(b)) + fake(disc_b(fake_b.detach()))
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = real(disc_b(fake_b))
    loss_g = loss_g + lam * (F.l1_loss(to_a(fake_b), a) + F.l1_loss(to_b(fake_a), b))
    loss_g = loss_g + mu * (F.l1_loss(to_a(a), a) + F.l1_loss(to_b(b), b))
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_old_discriminators(to_a, to_b, disc_a, disc_b, opt_gen, opt_disc, a, b, lam, mu):
    fake_a, fake_b = to_a(b), to_b(a)
    loss_g = real(disc_a(fake_a)) + real(disc_b(fake_b))
    loss_g = loss_g + lam * (F.l1_loss(to_a(fake_b), a) + F.l1_loss(to_b(fake_a), b))
    loss_g = loss_g + mu * (F.l1_loss(to_a(a), a) + F.l1_loss(to_b(b), b))
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    loss_d = real(disc_a(a)) + fake(disc_a(fake_a.detach()))
    loss_d = loss_d + real(disc_b(b)) + fake(disc_b(fake_b.detach()))
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    return loss_d.detach(), loss_g.detach()
