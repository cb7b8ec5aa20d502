import torch
import torch.nn.functional as F


def right_l1_loss(to_a, to_b, a, b):
    return F.l1_loss(to_a(to_b(a)), a) + F.l1_loss(to_b(to_a(b)), b)


def right_named_steps(to_a, to_b, a, b):
    fake_b = to_b(a)
    fake_a = to_a(b)
    recovered_a = to_a(fake_b)
    recovered_b = to_b(fake_a)
    loss_a = torch.mean(torch.abs(a - recovered_a))
    loss_b = torch.mean(torch.abs(b - recovered_b))
    return loss_a + loss_b


def right_by_sums(to_a, to_b, a, b):
    total = 0
    for x, there, back in ((a, to_b, to_a), (b, to_a, to_b)):
        total = total + (back(there(x)) - x).abs().sum() / x.numel()
    return total


def right_norm(to_a, to_b, a, b):
    first = (to_a(to_b(a)) - a).flatten().norm(p=1) / a.numel()
    second = (to_b(to_a(b)) - b).flatten().norm(p=1) / b.numel()
    return first + second


def wrong_mean_of_the_two(to_a, to_b, a, b):
    return (F.l1_loss(to_a(to_b(a)), a) + F.l1_loss(to_b(to_a(b)), b)) / 2


def wrong_only_a(to_a, to_b, a, b):
    return F.l1_loss(to_a(to_b(a)), a)


def wrong_only_b(to_a, to_b, a, b):
    return F.l1_loss(to_b(to_a(b)), b)


def wrong_identity(to_a, to_b, a, b):
    return F.l1_loss(to_b(b), b) + F.l1_loss(to_a(a), a)


def wrong_no_way_back(to_a, to_b, a, b):
    return F.l1_loss(to_b(a), a) + F.l1_loss(to_a(b), b)


def wrong_order(to_a, to_b, a, b):
    return F.l1_loss(to_b(to_a(a)), a) + F.l1_loss(to_a(to_b(b)), b)


def wrong_mse(to_a, to_b, a, b):
    return F.mse_loss(to_a(to_b(a)), a) + F.mse_loss(to_b(to_a(b)), b)


def wrong_no_abs(to_a, to_b, a, b):
    return (to_a(to_b(a)) - a).mean() + (to_b(to_a(b)) - b).mean()


def wrong_summed(to_a, to_b, a, b):
    return (to_a(to_b(a)) - a).abs().sum() + (to_b(to_a(b)) - b).abs().sum()


def wrong_distance_of_points(to_a, to_b, a, b):
    return (to_a(to_b(a)) - a).norm(dim=1).mean() + (to_b(to_a(b)) - b).norm(dim=1).mean()


def wrong_detached(to_a, to_b, a, b):
    # the gradient stops half-way
    return F.l1_loss(to_a(to_b(a).detach()), a) + F.l1_loss(to_b(to_a(b).detach()), b)


def wrong_no_grad(to_a, to_b, a, b):
    # no gradient at all
    with torch.no_grad():
        return F.l1_loss(to_a(to_b(a)), a) + F.l1_loss(to_b(to_a(b)), b)
