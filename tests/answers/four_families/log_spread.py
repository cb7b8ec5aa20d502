import math
import statistics

import numpy as np
import torch


def right_std(floors):
    return floors.log().std(-1)


def right_loop(floors):
    rows = floors.reshape(-1, floors.shape[-1]).tolist()
    found = [statistics.stdev([math.log(v) for v in row]) for row in rows]
    return torch.tensor(found, dtype=floors.dtype).reshape(floors.shape[:-1])


def right_numpy(floors):
    return torch.as_tensor(np.std(np.log(floors.numpy()), axis=-1, ddof=1))


def right_by_hand(floors):
    logs = torch.log(floors)
    gap = logs - logs.mean(dim=-1, keepdim=True)
    return torch.sqrt((gap**2).sum(dim=-1) / (floors.shape[-1] - torch.tensor(1.0)))


def wrong_divisor(floors):
    return floors.log().std(-1, correction=0)


def wrong_no_log(floors):
    return floors.std(-1)


def wrong_log_of_spread(floors):
    return floors.std(-1).log()


def wrong_variance(floors):
    return floors.log().var(-1)


def wrong_decimal_log(floors):
    return floors.log10().std(-1)


def wrong_standard_error(floors):
    return floors.log().std(-1) / math.sqrt(floors.shape[-1])


def wrong_relative_spread(floors):
    return floors.std(-1) / floors.mean(-1)


def wrong_factor(floors):
    return floors.log().std(-1).exp()


def wrong_log1p(floors):
    return floors.log1p().std(-1)


def wrong_range(floors):
    logs = floors.log()
    return logs.amax(-1) - logs.amin(-1)


def wrong_first_axis(floors):
    return floors.log().std(0)  # shape: more than one axis


def wrong_everything(floors):
    return floors.log().std()  # shape: more than one axis


def wrong_mean_of_squares(floors):
    logs = floors.log()
    n = floors.shape[-1]
    # float32: cancels where the runs are alike
    return ((logs.square().mean(-1) - logs.mean(-1).square()) * n / (n - 1)).sqrt()


def wrong_in_place(floors):
    return floors.log_().std(-1)  # in place
