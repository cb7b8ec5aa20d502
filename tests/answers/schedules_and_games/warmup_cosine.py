import math

import numpy as np
import torch

DTYPE = "float64"


def right_branches(step, n_steps, warmup):
    if step < warmup:
        return (step + 1) / (warmup + 1)
    t = (step - warmup) / (n_steps - warmup)
    return 0.5 * (1 + math.cos(math.pi * t))


def right_table(step, n_steps, warmup):
    table = []
    for s in range(n_steps + 1):
        if s < warmup:
            table.append((s + 1) / (warmup + 1))
        else:
            table.append((1 + math.cos(math.pi * (s - warmup) / max(n_steps - warmup, 1))) / 2)
    return table[step]


def right_interp(step, n_steps, warmup):
    if step <= warmup:
        return np.interp(step, [-1, warmup], [0.0, 1.0])
    return 0.5 + 0.5 * np.cos(np.interp(step, [warmup, n_steps], [0.0, np.pi]))


def right_cos_squared(step, n_steps, warmup):
    line = (step + 1) / (warmup + 1)
    left = max(step - warmup, 0) / max(n_steps - warmup, 1)
    return float(min(line, 1.0) * torch.cos(torch.tensor(left * math.pi / 2)) ** 2)


def wrong_starts_at_zero(step, n_steps, warmup):
    # edge: warmup > 0
    if step < warmup:
        return step / warmup
    t = (step - warmup) / (n_steps - warmup)
    return 0.5 * (1 + math.cos(math.pi * t))


def wrong_one_too_early(step, n_steps, warmup):
    # edge: warmup > 0
    if step < warmup:
        return (step + 1) / warmup
    t = (step - warmup) / (n_steps - warmup)
    return 0.5 * (1 + math.cos(math.pi * t))


def wrong_cosine_from_start(step, n_steps, warmup):
    # edge: warmup > 0
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return 0.5 * (1 + math.cos(math.pi * step / n_steps))


def wrong_warmup_not_taken_off(step, n_steps, warmup):
    # edge: warmup > 0
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / n_steps))


def wrong_whole_cosine(step, n_steps, warmup):
    if step < warmup:
        return (step + 1) / (warmup + 1)
    t = (step - warmup) / (n_steps - warmup)
    return 0.5 * (1 + math.cos(2 * math.pi * t))


def wrong_quarter_cosine(step, n_steps, warmup):
    if step < warmup:
        return (step + 1) / (warmup + 1)
    t = (step - warmup) / (n_steps - warmup)
    return math.cos(0.5 * math.pi * t)


def wrong_down_to_minus_one(step, n_steps, warmup):
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return math.cos(math.pi * (step - warmup) / (n_steps - warmup))


def wrong_linear_decay(step, n_steps, warmup):
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return 1 - (step - warmup) / (n_steps - warmup)


def wrong_zero_one_early(step, n_steps, warmup):
    if step < warmup:
        return (step + 1) / (warmup + 1)
    t = (step - warmup) / max(n_steps - 1 - warmup, 1)
    return 0.5 * (1 + math.cos(math.pi * min(t, 1)))


def wrong_product(step, n_steps, warmup):
    # edge: warmup > 0
    line = min((step + 1) / (warmup + 1), 1)
    return line * 0.5 * (1 + math.cos(math.pi * step / n_steps))


def wrong_divides_by_warmup(step, n_steps, warmup):
    # edge: warmup = 0 fails
    line = min(1.0, 1 / (warmup + 1) + step / warmup * (1 - 1 / (warmup + 1)))
    t = max(step - warmup, 0) / (n_steps - warmup)
    return line * 0.5 * (1 + math.cos(math.pi * t))
