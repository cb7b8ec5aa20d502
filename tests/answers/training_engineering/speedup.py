import math
import statistics

import numpy as np
import torch
from scipy import stats


def right_logs(before, after, t):
    logs = (before / after).log()
    half = t * logs.std() / len(logs) ** 0.5
    return torch.stack([logs.mean() - half, logs.mean(), logs.mean() + half]).exp()


def right_loop(before, after, t):
    logs = []
    for b, a in zip(before.tolist(), after.tolist(), strict=True):
        logs.append(math.log(b) - math.log(a))
    mean = sum(logs) / len(logs)
    half = t * statistics.stdev(logs) / math.sqrt(len(logs))
    found = [math.exp(mean - half), math.exp(mean), math.exp(mean + half)]
    return torch.tensor(found, dtype=before.dtype)


def right_scipy(before, after, t):
    gain = before.double().numpy() / after.double().numpy()
    factor = np.exp(t * stats.sem(np.log(gain)))
    middle = stats.gmean(gain)
    return torch.tensor([middle / factor, middle, middle * factor]).to(before.dtype)


def right_steps(before, after, t):
    logs = torch.log(before) - torch.log(after)
    error = torch.sqrt(torch.var(logs) / torch.tensor(len(logs)))
    return torch.exp(logs.mean() + t * error * torch.tensor([-1.0, 0.0, 1.0], dtype=logs.dtype))


def wrong_upside_down(before, after, t):
    logs = (after / before).log()
    half = t * logs.std() / len(logs) ** 0.5
    return torch.stack([logs.mean() - half, logs.mean(), logs.mean() + half]).exp()


def wrong_arithmetic(before, after, t):
    gain = before / after
    half = t * gain.std() / len(gain) ** 0.5
    return torch.stack([gain.mean() - half, gain.mean(), gain.mean() + half])


def wrong_no_root(before, after, t):
    logs = (before / after).log()
    half = t * logs.std()
    return torch.stack([logs.mean() - half, logs.mean(), logs.mean() + half]).exp()


def wrong_divided_by_n(before, after, t):
    logs = (before / after).log()
    half = t * logs.std() / len(logs)
    return torch.stack([logs.mean() - half, logs.mean(), logs.mean() + half]).exp()


def wrong_divisor(before, after, t):
    logs = (before / after).log()
    half = t * logs.std(correction=0) / len(logs) ** 0.5
    return torch.stack([logs.mean() - half, logs.mean(), logs.mean() + half]).exp()


def wrong_unpaired(before, after, t):
    b, a = before.log(), after.log()
    half = t * ((b.var() + a.var()) / len(b)).sqrt()
    middle = b.mean() - a.mean()
    return torch.stack([middle - half, middle, middle + half]).exp()


def wrong_normal_quantile(before, after, t):
    logs = (before / after).log()
    half = 1.96 * logs.std() / len(logs) ** 0.5
    return torch.stack([logs.mean() - half, logs.mean(), logs.mean() + half]).exp()


def wrong_no_exp(before, after, t):
    logs = (before / after).log()
    half = t * logs.std() / len(logs) ** 0.5
    return torch.stack([logs.mean() - half, logs.mean(), logs.mean() + half])


def wrong_high_first(before, after, t):
    logs = (before / after).log()
    half = t * logs.std() / len(logs) ** 0.5
    return torch.stack([logs.mean() + half, logs.mean(), logs.mean() - half]).exp()


def wrong_ratio_of_means(before, after, t):
    logs = (before / after).log()
    middle = before.mean() / after.mean()
    factor = (t * logs.std() / len(logs) ** 0.5).exp()
    return torch.stack([middle / factor, middle, middle * factor])


def wrong_products(before, after, t):
    n = len(before)
    middle = (before.prod() / after.prod()) ** (1 / n)  # float32: ms times underflow
    factor = (t * (before / after).log().std() / n**0.5).exp()
    return torch.stack([middle / factor, middle, middle * factor])


def wrong_tuple(before, after, t):
    logs = (before / after).log()
    half = t * logs.std() / len(logs) ** 0.5
    return (logs.mean() - half).exp(), (logs.mean() + half).exp()  # shape


def wrong_in_place(before, after, t):
    before /= after  # in place
    logs = before.log()
    half = t * logs.std() / len(logs) ** 0.5
    return torch.stack([logs.mean() - half, logs.mean(), logs.mean() + half]).exp()
