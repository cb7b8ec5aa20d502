import math

import torch
from scipy import stats


def right_std(values):
    return values.mean(), values.std() / math.sqrt(len(values))


def right_loop_floats(values):
    v = values.tolist()
    n = len(v)
    mean = sum(v) / n
    s2 = sum((f - mean) ** 2 for f in v) / (n - 1)
    return mean, (s2 / n) ** 0.5


def right_sem(values):
    return values.mean(), stats.sem(values.numpy())


def right_n_minus_one_once(values):
    n = torch.tensor(float(values.numel()))
    mean = values.mean()
    return mean, values.std(correction=0) / (n - 1).sqrt()


def wrong_divides_by_n(values):
    return values.mean(), values.std(correction=0) / math.sqrt(len(values))


def wrong_corrected_twice(values):
    return values.mean(), values.std() / math.sqrt(len(values) - 1)


def wrong_spread_not_error(values):
    return values.mean(), values.std()


def wrong_no_root_of_n(values):
    return values.mean(), values.std() / len(values)


def wrong_squared_error(values):
    return values.mean(), values.var() / len(values)


def wrong_interval_width(values):
    return values.mean(), 1.96 * values.std() / math.sqrt(len(values))


def wrong_median(values):
    # median differs from the mean on skewed values
    return values.median(), values.std() / len(values) ** 0.5


def wrong_root_mean_square(values):
    # edge: a mean other than 0
    n = len(values)
    return values.mean(), (values.square().sum() / (n - 1) / n).sqrt()


def wrong_mean_of_squares(values):
    # float32: values around 10000 with a spread of 1
    n = len(values)
    var = (values**2).mean() - values.mean() ** 2
    return values.mean(), torch.sqrt(var / (n - 1))


def wrong_order(values):
    return values.std() / math.sqrt(len(values)), values.mean()


def wrong_edits_values(values):
    # in place
    n = len(values)
    mean = values.mean()
    values -= mean
    return mean, (values.square().sum() / (n - 1) / n).sqrt()
