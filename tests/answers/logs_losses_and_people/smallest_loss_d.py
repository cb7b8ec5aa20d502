import math

import torch


def right_expm1(loss_g):
    small = -torch.log(-torch.expm1(-loss_g))
    large = -torch.log1p(-torch.exp(-loss_g))
    return torch.where(loss_g < math.log(2), small, large)


def right_loop(loss_g):
    out = []
    for a in loss_g.tolist():
        if a < math.log(2):
            out.append(-math.log(-math.expm1(-a)))
        else:
            out.append(-math.log1p(-math.exp(-a)))
    return torch.tensor(out, dtype=loss_g.dtype)


def right_log_expm1_form(loss_g):
    # -log(1 - e^-a) = log(1 + 1 / (e^a - 1))
    return torch.log1p(1 / torch.expm1(loss_g))


def right_double_inside(loss_g):
    a = loss_g.detach().double().clone()
    big = torch.log1p(torch.exp(-a) / (-torch.expm1(-a)))
    return big.to(dtype=loss_g.dtype)


def wrong_sign(loss_g):
    return torch.log(-torch.expm1(-loss_g))


def wrong_own_term(loss_g):
    return -torch.log(torch.exp(-loss_g))


def wrong_twice(loss_g):
    return -2 * torch.log(-torch.expm1(-loss_g))


def wrong_equilibrium(loss_g):
    return torch.full_like(loss_g, 2 * math.log(2))


def wrong_real_term_added(loss_g):
    return loss_g - torch.log(-torch.expm1(-loss_g))


def wrong_real_at_chance(loss_g):
    return math.log(2) - torch.log(-torch.expm1(-loss_g))


def wrong_sigmoid_for_exp(loss_g):
    return -torch.log(1 - torch.sigmoid(-loss_g))


def wrong_plain_difference(loss_g):
    # float32: loss_g = 1e-8 gives inf
    return -torch.log(1 - torch.exp(-loss_g))


def wrong_padded(loss_g):
    # edge: loss_g below 1e-4
    return -torch.log(1 - torch.exp(-loss_g) + 1e-6)


def wrong_batch_mean(loss_g):
    # shape: scalar
    return -torch.log(-torch.expm1(-loss_g.mean()))


def wrong_negates_in_place(loss_g):
    # in place
    return -torch.log(-loss_g.neg_().expm1())
