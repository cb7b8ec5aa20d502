import torch


def right_lerp(critic, x, fake, t):
    mixed = torch.lerp(fake, x, t.expand_as(x)).detach()
    mixed.requires_grad_(True)
    score = critic(mixed)
    grad = torch.autograd.grad(score, mixed, torch.ones_like(score), create_graph=True)[0]
    return ((grad.norm(2, dim=-1) - 1) ** 2).mean()


def right_retain(critic, x, fake, t):
    points = (t * x.detach() + (1 - t) * fake.detach()).requires_grad_(True)
    (g,) = torch.autograd.grad(
        outputs=critic(points).sum(), inputs=points, create_graph=True, retain_graph=True
    )
    length = (g * g).sum(dim=-1).sqrt()
    return (length - 1).pow(2).mean()


def right_backwards_share(critic, x, fake, t):
    x_hat = fake.detach() + t * (x - fake).detach()
    x_hat = x_hat.clone().requires_grad_()
    g = torch.autograd.grad(critic(x_hat).sum(), [x_hat], create_graph=True)[0]
    norms = torch.linalg.vector_norm(g, dim=-1)
    return torch.nn.functional.mse_loss(norms, torch.ones_like(norms))


def wrong_no_graph(critic, x, fake, t):
    x_hat = (t * x + (1 - t) * fake).detach().requires_grad_()
    (g,) = torch.autograd.grad(critic(x_hat).sum(), x_hat)
    return ((g.norm(dim=-1) - 1) ** 2).mean()


def wrong_squared_norm(critic, x, fake, t):
    x_hat = (t * x + (1 - t) * fake).detach().requires_grad_()
    (g,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    return ((g.square().sum(-1) - 1) ** 2).mean()


def wrong_one_norm(critic, x, fake, t):
    x_hat = (t * x + (1 - t) * fake).detach().requires_grad_()
    (g,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    return (g.norm() - 1) ** 2


def wrong_mean_of_scores(critic, x, fake, t):
    # the gradient of a mean is smaller by the batch
    x_hat = (t * x + (1 - t) * fake).detach().requires_grad_()
    (g,) = torch.autograd.grad(critic(x_hat).mean(), x_hat, create_graph=True)
    return ((g.norm(dim=-1) - 1) ** 2).mean()


def wrong_at_the_data(critic, x, fake, t):
    x = x.detach().requires_grad_()
    (g,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return ((g.norm(dim=-1) - 1) ** 2).mean()


def wrong_zero_centred(critic, x, fake, t):
    x_hat = (t * x + (1 - t) * fake).detach().requires_grad_()
    (g,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    return g.square().sum(-1).mean()


def wrong_one_sided(critic, x, fake, t):
    x_hat = (t * x + (1 - t) * fake).detach().requires_grad_()
    (g,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    return (g.norm(dim=-1) - 1).clamp(min=0).square().mean()


def wrong_sum(critic, x, fake, t):
    x_hat = (t * x + (1 - t) * fake).detach().requires_grad_()
    (g,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    return ((g.norm(dim=-1) - 1) ** 2).sum()


def wrong_dim_one(critic, x, fake, t):
    # right for (B, F), not for several games side by side
    x_hat = (t * x + (1 - t) * fake).detach().requires_grad_()
    (g,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    return ((g.norm(dim=1) - 1) ** 2).mean()


def wrong_share_for_the_fake(critic, x, fake, t):
    x_hat = ((1 - t) * x + t * fake).detach().requires_grad_()
    (g,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    return ((g.norm(dim=-1) - 1) ** 2).mean()


def wrong_no_requires_grad(critic, x, fake, t):
    # RuntimeError: the points are not part of a graph
    x_hat = (t * x + (1 - t) * fake).detach()
    (g,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    return ((g.norm(dim=-1) - 1) ** 2).mean()


def wrong_mean_of_the_norms(critic, x, fake, t):
    x_hat = (t * x + (1 - t) * fake).detach().requires_grad_()
    (g,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    return (g.norm(dim=-1).mean() - 1) ** 2


def wrong_absolute(critic, x, fake, t):
    x_hat = (t * x + (1 - t) * fake).detach().requires_grad_()
    (g,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    return (g.norm(dim=-1) - 1).abs().mean()
