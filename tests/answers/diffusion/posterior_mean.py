import math

import torch


def right_formula(x_0, x_t, t, betas):
    ab = torch.cumprod(1 - betas, dim=0)
    before = ab[t - 1] if t > 0 else torch.ones_like(ab[0])
    a = before.sqrt() * betas[t] / (1 - ab[t])
    b = (1 - betas[t]).sqrt() * (1 - before) / (1 - ab[t])
    return a * x_0 + b * x_t


def right_loop(x_0, x_t, t, betas):
    before = 1.0
    for beta in betas[:t].tolist():
        before *= 1 - beta
    beta = float(betas[t])
    now = before * (1 - beta)
    if t == 0:
        return x_0.clone()
    b = math.sqrt(1 - beta) * (1 - before) / (1 - now)
    return math.sqrt(before) * beta / (1 - now) * x_0 + b * x_t


def right_precisions(x_0, x_t, t, betas):
    if t == 0:
        return x_0 + 0 * x_t
    alpha = 1 - betas
    before = alpha[:t].prod()
    p_t, p_0 = alpha[t] / betas[t], 1 / (1 - before)
    pull = alpha[t].sqrt() / betas[t] * x_t + before.sqrt() / (1 - before) * x_0
    return pull / (p_t + p_0)


def right_padded(x_0, x_t, t, betas):
    ab = torch.cat([torch.ones(1, dtype=betas.dtype), torch.cumprod(1 - betas, 0)])
    before, now = ab[t], ab[t + 1]
    first = torch.sqrt(before) * betas[t] * x_0
    second = torch.sqrt(now / before) * (1 - before) * x_t
    return (first + second) / (torch.tensor(1.0) - now)


def wrong_minus_one(x_0, x_t, t, betas):
    # edge: at t = 0 ab[-1] is the last one
    ab = torch.cumprod(1 - betas, dim=0)
    a = ab[t - 1].sqrt() * betas[t] / (1 - ab[t])
    b = (1 - betas[t]).sqrt() * (1 - ab[t - 1]) / (1 - ab[t])
    return a * x_0 + b * x_t


def wrong_first_step_kept(x_0, x_t, t, betas):
    # edge: t = 0
    ab = torch.cumprod(1 - betas, dim=0)
    before = ab[max(t - 1, 0)]
    a = before.sqrt() * betas[t] / (1 - ab[t])
    b = (1 - betas[t]).sqrt() * (1 - before) / (1 - ab[t])
    return a * x_0 + b * x_t


def wrong_swapped(x_0, x_t, t, betas):
    ab = torch.cumprod(1 - betas, dim=0)
    before = ab[t - 1] if t > 0 else torch.ones_like(ab[0])
    a = before.sqrt() * betas[t] / (1 - ab[t])
    b = (1 - betas[t]).sqrt() * (1 - before) / (1 - ab[t])
    return a * x_t + b * x_0


def wrong_no_roots(x_0, x_t, t, betas):
    ab = torch.cumprod(1 - betas, dim=0)
    before = ab[t - 1] if t > 0 else torch.ones_like(ab[0])
    a = before * betas[t] / (1 - ab[t])
    b = (1 - betas[t]) * (1 - before) / (1 - ab[t])
    return a * x_0 + b * x_t


def wrong_alpha_bar_for_alpha(x_0, x_t, t, betas):
    # t >= 2, where they differ
    ab = torch.cumprod(1 - betas, dim=0)
    before = ab[t - 1] if t > 0 else torch.ones_like(ab[0])
    a = before.sqrt() * betas[t] / (1 - ab[t])
    b = ab[t].sqrt() * (1 - before) / (1 - ab[t])
    return a * x_0 + b * x_t


def wrong_present_alpha_bar(x_0, x_t, t, betas):
    ab = torch.cumprod(1 - betas, dim=0)
    before = ab[t - 1] if t > 0 else torch.ones_like(ab[0])
    a = ab[t].sqrt() * betas[t] / (1 - ab[t])
    b = (1 - betas[t]).sqrt() * (1 - before) / (1 - ab[t])
    return a * x_0 + b * x_t


def wrong_sum_of_betas(x_0, x_t, t, betas):
    ab = 1 - torch.cumsum(betas, dim=0)
    before = ab[t - 1] if t > 0 else torch.ones_like(ab[0])
    a = before.sqrt() * betas[t] / (1 - ab[t])
    b = (1 - betas[t]).sqrt() * (1 - before) / (1 - ab[t])
    return a * x_0 + b * x_t


def wrong_zero_over_zero(x_0, x_t, t, betas):
    # edge: at t = 0 it is inf - inf or inf / inf
    alpha = 1 - betas
    before = alpha[:t].prod()
    var = 1 / (alpha[t] / betas[t] + 1 / (1 - before))
    return var * (alpha[t].sqrt() / betas[t] * x_t + before.sqrt() / (1 - before) * x_0)


def wrong_eps_in_denominator(x_0, x_t, t, betas):
    # small t, where 1 - alpha_bar is 1e-4
    ab = torch.cumprod(1 - betas, dim=0)
    before = ab[t - 1] if t > 0 else torch.ones_like(ab[0])
    a = before.sqrt() * betas[t] / (1 - ab[t] + 1e-5)
    b = (1 - betas[t]).sqrt() * (1 - before) / (1 - ab[t] + 1e-5)
    return a * x_0 + b * x_t


def wrong_pair(x_0, x_t, t, betas):
    # type
    ab = torch.cumprod(1 - betas, dim=0)
    before = ab[t - 1] if t > 0 else torch.ones_like(ab[0])
    a = before.sqrt() * betas[t] / (1 - ab[t])
    b = (1 - betas[t]).sqrt() * (1 - before) / (1 - ab[t])
    return a * x_0 + b * x_t, betas[t] * (1 - before) / (1 - ab[t])


def wrong_in_place(x_0, x_t, t, betas):
    # in place
    ab = torch.cumprod(1 - betas, dim=0)
    before = ab[t - 1] if t > 0 else torch.ones_like(ab[0])
    x_t *= (1 - betas[t]).sqrt() * (1 - before) / (1 - ab[t])
    return x_t + before.sqrt() * betas[t] / (1 - ab[t]) * x_0
