import torch


def penalty_of(critic, x, fake, t):
    x_hat = (t * x + (1 - t) * fake).detach().requires_grad_()
    score = critic(x_hat)
    (g,) = torch.autograd.grad(score, x_hat, torch.ones_like(score), create_graph=True)
    return ((g.norm(2, dim=-1) - 1) ** 2).mean()


def right_no_grad(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    with torch.no_grad():
        fake = gen(z)
    opt_critic.zero_grad()
    real_score, fake_score = critic(x).mean(), critic(fake).mean()
    penalty = penalty_of(critic, x, fake, t)
    loss = fake_score - real_score + weight * penalty
    loss.backward()
    opt_critic.step()
    opt_gen.zero_grad()
    loss_g = -critic(gen(z)).mean()
    loss_g.backward()
    opt_gen.step()
    return (real_score - fake_score).item(), loss_g.item()


def right_in_parts(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    fake = gen(z)
    opt_critic.zero_grad(set_to_none=True)
    real_score = critic(x).mean()
    (-real_score).backward()
    fake_score = critic(fake.detach()).mean()
    fake_score.backward()
    penalty = penalty_of(critic, x, fake, t)
    (weight * penalty).backward()
    opt_critic.step()
    opt_gen.zero_grad(set_to_none=True)
    critic.requires_grad_(False)
    loss_g = -critic(fake).mean()
    loss_g.backward()
    opt_gen.step()
    critic.requires_grad_(True)
    return (real_score - fake_score).detach(), loss_g.detach()


def right_one_pass(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    fake = gen(z)
    scores = critic(torch.cat([x, fake.detach()], -2))
    n = x.shape[-2]
    gap = scores[..., :n, :].mean() - scores[..., n:, :].mean()
    penalty = penalty_of(critic, x, fake, t)
    (weight * penalty - gap).backward()
    opt_critic.step()
    loss_g = -critic(fake).mean()
    loss_g.backward()
    opt_gen.step()
    opt_critic.zero_grad()
    opt_gen.zero_grad()
    return gap.detach(), loss_g.detach()


def wrong_printed_sign(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    fake = gen(z)
    gap = critic(x).mean() - critic(fake.detach()).mean()
    penalty = penalty_of(critic, x, fake, t)
    opt_critic.zero_grad()
    (gap + weight * penalty).backward()
    opt_critic.step()
    opt_gen.zero_grad()
    loss_g = -critic(fake).mean()
    loss_g.backward()
    opt_gen.step()
    return gap.detach(), loss_g.detach()


def wrong_no_penalty(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    fake = gen(z)
    gap = critic(x).mean() - critic(fake.detach()).mean()
    opt_critic.zero_grad()
    (-gap).backward()
    opt_critic.step()
    opt_gen.zero_grad()
    loss_g = -critic(fake).mean()
    loss_g.backward()
    opt_gen.step()
    return gap.detach(), loss_g.detach()


def wrong_same_graph(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    # RuntimeError: backward a second time
    fake = gen(z)
    gap = critic(x).mean() - critic(fake).mean()
    penalty = penalty_of(critic, x, fake, t)
    opt_critic.zero_grad()
    (weight * penalty - gap).backward()
    opt_critic.step()
    opt_gen.zero_grad()
    loss_g = -critic(fake).mean()
    loss_g.backward()
    opt_gen.step()
    return gap.detach(), loss_g.detach()


def wrong_not_detached(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    opt_gen.zero_grad()
    opt_critic.zero_grad()
    fake = gen(z)
    gap = critic(x).mean() - critic(fake).mean()
    penalty = penalty_of(critic, x, fake, t)
    (weight * penalty - gap).backward()
    opt_critic.step()
    loss_g = -critic(gen(z)).mean()
    loss_g.backward()
    opt_gen.step()
    return gap.detach(), loss_g.detach()


def wrong_old_critic(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    fake = gen(z)
    loss_g = -critic(fake).mean()
    grads = torch.autograd.grad(loss_g, list(gen.parameters()))
    fake = fake.detach()
    gap = critic(x).mean() - critic(fake).mean()
    penalty = penalty_of(critic, x, fake, t)
    opt_critic.zero_grad()
    (weight * penalty - gap).backward()
    opt_critic.step()
    for p, g in zip(gen.parameters(), grads, strict=True):
        p.grad = g
    opt_gen.step()
    return gap.detach(), loss_g.detach()


def wrong_g_sign(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    fake = gen(z)
    gap = critic(x).mean() - critic(fake.detach()).mean()
    penalty = penalty_of(critic, x, fake, t)
    opt_critic.zero_grad()
    (weight * penalty - gap).backward()
    opt_critic.step()
    opt_gen.zero_grad()
    loss_g = critic(fake).mean()
    loss_g.backward()
    opt_gen.step()
    return gap.detach(), loss_g.detach()


def wrong_no_zero_grad(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    fake = gen(z)
    gap = critic(x).mean() - critic(fake.detach()).mean()
    penalty = penalty_of(critic, x, fake, t)
    (weight * penalty - gap).backward()
    opt_critic.step()
    loss_g = -critic(fake).mean()
    loss_g.backward()
    opt_gen.step()
    return gap.detach(), loss_g.detach()


def wrong_log_losses(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    softplus = torch.nn.functional.softplus
    fake = gen(z)
    loss = softplus(-critic(x)).mean() + softplus(critic(fake.detach())).mean()
    penalty = penalty_of(critic, x, fake, t)
    opt_critic.zero_grad()
    (loss + weight * penalty).backward()
    opt_critic.step()
    opt_gen.zero_grad()
    loss_g = softplus(-critic(fake)).mean()
    loss_g.backward()
    opt_gen.step()
    return loss.detach(), loss_g.detach()


def wrong_penalty_without_graph(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    fake = gen(z)
    gap = critic(x).mean() - critic(fake.detach()).mean()
    penalty = penalty_of(critic, x, fake, t).detach()
    opt_critic.zero_grad()
    (weight * penalty - gap).backward()
    opt_critic.step()
    opt_gen.zero_grad()
    loss_g = -critic(fake).mean()
    loss_g.backward()
    opt_gen.step()
    return gap.detach(), loss_g.detach()


def wrong_returns_graphs(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    fake = gen(z)
    gap = critic(x).mean() - critic(fake.detach()).mean()
    penalty = penalty_of(critic, x, fake, t)
    opt_critic.zero_grad()
    (weight * penalty - gap).backward()
    opt_critic.step()
    opt_gen.zero_grad()
    loss_g = -critic(fake).mean()
    loss_g.backward()
    opt_gen.step()
    return gap, loss_g


def wrong_joins_the_games(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    # right for one game; several stand in the first dimension
    fake = gen(z)
    scores = critic(torch.cat([x, fake.detach()]))
    gap = scores[: len(x)].mean() - scores[len(x) :].mean()
    penalty = penalty_of(critic, x, fake.detach(), t)
    opt_critic.zero_grad()
    (weight * penalty - gap).backward()
    opt_critic.step()
    opt_gen.zero_grad()
    loss_g = -critic(fake).mean()
    loss_g.backward()
    opt_gen.step()
    return gap.detach(), loss_g.detach()


def wrong_gap_after_the_step(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    fake = gen(z)
    gap = critic(x).mean() - critic(fake.detach()).mean()
    opt_critic.zero_grad()
    (weight * penalty_of(critic, x, fake.detach(), t) - gap).backward()
    opt_critic.step()
    loss_g = -critic(fake).mean()
    gap = critic(x).mean() + loss_g
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return gap.detach(), loss_g.detach()


def wrong_five_steps(gen, critic, opt_gen, opt_critic, x, z, t, weight):
    fake = gen(z)
    for _ in range(5):
        gap = critic(x).mean() - critic(fake.detach()).mean()
        opt_critic.zero_grad()
        (weight * penalty_of(critic, x, fake.detach(), t) - gap).backward()
        opt_critic.step()
    loss_g = -critic(fake).mean()
    opt_gen.zero_grad()
    loss_g.backward()
    opt_gen.step()
    return gap.detach(), loss_g.detach()
