import torch
import torch.nn.functional as F

bce = F.binary_cross_entropy_with_logits


def is_real(logits):
    return bce(logits, torch.ones_like(logits))


def is_fake(logits):
    return bce(logits, torch.zeros_like(logits))


def right_bce(gen, disc, opt_gen, opt_disc, x, y, l1_weight):
    y_hat = gen(x)
    loss_d = is_real(disc(x, y)) + is_fake(disc(x, y_hat.detach()))
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    for p in disc.parameters():
        p.requires_grad_(False)
    loss_g = is_real(disc(x, y_hat)) + l1_weight * F.l1_loss(y_hat, y)
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    for p in disc.parameters():
        p.requires_grad_(True)
    return loss_d.detach(), loss_g.detach()


def right_no_grad(gen, disc, opt_gen, opt_disc, x, y, l1_weight):
    with torch.no_grad():
        old = gen(x)
    opt_disc.zero_grad(set_to_none=True)
    loss_d = -F.logsigmoid(disc(x, y)).mean() - F.logsigmoid(-disc(x, old)).mean()
    loss_d.backward()
    opt_disc.step()
    opt_gen.zero_grad(set_to_none=True)
    new = gen(x)
    loss_g = -F.logsigmoid(disc(x, new)).mean() + l1_weight * torch.mean(torch.abs(new - y))
    loss_g.backward()
    opt_gen.step()
    return loss_d.item(), loss_g.item()


def right_two_backwards(gen, disc, opt_gen, opt_disc, x, y, l1_weight):
    fake = gen(x)
    opt_disc.zero_grad()
    real_part = F.softplus(-disc(x, y)).mean()
    real_part.backward()
    fake_part = F.softplus(disc(x, fake.detach())).mean()
    fake_part.backward()
    opt_disc.step()
    opt_gen.zero_grad()
    adversarial = F.softplus(-disc(x, fake)).mean()
    pixels = l1_weight * (y - fake).abs().mean()
    (adversarial + pixels).backward()
    opt_gen.step()
    return (real_part + fake_part).detach(), (adversarial + pixels).detach()


def right_one_batch(gen, disc, opt_gen, opt_disc, x, y, l1_weight):
    fake = gen(x)
    logits = disc(torch.cat([x, x]), torch.cat([y, fake.detach()]))
    loss_d = is_real(logits[: len(x)]) + is_fake(logits[len(x) :])
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = is_real(disc(x, fake)) + l1_weight * (fake - y).abs().sum() / y.numel()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def played(given, *, shown=None, pixels=None, first="d", label=is_real, graph=False):
    gen, disc, opt_gen, opt_disc, x, y, weight = given
    shown = x if shown is None else shown
    pixels = pixels or F.l1_loss

    def step_d():
        loss = is_real(disc(shown, y)) + is_fake(disc(shown, gen(x).detach()))
        opt_disc.zero_grad()
        loss.backward()
        opt_disc.step()
        return loss if graph else loss.detach()

    def step_g():
        fake = gen(x)
        loss = label(disc(shown, fake)) + weight * pixels(fake, y)
        opt_gen.zero_grad()
        loss.backward()
        opt_gen.step()
        return loss if graph else loss.detach()

    if first == "d":
        return step_d(), step_g()
    loss_g = step_g()
    return step_d(), loss_g


def wrong_unconditional(*given):
    return played(given, shown=torch.zeros_like(given[4]))


def wrong_g_first(*given):
    return played(given, first="g")


def wrong_mse(*given):
    # l1_weight > 0
    return played(given, pixels=F.mse_loss)


def wrong_l1_sum(*given):
    # l1_weight > 0
    return played(given, pixels=lambda a, b: (a - b).abs().sum())


def wrong_no_l1(*given):
    # l1_weight > 0
    return played(given, pixels=lambda a, b: 0 * a.mean())


def wrong_label_0(*given):
    return played(given, label=is_fake)


def wrong_with_graphs(*given):
    return played(given, graph=True)


def wrong_d_steps_twice(*given):
    losses = played(given)
    given[3].step()
    return losses


def wrong_other_questions(gen, disc, opt_gen, opt_disc, x, y, l1_weight):
    # more than one pair
    fake = gen(x)
    other = x.flip(0)
    loss_d = is_real(disc(x, y)) + is_fake(disc(other, fake.detach()))
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = is_real(disc(other, fake)) + l1_weight * F.l1_loss(fake, y)
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_halved_d(gen, disc, opt_gen, opt_disc, x, y, l1_weight):
    # the paper divides D's loss by two; the task here does not
    fake = gen(x)
    loss_d = (is_real(disc(x, y)) + is_fake(disc(x, fake.detach()))) / 2
    opt_disc.zero_grad()
    loss_d.backward()
    opt_disc.step()
    loss_g = is_real(disc(x, fake)) + l1_weight * F.l1_loss(fake, y)
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()


def wrong_not_detached(gen, disc, opt_gen, opt_disc, x, y, l1_weight):
    # D's loss sends a gradient into G, and nobody clears it
    opt_gen.zero_grad()
    opt_disc.zero_grad()
    loss_d = is_real(disc(x, y)) + is_fake(disc(x, gen(x)))
    loss_d.backward()
    opt_disc.step()
    fake = gen(x)
    loss_g = is_real(disc(x, fake)) + l1_weight * F.l1_loss(fake, y)
    loss_g.backward()
    opt_gen.step()
    return loss_d.detach(), loss_g.detach()
