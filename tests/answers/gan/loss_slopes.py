import math

import torch
import torch.nn.functional as F


def right_sigmoids(logits_fake):
    return torch.stack([-torch.sigmoid(logits_fake), -torch.sigmoid(-logits_fake)])


def right_loop(logits_fake):
    out = torch.empty(2, len(logits_fake), dtype=logits_fake.dtype)
    for i, logit in enumerate(logits_fake.tolist()):
        small = math.exp(-abs(logit))
        d = 1 / (1 + small) if logit >= 0 else small / (1 + small)
        out[0, i] = -d
        out[1, i] = d - 1
    return out


def right_autograd(logits_fake):
    u = logits_fake.detach().clone().requires_grad_()
    (first,) = torch.autograd.grad(F.logsigmoid(-u).sum(), u)
    (second,) = torch.autograd.grad(-F.logsigmoid(u).sum(), u)
    return torch.stack([first, second])


def right_text(logits_fake):
    d = torch.sigmoid(logits_fake)
    out = torch.empty(2, d.shape[0], dtype=d.dtype)
    out[0] = -d
    out[1] = -(torch.tensor(1.0) - d)
    return out


def wrong_rows_swapped(logits_fake):
    return torch.stack([-torch.sigmoid(-logits_fake), -torch.sigmoid(logits_fake)])


def wrong_signs(logits_fake):
    return torch.stack([torch.sigmoid(logits_fake), torch.sigmoid(-logits_fake)])


def wrong_second_sign(logits_fake):
    d = torch.sigmoid(logits_fake)
    return torch.stack([-d, 1 - d])


def wrong_denominator_forgotten(logits_fake):
    d = torch.sigmoid(logits_fake)
    return torch.stack([-d * (1 - d), -d * (1 - d)])


def wrong_slope_by_d(logits_fake):
    d = torch.sigmoid(logits_fake)
    return torch.stack([-1 / (1 - d), -1 / d])


def wrong_slope_of_mean(logits_fake):
    u = logits_fake.detach().clone().requires_grad_()
    (first,) = torch.autograd.grad(F.logsigmoid(-u).mean(), u)
    (second,) = torch.autograd.grad(-F.logsigmoid(u).mean(), u)
    return torch.stack([first, second])


def wrong_columns(logits_fake):
    # shape: (B, 2)
    return torch.stack([-torch.sigmoid(logits_fake), -torch.sigmoid(-logits_fake)], dim=1)


def wrong_tuple(logits_fake):
    # type
    d = torch.sigmoid(logits_fake)
    return -d, d - 1


def wrong_autograd_of_log(logits_fake):
    # float32: 1 - d is 0 at logit 30, the slope becomes nan
    u = logits_fake.detach().clone().requires_grad_()
    d = torch.sigmoid(u)
    (first,) = torch.autograd.grad(torch.log(1 - d).sum(), u, retain_graph=True)
    (second,) = torch.autograd.grad(-torch.log(d).sum(), u)
    return torch.stack([first, second])


def wrong_exp_over_exp(logits_fake):
    # float32: inf / inf at logit 100
    d = logits_fake.exp() / (1 + logits_fake.exp())
    return torch.stack([-d, d - 1])


def wrong_in_place(logits_fake):
    # in place
    d = logits_fake.sigmoid_()
    return torch.stack([-d, d - 1])
