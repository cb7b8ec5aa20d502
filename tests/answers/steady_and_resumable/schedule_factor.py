import math

import numpy as np
import torch


def right_where(step, n_steps, warmup, floor):
    k = step.double()
    tau = (k - warmup) / (n_steps - warmup)
    cosine = floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * tau))
    return torch.where(step < warmup, (k + 1) / (warmup + 1), cosine)


def right_loop(step, n_steps, warmup, floor):
    factors = []
    for k in step.tolist():
        if k < warmup:
            factors.append((k + 1) / (warmup + 1))
        else:
            tau = (k - warmup) / (n_steps - warmup)
            factors.append(floor + (1 - floor) * (1 + math.cos(math.pi * tau)) / 2)
    return torch.tensor(factors, dtype=torch.float64)


def right_numpy(step, n_steps, warmup, floor):
    k = step.numpy()
    wave = np.cos(np.pi / 2 * (k - warmup) / (n_steps - warmup)) ** 2
    return torch.from_numpy(
        np.select([k < warmup], [(k + 1) / (warmup + 1)], floor + (1 - floor) * wave)
    )


def right_masked(step, n_steps, warmup, floor):
    factor = torch.empty(step.shape, dtype=torch.double)
    early = step < warmup
    k = step.to(torch.double)
    factor[early] = (k[early] + 1) / (warmup + 1)
    angle = torch.pi * (k[~early] - warmup) / (n_steps - warmup)
    factor[~early] = torch.lerp(
        torch.ones_like(angle), torch.full_like(angle, floor), (1 - angle.cos()) / 2
    )
    return factor


def wrong_from_zero(step, n_steps, warmup, floor):
    k = step.double()
    tau = (k - warmup) / (n_steps - warmup)
    cosine = floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * tau))
    return torch.where(step < warmup, k / max(warmup, 1), cosine)


def wrong_reaches_one_early(step, n_steps, warmup, floor):
    k = step.double()
    tau = (k - warmup) / (n_steps - warmup)
    cosine = floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * tau))
    return torch.where(step < warmup, (k + 1) / max(warmup, 1), cosine)


def wrong_one_step_early(step, n_steps, warmup, floor):
    k = step.double()
    tau = (k - warmup) / (n_steps - warmup)
    cosine = floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * tau))
    return torch.where(step < warmup - 1, (k + 1) / (warmup + 1), cosine)


def wrong_all_steps(step, n_steps, warmup, floor):
    k = step.double()
    cosine = floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * k / n_steps))
    return torch.where(step < warmup, (k + 1) / (warmup + 1), cosine)


def wrong_end_of_cosine(step, n_steps, warmup, floor):
    k = step.double()
    tau = (k - warmup) / max(n_steps - 1 - warmup, 1)
    cosine = floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * tau))
    return torch.where(step < warmup, (k + 1) / (warmup + 1), cosine)


def wrong_floor_added(step, n_steps, warmup, floor):
    k = step.double()
    tau = (k - warmup) / (n_steps - warmup)
    cosine = floor + 0.5 * (1 + torch.cos(math.pi * tau))
    return torch.where(step < warmup, (k + 1) / (warmup + 1), cosine)


def wrong_clamped_to_floor(step, n_steps, warmup, floor):
    k = step.double()
    tau = (k - warmup) / (n_steps - warmup)
    cosine = (0.5 * (1 + torch.cos(math.pi * tau))).clamp(min=floor)
    return torch.where(step < warmup, (k + 1) / (warmup + 1), cosine)


def wrong_whole_cosine(step, n_steps, warmup, floor):
    k = step.double()
    tau = ((k - warmup) / (n_steps - warmup)).clamp(min=0)
    cosine = floor + (1 - floor) * 0.5 * (1 + torch.cos(2 * math.pi * tau))
    return torch.where(step < warmup, (k + 1) / (warmup + 1), cosine)


def wrong_warmup_from_floor(step, n_steps, warmup, floor):
    k = step.double()
    tau = (k - warmup) / (n_steps - warmup)
    cosine = floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * tau))
    rise = floor + (1 - floor) * (k + 1) / (warmup + 1)
    return torch.where(step < warmup, rise, cosine)


def wrong_linear(step, n_steps, warmup, floor):
    k = step.double()
    fall = 1 - (1 - floor) * (k - warmup) / (n_steps - warmup)
    return torch.where(step < warmup, (k + 1) / (warmup + 1), fall)


def wrong_single(step, n_steps, warmup, floor):
    tau = (step - warmup) / (n_steps - warmup)
    cosine = floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * tau))
    return torch.where(step < warmup, (step + 1) / (warmup + 1), cosine)  # type


def wrong_half(step, n_steps, warmup, floor):
    k = step.half().double()  # float32: steps over 2048 are rounded
    tau = (k - warmup) / (n_steps - warmup)
    cosine = floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * tau))
    return torch.where(step < warmup, (k + 1) / (warmup + 1), cosine)


def wrong_no_warmup(step, n_steps, warmup, floor):
    k = step.double()
    tau = (k - warmup) / (n_steps - warmup)
    cosine = floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * tau))
    return torch.where(step <= warmup, (k + 1) / max(warmup, 1), cosine)


def wrong_in_place(step, n_steps, warmup, floor):
    early = step < warmup
    rise = (step.double() + 1) / (warmup + 1)
    step -= warmup  # in place
    tau = step.double() / (n_steps - warmup)
    return torch.where(early, rise, floor + (1 - floor) * 0.5 * (1 + torch.cos(math.pi * tau)))
